import type { Told } from '../../../respond/live/port.ts';

/** How a server speaks: as OpenAI does since its general availability, or as its beta did and many others still do. */
export type Dialect = 'ga' | 'beta';

export interface SessionSettings {
  model: string;
  voice: string;
  instructions: string;
  tools: readonly { name: string; description: string; parameters: object }[];
  maxTokens: number;
  reasoningEffort?: string | undefined;
}

export const RATE = 24_000;

/** Names of what a server says, whichever dialect it speaks. */
export const EVENTS: Record<Dialect, Record<'sound' | 'soundDone' | 'words' | 'item', string>> = {
  ga: {
    sound: 'response.output_audio.delta',
    soundDone: 'response.output_audio.done',
    words: 'response.output_audio_transcript.delta',
    item: 'conversation.item.added',
  },
  beta: {
    sound: 'response.audio.delta',
    soundDone: 'response.audio.done',
    words: 'response.audio_transcript.delta',
    item: 'conversation.item.created',
  },
};

const toolsOf = (tools: SessionSettings['tools']) => tools.map(tool => ({ type: 'function', ...tool }));

/** What a session is told of itself. Turns are ours: the server is to wait until it is asked. */
export function sessionOf(dialect: Dialect, settings: SessionSettings): object {
  const { model, voice, instructions, tools, maxTokens, reasoningEffort } = settings;
  if (dialect === 'beta')
    return {
      modalities: ['audio', 'text'],
      voice,
      instructions,
      input_audio_format: 'pcm16',
      output_audio_format: 'pcm16',
      turn_detection: null,
      tools: toolsOf(tools),
      max_response_output_tokens: maxTokens,
    };
  const format = { type: 'audio/pcm', rate: RATE };
  return {
    type: 'realtime',
    model,
    instructions,
    output_modalities: ['audio'],
    audio: { input: { format, turn_detection: null }, output: { format, voice } },
    tools: toolsOf(tools),
    max_output_tokens: maxTokens,
    ...(reasoningEffort !== undefined && { reasoning: { effort: reasoningEffort } }),
  };
}

/** Only what changes between two turns; a voice may not, once it has spoken. */
export function changesOf(dialect: Dialect, { instructions, tools }: Pick<SessionSettings, 'instructions' | 'tools'>) {
  return { ...(dialect === 'ga' && { type: 'realtime' }), instructions, tools: toolsOf(tools) };
}

/** What is told, as an item of the conversation. */
export function itemOf(dialect: Dialect, told: Told): object {
  if ('sight' in told) {
    const { jpeg, source } = told.sight;
    const url = `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
    return {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: `(${told.who}’s ${source} at this moment:)` },
        { type: 'input_image', image_url: url },
      ],
    };
  }
  if (told.role === 'avatar')
    return {
      type: 'message',
      role: 'assistant',
      content: [{ type: dialect === 'ga' ? 'output_text' : 'text', text: told.text }],
    };
  return { type: 'message', role: told.role, content: [{ type: 'input_text', text: told.text }] };
}

/** What makes a session read something out beside the conversation. */
export function readingOf(dialect: Dialect, text: string): object {
  const content = [{ type: 'input_text', text }];
  return {
    conversation: 'none',
    [dialect === 'ga' ? 'output_modalities' : 'modalities']: dialect === 'ga' ? ['audio'] : ['audio', 'text'],
    instructions: 'Read the text out, word by word, exactly as it is written. Add nothing, leave nothing out.',
    input: [{ type: 'message', role: 'user', content }],
  };
}
