import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import { JsonSocket } from '../../base/json-socket.ts';
import type { Prosody } from '../../speak/ports.ts';
import { SpeechLines } from '../../speak/speech-lines.ts';
import { StreamedSpeech, streamedCapabilities } from '../../speak/streamed.ts';
import { WordsInText } from '../../speak/words-in-text.ts';

export interface CartesiaConfig {
  apiKey: string;
  baseUrl: string;
  version: string;
  model: string;
  voice: string;
  language: string;
  /** For the first sound, and between pieces of it. */
  firstSoundTimeoutMs: number;
  clock: Clock;
}

const RATE = 24_000;
const MAX_CHARACTERS = 2000;

/** What of its messages is looked at; all of it may be missing. */
interface Message {
  type?: string;
  context_id?: string;
  data?: string;
  word_timestamps?: { words?: string[]; start?: number[]; end?: number[] };
  status_code?: number;
  error?: string;
}

/** Cartesia's speech over connections that are kept, with the time of each word. */
export function cartesiaSpeech(config: CartesiaConfig): StreamedSpeech {
  const { apiKey, baseUrl, version, voice: usual, firstSoundTimeoutMs, clock } = config;
  const url = `${baseUrl.replace(/\/$/, '').replace(/^http/, 'ws')}/tts/websocket`;
  const headers = { 'x-api-key': apiKey, 'cartesia-version': version };
  const lines = new SpeechLines<JsonSocket, Message>({
    name: 'cartesia',
    clock,
    patienceMs: firstSoundTimeoutMs,
    open: (received, signal) => JsonSocket.open(url, { headers, signal, message: received }),
  });
  return new StreamedSpeech({
    name: 'cartesia',
    capabilities: streamedCapabilities(usual),
    rate: RATE,
    longest: MAX_CHARACTERS,
    async *ask(text, { voice, prosody, signal }) {
      const context_id = randomUUID();
      const words = new WordsInText(text);
      const messages = lines.say(
        {
          ask: line => line.send({ context_id, ...question(config, text, voice, prosody) }),
          isLast: message => message.type === 'done' && message.context_id === context_id,
          stop: line => line.send({ context_id, cancel: true }),
        },
        signal,
      );
      for await (const message of messages) {
        // Of the one before, which was called off, some may still come.
        if (message.context_id !== context_id) continue;
        if (message.type === 'error') throw problem(message);
        yield { bytes: Buffer.from(message.data ?? '', 'base64'), characters: charactersOf(message, words) };
      }
    },
    close: () => lines.close(),
  });
}

function question({ model, language }: CartesiaConfig, transcript: string, voice: string, prosody: Prosody): object {
  return {
    model_id: model,
    transcript,
    voice: { mode: 'id', id: voice },
    language,
    output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: RATE },
    add_timestamps: true,
    continue: false,
    ...(prosody.rate !== 1 && { generation_config: { speed: Math.min(1.5, Math.max(0.6, prosody.rate)) } }),
  };
}

function charactersOf({ word_timestamps: times }: Message, words: WordsInText) {
  const at = (seconds: number | undefined) => Math.round((seconds ?? 0) * RATE);
  return (times?.words ?? []).flatMap((word, i) => words.add(word, at(times?.start?.[i]), at(times?.end?.[i])));
}

function problem({ status_code: status = 500, error = '' }: Message): ProviderError {
  const message = `cartesia answers with ${status}`;
  if (status === 402 || /quota|credit/i.test(error)) return new ProviderError('quota', message, { retryable: false });
  if (status === 429) return new ProviderError('quota', message, { retryable: true });
  if (status === 401 || status === 403) return new ProviderError('auth', message, { retryable: false });
  if (status === 404) return new ProviderError('model', message, { retryable: false });
  return status < 500
    ? new ProviderError('bad-input', message, { retryable: false })
    : new ProviderError('network', message, { retryable: true });
}
