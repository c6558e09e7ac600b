import OpenAI, { APIUserAbortError } from 'openai';
import { systemClock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import { PAUSE, withPauses } from '../../base/pauses.ts';
import { pieces } from '../../speak/pieces.ts';
import type { Prosody, Speech, TextToSpeech } from '../../speak/ports.ts';
import { boundedFetch, Patience, tooMuch } from './bounded.ts';
import { categorised } from './errors.ts';
import { PacedText } from './paced-text.ts';

export interface OpenAiSpeechConfig {
  apiKey: string;
  baseUrl?: string;
  model: string;
  /** The voice of personas that name none of the endpoint's. */
  voice: string;
  /** For the first sound, and between pieces of it. */
  firstSoundTimeoutMs: number;
}

/** OpenAI's own; a compatible endpoint's is named in the settings. */
const VOICES = ['alloy', 'ash', 'ballad', 'coral', 'echo', 'fable', 'nova', 'onyx', 'sage', 'shimmer', 'verse'];
/** Of `response_format: pcm`: 16-bit little-endian mono. */
const RATE = 24_000;
/** The endpoint takes 4096 characters. */
const MAX_CHARACTERS = 4000;
/**
 * A sentence that is there whole so soon after its first byte is handed on whole, so that its lips can be fitted to its
 * words. Otherwise waiting would be heard: it is handed on in pieces as it comes, and the lips follow the sound.
 */
const WHOLE_WITHIN_MS = 200;
/** What stays behind while more may come: the last piece, with the last word, must not be empty. */
const HOLD_SAMPLES = RATE / 50;
/** Nobody says a text slower than that: seconds before and after it, and for each of its characters. */
const MOST_SECONDS = { around: 10, character: 0.5 };
/** For all of a text's sound the endpoint is waited for no longer than this, whoever listens to it apart. */
const SOUND_MS = 60_000;
const OTHER_FORMAT = /mpeg|mp3|ogg|opus|aac|flac|wav|json|html/;

/** Any OpenAI-compatible speech endpoint, streamed. */
export class OpenAiSpeech implements TextToSpeech {
  readonly capabilities: TextToSpeech['capabilities'];
  readonly #client: OpenAI;
  readonly #config: OpenAiSpeechConfig;
  readonly #closed = new AbortController();

  constructor(config: OpenAiSpeechConfig) {
    this.#config = config;
    this.capabilities = { phones: false, voices: [...new Set([config.voice, ...VOICES])], prosody: false };
    this.#client = new OpenAI({
      apiKey: config.apiKey,
      ...(config.baseUrl !== undefined && { baseURL: config.baseUrl }),
      maxRetries: 0,
      fetch: boundedFetch(mostBytes(MAX_CHARACTERS, 1)),
      // It would write what is said to the console [P1].
      logLevel: 'off',
    });
  }

  async *speak(
    sentence: string,
    { voice, prosody, signal }: { voice: string; prosody: Prosody; signal: AbortSignal },
  ): AsyncGenerator<Speech> {
    signal.throwIfAborted();
    if (!this.capabilities.voices.includes(voice))
      throw new ProviderError(
        'bad-input',
        `the speech endpoint is not known to have a voice ${JSON.stringify(voice)}`,
        {
          retryable: false,
        },
      );
    for (const text of pieces(sentence, MAX_CHARACTERS))
      if (text !== '') yield* this.#say(text, voice, prosody, signal);
  }

  async close(): Promise<void> {
    this.#closed.abort(new ProviderError('internal', 'the voice is closed', { retryable: false }));
  }

  async *#say(text: string, voice: string, prosody: Prosody, signal: AbortSignal): AsyncGenerator<Speech> {
    const patience = new Patience(this.#config.firstSoundTimeoutMs, SOUND_MS);
    patience.wait();
    let leftBytes = mostBytes(text.length, prosody.rate);
    const words = new PacedText(text, prosody.rate);
    const received = new Samples();
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
      if (OTHER_FORMAT.test(format))
        throw new ProviderError('bad-input', `the endpoint sends ${format}, not pcm`, { retryable: false });
      const body = (response.body ?? []) as AsyncIterable<Uint8Array>;
      let firstMs: number | undefined;
      for await (const bytes of withPauses(body, systemClock, WHOLE_WITHIN_MS)) {
        // Whoever reads may take their time; the endpoint may not.
        patience.rest();
        if (bytes !== PAUSE) {
          leftBytes -= bytes.length;
          if (leftBytes < 0) throw tooMuch();
          firstMs ??= systemClock.nowMs();
          received.add(bytes);
        }
        if (firstMs !== undefined && systemClock.nowMs() - firstMs >= WHOLE_WITHIN_MS) {
          const pcm = received.take(HOLD_SAMPLES);
          if (pcm.length > 0) yield { text: words.saidIn(pcm.length / RATE), pcm, sampleRate: RATE, cut: true };
        }
        patience.wait();
      }
      ending.throwIfAborted();
      const pcm = received.take(0);
      if (received.taken === 0) throw new ProviderError('internal', 'the endpoint sent no sound', { retryable: true });
      yield { text: words.rest(), pcm, sampleRate: RATE, ...(received.taken > pcm.length && { cut: true as const }) };
    } catch (error) {
      signal.throwIfAborted();
      this.#closed.signal.throwIfAborted();
      throw categorised(patience.signal.aborted ? new APIUserAbortError() : error);
    } finally {
      // Nobody may be reading any more while the endpoint has more to say.
      patience.end();
    }
  }
}

/** How much sound a text of so many characters may have. */
const mostBytes = (characters: number, rate: number) =>
  Math.ceil((MOST_SECONDS.around + (characters * MOST_SECONDS.character) / Math.min(1, rate)) * RATE) * 2;

/** 16-bit samples from bytes that come in any pieces. */
class Samples {
  #chunks: Int16Array[] = [];
  #odd: number | undefined;
  #waiting = 0;
  taken = 0;

  add(bytes: Uint8Array): void {
    const all = Buffer.concat([Buffer.from(this.#odd === undefined ? [] : [this.#odd]), bytes]);
    const count = all.length >> 1;
    this.#odd = all.length % 2 === 1 ? all.at(-1) : undefined;
    this.#chunks.push(Int16Array.from({ length: count }, (_, i) => all.readInt16LE(i * 2)));
    this.#waiting += count;
  }

  /** Everything but the last `hold` samples. */
  take(hold: number): Int16Array {
    const all = new Int16Array(this.#waiting);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    const count = Math.max(0, all.length - hold);
    this.#chunks = [all.slice(count)];
    this.#waiting = all.length - count;
    this.taken += count;
    return all.slice(0, count);
  }
}

/** A feeling in words, for models that follow them; others ignore it. The speed has its own parameter. */
function instructions({ pitch, range }: Prosody): { instructions?: string } {
  const wishes = [
    ...(pitch > 1.04 ? ['a slightly higher voice'] : pitch < 0.96 ? ['a slightly lower voice'] : []),
    ...(range > 1.15 ? ['a lively, varied intonation'] : range < 0.85 ? ['a calm, even intonation'] : []),
  ];
  return wishes.length === 0 ? {} : { instructions: `Speak with ${wishes.join(' and ')}.` };
}
