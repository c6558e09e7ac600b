import { LISTEN_RATE } from '../../../base/rates.ts';
import type { Told } from '../../../respond/live/port.ts';

/**
 * How a server speaks: as OpenAI does since its general availability; as its beta did and many others still do; or as
 * Alibaba's DashScope does for Qwen-Omni, which is the beta's with less in it.
 */
export type Dialect = 'ga' | 'beta' | 'dashscope';

export interface SessionSettings {
  model: string;
  voice: string;
  instructions: string;
  tools: readonly { name: string; description: string; parameters: object }[];
  maxTokens: number;
  reasoningEffort?: string | undefined;
}

/** Samples per second of a server's sound. */
export const RATE = 24_000;

interface Traits {
  /** Names of what a server says. */
  sound: string;
  words: string;
  /** Samples per second of what it hears. */
  listenRate: number;
  /** It can be told how much of its answer was heard. */
  cuts: boolean;
  /** It reads out what stands beside the conversation. */
  reads: boolean;
  /** Answers are called off by their name. */
  names: boolean;
}

export const TRAITS: Record<Dialect, Traits> = {
  ga: {
    sound: 'response.output_audio.delta',
    words: 'response.output_audio_transcript.delta',
    listenRate: RATE,
    cuts: true,
    reads: true,
    names: true,
  },
  beta: {
    sound: 'response.audio.delta',
    words: 'response.audio_transcript.delta',
    listenRate: RATE,
    cuts: true,
    reads: true,
    names: true,
  },
  dashscope: {
    sound: 'response.audio.delta',
    words: 'response.audio_transcript.delta',
    listenRate: LISTEN_RATE,
    cuts: false,
    reads: false,
    names: false,
  },
};

const toolsOf = (tools: SessionSettings['tools']) => tools.map(tool => ({ type: 'function', ...tool }));

/** What a session is told of itself. Turns are ours: the server is to wait until it is asked. */
export function sessionOf(dialect: Dialect, settings: SessionSettings): object {
  const { model, voice, instructions, tools, maxTokens, reasoningEffort } = settings;
  if (dialect !== 'ga')
    return {
      modalities: ['audio', 'text'],
      voice,
      instructions,
      input_audio_format: 'pcm16',
      output_audio_format: 'pcm16',
      turn_detection: null,
      ...(dialect === 'beta' && { max_response_output_tokens: maxTokens }),
      ...(dialect === 'beta' || tools.length > 0 ? { tools: toolsOf(tools) } : {}),
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

/** What is told, as an event. */
export function tellingOf(dialect: Dialect, told: Told): { type: string; more: object } {
  // A picture is part of what is heard there.
  if (dialect === 'dashscope' && 'sight' in told)
    return { type: 'input_image_buffer.append', more: { image: Buffer.from(told.sight.jpeg).toString('base64') } };
  return { type: 'conversation.item.create', more: { item: itemOf(dialect, told) } };
}

function itemOf(dialect: Dialect, told: Told): object {
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
