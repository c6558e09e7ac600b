import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import { JsonSocket } from '../../base/json-socket.ts';
import { VoiceLines } from '../../speak/speech-lines.ts';
import { StreamedSpeech, streamedCapabilities } from '../../speak/streamed.ts';
import { WordsInText } from '../../speak/words-in-text.ts';

export interface RimeConfig {
  apiKey: string;
  baseUrl: string;
  model: string;
  voice: string;
  language: string;
  /** For the first sound, and between pieces of it. */
  firstSoundTimeoutMs: number;
  clock: Clock;
}

const RATE = 24_000;
const MAX_CHARACTERS = 500;

/** What of its messages is looked at; all of it may be missing. */
interface Message {
  type?: string;
  contextId?: string | null;
  data?: string;
  message?: string;
  word_timestamps?: { words?: string[]; start?: number[]; end?: number[] };
}

/** Rime's speech over connections that are kept, one voice on each, with the time of each word. */
export function rimeSpeech(config: RimeConfig): StreamedSpeech {
  const { apiKey, baseUrl, model, language, voice: usual, firstSoundTimeoutMs, clock } = config;
  const lines = new VoiceLines<JsonSocket, Message>({
    name: 'rime',
    clock,
    patienceMs: firstSoundTimeoutMs,
    open: (voice, received, signal) => {
      const url = new URL(`${baseUrl.replace(/\/$/, '').replace(/^http/, 'ws')}/ws3`);
      const sound = { audioFormat: 'pcm', samplingRate: String(RATE) };
      // What it has is spoken when it is told to, and not before.
      const asked = { speaker: voice, modelId: model, lang: language, ...sound, segment: 'never' };
      for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
      return JsonSocket.open(url.href, {
        headers: { authorization: `Bearer ${apiKey}` },
        signal,
        message: received,
      });
    },
  });
  return new StreamedSpeech({
    name: 'rime',
    capabilities: streamedCapabilities(usual),
    rate: RATE,
    longest: MAX_CHARACTERS,
    async *ask(text, { voice, signal }) {
      const contextId = randomUUID();
      const words = new WordsInText(text);
      // What is being spoken cannot be called off: the connection is closed then.
      const sentence = {
        ask: (line: JsonSocket) => {
          line.send({ text, contextId });
          line.send({ operation: 'flush' });
        },
        isLast: ({ type }: Message) => type === 'done',
      };
      for await (const message of lines.say(voice, sentence, signal)) {
        if (message.type === 'error') throw problem(message);
        const at = (seconds: number | undefined) => Math.round((seconds ?? 0) * RATE);
        const { words: told = [], start = [], end = [] } = message.word_timestamps ?? {};
        yield {
          bytes: Buffer.from(message.data ?? '', 'base64'),
          characters: told.flatMap((word, i) => words.add(word, at(start[i]), at(end[i]))),
        };
      }
    },
    close: () => lines.close(),
  });
}

/** It tells errors in words alone. */
function problem({ message = '' }: Message): ProviderError {
  const told = 'rime answers with an error';
  if (/credit|quota|billing|limit/i.test(message)) return new ProviderError('quota', told, { retryable: false });
  if (/api.?key|unauthori[sz]ed|token/i.test(message)) return new ProviderError('auth', told, { retryable: false });
  return new ProviderError('bad-input', told, { retryable: false });
}
