import { z } from 'zod';
import { ask } from '../../base/ask.ts';
import type { Clock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import type { Usage } from '../../base/meter.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import type { SpeechToText, Transcript } from '../../listen/ports.ts';
import { wavOf } from '../../speak/wav.ts';

export interface WhisperCppConfig {
  baseUrl: string;
  path: string;
  language: string;
  prompt?: string | undefined;
  timeoutMs: number;
  clock: Clock;
  used?: (usage: Usage) => void;
}

const MOST_BYTES = 2 ** 20;
const Answer = z.object({ text: z.string() });
/** What Whisper writes for what is no speech: `[BLANK_AUDIO]`, `(music)`. */
const NO_SPEECH = /\[[A-Z_ ]{1,40}\]|\([a-z ]{1,40}\)/g;

/** The server of whisper.cpp, which writes down whole utterances (examples/server of whisper.cpp). */
export class WhisperCpp implements SpeechToText {
  readonly #config: WhisperCppConfig;

  constructor(config: WhisperCppConfig) {
    this.#config = config;
  }

  async transcribe(pcm: Int16Array, { signal }: { signal: AbortSignal }): Promise<Transcript> {
    const { baseUrl, path, language, prompt, timeoutMs, clock, used } = this.#config;
    signal.throwIfAborted();
    if (pcm.length === 0) return { text: '' };
    const form = new FormData();
    form.set('file', new File([new Uint8Array(wavOf(pcm, LISTEN_RATE))], 'speech.wav', { type: 'audio/wav' }));
    const asked = { response_format: 'json', temperature: '0', language, ...(prompt && { prompt }) };
    for (const [name, value] of Object.entries(asked)) form.set(name, value);
    const endpoint = { name: 'whisper.cpp', baseUrl: baseUrl.replace(/\/$/, ''), clock, patienceMs: timeoutMs };
    const parts: Uint8Array[] = [];
    for await (const part of ask(endpoint, path, { body: form, mostBytes: MOST_BYTES, signal })) parts.push(part);
    used?.({ audioSeconds: pcm.length / LISTEN_RATE });
    return {
      text: read(String(Buffer.concat(parts)))
        .replace(NO_SPEECH, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    };
  }
}

/** It answers with an error and a status that says that all is well. */
function read(answer: string): string {
  try {
    return Answer.parse(JSON.parse(answer)).text;
  } catch (cause) {
    throw new ProviderError('internal', 'whisper.cpp answers with no words', { retryable: false, cause });
  }
}
