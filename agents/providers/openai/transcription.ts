import type OpenAI from 'openai';
import { APIUserAbortError, toFile } from 'openai';
import type { Usage } from '../../base/meter.ts';
import { Patience } from '../../base/patience.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import type { Sleeper } from '../../base/sleeper.ts';
import type { SpeechToText, Transcript } from '../../listen/ports.ts';
import { wavOf } from '../../speak/wav.ts';
import { asEvents, boundedFetch } from './bounded.ts';
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
  /** It is asked to send words as it finds them: the time limit counts anew with each. */
  stream?: boolean;
  /** How long its first answer after a rest may take; absent or 0: it is always there. */
  coldStartMs?: number | undefined;
  used?: (usage: Usage) => void;
}

const MOST_BYTES = 2 ** 20;
/** For all of an answer, however it comes. */
const MOST_MS = 60_000;

/** Any OpenAI-compatible endpoint that writes down whole utterances: `/v1/audio/transcriptions`. */
export class OpenAiTranscription implements SpeechToText {
  readonly #client: OpenAI;
  readonly #config: OpenAiTranscriptionConfig;
  readonly #sleeper: Sleeper | undefined;

  constructor(config: OpenAiTranscriptionConfig) {
    this.#config = config;
    this.#client = clientOf(config, config.stream ? asEvents(boundedFetch(MOST_BYTES)) : boundedFetch(MOST_BYTES));
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
    const { model, language, prompt, hotwords, vadFilter, timeoutMs, stream, used } = this.#config;
    signal.throwIfAborted();
    if (pcm.length === 0) return { text: '' };
    await this.#sleeper?.ready(signal);
    const patience = new Patience(timeoutMs, MOST_MS);
    patience.wait();
    const stop = AbortSignal.any([signal, patience.signal]);
    try {
      const file = await toFile(wavOf(pcm, LISTEN_RATE), 'speech.wav', { type: 'audio/wav' });
      // What only some servers know goes along with what the client knows.
      const theirs = {
        ...(hotwords && { hotwords: hotwords.join(', ') }),
        ...(vadFilter !== undefined && { vad_filter: vadFilter }),
      };
      const asked = { model, ...(language && { language }), ...(prompt && { prompt }), ...theirs };
      const text = stream
        ? await this.#streamed({ file, ...asked }, stop, patience)
        : (
            await this.#client.audio.transcriptions.create(
              { file, response_format: 'json', ...asked },
              { signal: stop },
            )
          ).text;
      this.#sleeper?.answered();
      used?.({ audioSeconds: pcm.length / LISTEN_RATE });
      return { text: text.trim() };
    } catch (error) {
      signal.throwIfAborted();
      const failure = categorised(patience.signal.aborted ? new APIUserAbortError() : error, model);
      throw this.#sleeper?.failed(failure) ?? failure;
    } finally {
      patience.end();
    }
  }

  /** Each word is a sign of life. Who does not stream, though asked to, sends one event, which is all of it. */
  async #streamed(
    asked: Omit<OpenAI.Audio.TranscriptionCreateParamsStreaming, 'stream' | 'response_format'>,
    signal: AbortSignal,
    patience: Patience,
  ): Promise<string> {
    const events = await this.#client.audio.transcriptions.create(
      { ...asked, response_format: 'json', stream: true },
      { signal },
    );
    let words = '';
    for await (const event of events as AsyncIterable<{ type?: string; delta?: string; text?: string }>) {
      patience.rest();
      if (event.type === 'transcript.text.delta') words += event.delta ?? '';
      else if (event.text !== undefined) return event.text;
      patience.wait();
    }
    signal.throwIfAborted();
    return words;
  }
}
