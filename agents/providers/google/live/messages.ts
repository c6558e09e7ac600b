import type { Usage } from '../../../base/meter.ts';
import type { Role, Told } from '../../../respond/live/port.ts';

/** What of a server's messages is looked at; all of it may be missing, and several at once may be there. */
export interface ServerMessage {
  setupComplete?: object;
  serverContent?: {
    modelTurn?: { parts?: { inlineData?: { mimeType?: string; data?: string } }[] };
    outputTranscription?: { text?: string };
    generationComplete?: boolean;
    turnComplete?: boolean;
    interrupted?: boolean;
    interactionStatus?: 'IN_PROGRESS' | 'IDLE';
  };
  toolCall?: { functionCalls?: { id?: string; name?: string; args?: object }[] };
  goAway?: { timeLeft?: string };
  usageMetadata?: { promptTokenCount?: number; responseTokenCount?: number };
}

export interface Setup {
  model: string;
  voice: string;
  maxTokens: number;
}

const wordsOf = (text: string) => ({ parts: [{ text }] });

/** What a model is told of itself, at the beginning and whenever it changes. */
export const roleOf = ({ instructions, tools }: Role) => ({
  systemInstruction: wordsOf(instructions),
  ...(tools.length > 0 && {
    tools: [
      { functionDeclarations: tools.map(({ parameters, ...tool }) => ({ ...tool, parametersJsonSchema: parameters })) },
    ],
  }),
});

/** The first message. Turns are ours: the server is told when somebody begins and is done. */
export const setupOf = ({ model, voice, maxTokens }: Setup, role: Role) => ({
  setup: {
    model: model.includes('/') ? model : `models/${model}`,
    generationConfig: {
      responseModalities: ['AUDIO'],
      speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } } },
      maxOutputTokens: maxTokens,
    },
    ...roleOf(role),
    realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
    outputAudioTranscription: {},
    // All that is in it is paid for again with each turn.
    contextWindowCompression: { slidingWindow: {} },
    historyConfig: { initialHistoryInClientContent: true },
  },
});

/** What was said before, for a session that has heard nothing yet. */
export const historyOf = (told: readonly Told[]) => ({
  clientContent: {
    turns: told.flatMap(each =>
      'sight' in each ? [] : [{ role: each.role === 'avatar' ? 'model' : 'user', ...wordsOf(each.text) }],
    ),
    turnComplete: false,
  },
});

/** The same, once it has. */
export function saidOf(told: Told): object[] {
  if (!('sight' in told)) return [{ text: told.role === 'avatar' ? `(You have said: ${told.text})` : told.text }];
  const { jpeg, source } = told.sight;
  return [
    { text: `(${told.who}’s ${source} at this moment:)` },
    { video: { mimeType: 'image/jpeg', data: Buffer.from(jpeg).toString('base64') } },
  ];
}

/** ms of a duration in its JSON form, `12.5s`; undefined for anything else. */
export function durationMs(text: unknown): number | undefined {
  const seconds = typeof text === 'string' ? Number.parseFloat(text) : Number.NaN;
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

/** What a turn took. */
export function usageOf({ promptTokenCount, responseTokenCount }: NonNullable<ServerMessage['usageMetadata']>): Usage {
  return { inputTokens: promptTokenCount ?? 0, outputTokens: responseTokenCount ?? 0 };
}
