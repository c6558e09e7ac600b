import type OpenAI from 'openai';
import { APIUserAbortError, toFile } from 'openai';
import type { Usage } from '../../base/meter.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import type { SpeechToText, Transcript } from '../../listen/ports.ts';
import { wavOf } from '../../speak/wav.ts';
import { boundedFetch } from './bounded.ts';
import { clientOf, type EndpointConfig } from './client.ts';
import { categorised } from './errors.ts';

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
  used?: (usage: Usage) => void;
}

const MOST_BYTES = 2 ** 20;

/** Any OpenAI-compatible endpoint that writes down whole utterances: `/v1/audio/transcriptions`. */
export class OpenAiTranscription implements SpeechToText {
  readonly #client: OpenAI;
  readonly #config: OpenAiTranscriptionConfig;

  constructor(config: OpenAiTranscriptionConfig) {
    this.#config = config;
    this.#client = clientOf(config, boundedFetch(MOST_BYTES));
  }

  async transcribe(pcm: Int16Array, { signal }: { signal: AbortSignal }): Promise<Transcript> {
    const { model, language, prompt, hotwords, vadFilter, timeoutMs, used } = this.#config;
    signal.throwIfAborted();
    if (pcm.length === 0) return { text: '' };
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
      used?.({ audioSeconds: pcm.length / LISTEN_RATE });
      return { text: text.trim() };
    } catch (error) {
      signal.throwIfAborted();
      throw categorised(late.aborted ? new APIUserAbortError() : error, model);
    }
  }
}
