import type OpenAI from 'openai';
import { APIUserAbortError, toFile } from 'openai';
import type { Usage } from '../../base/meter.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import type { Sleeper } from '../../base/sleeper.ts';
import type { SpeechToText, Transcript } from '../../listen/ports.ts';
import { wavOf } from '../../speak/wav.ts';
import { boundedFetch } from './bounded.ts';
import { clientOf, type EndpointConfig } from './client.ts';
import { categorised } from './errors.ts';
import { sleeperOf } from './sleeping.ts';

export interface OpenAiTranscriptionConfig extends EndpointConfig {
  model: string;
  /** ISO 639; absent: whatever is spoken. */
  language?: string | undefined;
  /** What it is about, and words that it may not know. */
  prompt?: string | undefined;
  /** Of speaches: words that it may not know, and whether it looks for speech itself. */
  hotwords?: readonly string[] | undefined;
  vadFilter?: boolean | undefined;
  timeoutMs: number;
  /** How long its first answer after a rest may take; absent or 0: it is always there. */
  coldStartMs?: number | undefined;
  used?: (usage: Usage) => void;
}

const MOST_BYTES = 2 ** 20;

/** Any OpenAI-compatible endpoint that writes down whole utterances: `/v1/audio/transcriptions`. */
export class OpenAiTranscription implements SpeechToText {
  readonly #client: OpenAI;
  readonly #config: OpenAiTranscriptionConfig;
  readonly #sleeper: Sleeper | undefined;

  constructor(config: OpenAiTranscriptionConfig) {
    this.#config = config;
    this.#client = clientOf(config, boundedFetch(MOST_BYTES));
    this.#sleeper = sleeperOf(config, config.timeoutMs);
  }

  /** Somebody may speak soon. */
  rouse(): void {
    this.#sleeper?.rouse();
  }

  close(): void {
    this.#sleeper?.close();
  }

  async transcribe(pcm: Int16Array, { signal }: { signal: AbortSignal }): Promise<Transcript> {
    const { model, language, prompt, hotwords, vadFilter, timeoutMs, used } = this.#config;
    signal.throwIfAborted();
    if (pcm.length === 0) return { text: '' };
    await this.#sleeper?.ready(signal);
    const late = AbortSignal.timeout(timeoutMs);
    try {
      const file = await toFile(wavOf(pcm, LISTEN_RATE), 'speech.wav', { type: 'audio/wav' });
      // What only some servers know goes along with what the client knows.
      const theirs = {
        ...(hotwords && { hotwords: hotwords.join(', ') }),
        ...(vadFilter !== undefined && { vad_filter: vadFilter }),
      };
      const asked = { model, ...(language && { language }), ...(prompt && { prompt }), ...theirs };
      const { text } = await this.#client.audio.transcriptions.create(
        { file, response_format: 'json', ...asked },
        { signal: AbortSignal.any([signal, late]) },
      );
      this.#sleeper?.answered();
      used?.({ audioSeconds: pcm.length / LISTEN_RATE });
      return { text: text.trim() };
    } catch (error) {
      signal.throwIfAborted();
      const failure = categorised(late.aborted ? new APIUserAbortError() : error, model);
      throw this.#sleeper?.failed(failure) ?? failure;
    }
  }
}
