import type OpenAI from 'openai';
import { APIUserAbortError } from 'openai';
import { systemClock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import { Patience } from '../../base/patience.ts';
import { PAUSE, withPauses } from '../../base/pauses.ts';
import type { Sleeper } from '../../base/sleeper.ts';
import { pieces } from '../../speak/pieces.ts';
import type { Prosody, Speech, TextToSpeech } from '../../speak/ports.ts';
import { SoundReader } from '../../speak/sound-reader.ts';
import { UntimedSentence, WHOLE_WITHIN_MS } from '../../speak/untimed.ts';
import { boundedFetch, tooMuch } from './bounded.ts';
import { clientOf, type EndpointConfig } from './client.ts';
import { categorised } from './errors.ts';
import { sleeperOf } from './sleeping.ts';
import { speechCapabilities } from './voices.ts';

export interface OpenAiSpeechConfig extends EndpointConfig {
  model: string;
  /** The voice of personas that name none of the endpoint's. */
  voice: string;
  /** For the first sound, and between pieces of it. */
  firstSoundTimeoutMs: number;
  /** How long its first sound after a rest may take; absent or 0: it is always there. */
  coldStartMs?: number | undefined;
}

/** Of `response_format: pcm`: 16-bit little-endian mono. */
const PLAIN_RATE = 24_000;
/** Of the richest sound that is taken, WAV of 48 kHz with two channels of 32 bits, to that of the plain. */
const RICHEST = 8;
/** The endpoint takes 4096 characters. */
const MAX_CHARACTERS = 4000;
/** Nobody says a text slower than that: seconds before and after it, and for each of its characters. */
const MOST_SECONDS = { around: 10, character: 0.5 };
/** For all of a text's sound the endpoint is waited for no longer than this, whoever listens to it apart. */
const SOUND_MS = 60_000;
/** What is no sound at all. WAV is taken under any name. */
const NO_SOUND = /json|html/;
const COMPRESSED = /mpeg|mp3|ogg|opus|aac|flac/;

/** Any OpenAI-compatible speech endpoint, streamed. */
export class OpenAiSpeech implements TextToSpeech {
  readonly capabilities: TextToSpeech['capabilities'];
  readonly #client: OpenAI;
  readonly #config: OpenAiSpeechConfig;
  readonly #closed = new AbortController();
  readonly #sleeper: Sleeper | undefined;

  constructor(config: OpenAiSpeechConfig) {
    this.#config = config;
    this.#sleeper = sleeperOf(config, config.firstSoundTimeoutMs);
    this.capabilities = speechCapabilities(config);
    this.#client = clientOf(config, boundedFetch(mostSeconds(MAX_CHARACTERS, 1) * PLAIN_RATE * 2 * RICHEST));
  }

  async *speak(
    sentence: string,
    { voice, prosody, signal }: { voice: string; prosody: Prosody; signal: AbortSignal },
  ): AsyncGenerator<Speech> {
    signal.throwIfAborted();
    await this.#sleeper?.ready(AbortSignal.any([signal, this.#closed.signal]));
    for (const text of pieces(sentence, MAX_CHARACTERS))
      if (text !== '') yield* this.#say(text, voice, prosody, signal);
  }

  /** Somebody may be spoken to soon. */
  rouse(): void {
    this.#sleeper?.rouse();
  }

  async close(): Promise<void> {
    this.#sleeper?.close();
    this.#closed.abort(new ProviderError('internal', 'the voice is closed', { retryable: false }));
  }

  async *#say(text: string, voice: string, prosody: Prosody, signal: AbortSignal): AsyncGenerator<Speech> {
    const patience = new Patience(this.#config.firstSoundTimeoutMs, SOUND_MS);
    patience.wait();
    const mostS = mostSeconds(text.length, prosody.rate);
    const received = new SoundReader(PLAIN_RATE);
    const sentence = new UntimedSentence(text, prosody.rate, received);
    const ending = AbortSignal.any([signal, this.#closed.signal, patience.signal]);
    try {
      ending.throwIfAborted();
      const response = await this.#client.audio.speech.create(
        {
          model: this.#config.model,
          voice,
          input: text,
          response_format: 'pcm',
          ...(prosody.rate !== 1 && { speed: Math.min(4, Math.max(0.25, prosody.rate)) }),
          ...instructions(prosody),
        },
        { signal: ending },
      );
      const format = response.headers.get('content-type') ?? '';
      if (NO_SOUND.test(format)) throw notSound(format);
      const body = (response.body ?? []) as AsyncIterable<Uint8Array>;
      for await (const bytes of withPauses(body, systemClock, WHOLE_WITHIN_MS)) {
        // Whoever reads may take their time; the endpoint may not.
        patience.rest();
        if (bytes !== PAUSE) {
          this.#sleeper?.answered();
          sentence.add(bytes);
          if (received.seconds > mostS) throw tooMuch();
          // A WAV file may come under any name; what it says is plain, but is named otherwise, is not.
          if (COMPRESSED.test(format) && received.plain) throw notSound(format);
        }
        const speech = sentence.take(bytes === PAUSE);
        if (speech !== undefined) yield speech;
        patience.wait();
      }
      ending.throwIfAborted();
      const rest = sentence.rest();
      if (rest === undefined) throw new ProviderError('internal', 'the endpoint sent no sound', { retryable: true });
      yield rest;
    } catch (error) {
      signal.throwIfAborted();
      this.#closed.signal.throwIfAborted();
      const failure = categorised(patience.signal.aborted ? new APIUserAbortError() : error, this.#config.model);
      throw this.#sleeper?.failed(failure) ?? failure;
    } finally {
      // Nobody may be reading any more while the endpoint has more to say.
      patience.end();
    }
  }
}

/** How much sound a text of so many characters may have. */
const mostSeconds = (characters: number, rate: number) =>
  MOST_SECONDS.around + (characters * MOST_SECONDS.character) / Math.min(1, rate);

const notSound = (format: string) =>
  new ProviderError('bad-input', `the endpoint sends ${format}, neither pcm nor wav`, { retryable: false });

/** A feeling in words, for models that follow them; others ignore it. The speed has its own parameter. */
function instructions({ pitch, range }: Prosody): { instructions?: string } {
  const wishes = [
    ...(pitch > 1.04 ? ['a slightly higher voice'] : pitch < 0.96 ? ['a slightly lower voice'] : []),
    ...(range > 1.15 ? ['a lively, varied intonation'] : range < 0.85 ? ['a calm, even intonation'] : []),
  ];
  return wishes.length === 0 ? {} : { instructions: `Speak with ${wishes.join(' and ')}.` };
}
