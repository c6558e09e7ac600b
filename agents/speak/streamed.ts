import type { Clock } from '../base/clock.ts';
import { ProviderError } from '../base/errors.ts';
import { PAUSE, withPauses } from '../base/pauses.ts';
import { Samples } from '../base/samples.ts';
import { Growing } from './growing.ts';
import type { MouthMark } from './mouth-marks.ts';
import { pieces } from './pieces.ts';
import type { Prosody, Speech, SpeechCapabilities, TextToSpeech, TimedText } from './ports.ts';
import { SoundReader } from './sound-reader.ts';
import { UntimedSentence, WHOLE_WITHIN_MS } from './untimed.ts';

/** What a vendor tells of a sentence, piece by piece. Positions are samples from the sentence's start. */
export interface SpokenPart {
  /** 16-bit samples, cut anywhere. */
  bytes?: Uint8Array;
  /** All of them together, white space included, are the sentence. */
  characters?: readonly TimedText[];
  /** Shapes of the mouth, in order. */
  mouth?: readonly MouthMark[];
  /** It is all of the sentence: nothing is gained by cutting it. */
  whole?: true;
}

export interface SpokenHow {
  voice: string;
  prosody: Prosody;
  signal: AbortSignal;
}

export interface StreamedSpeechOptions {
  /** In errors. */
  name: string;
  capabilities: SpeechCapabilities;
  /** Hz. */
  rate: number;
  /** The vendor takes no more characters at once. */
  longest: number;
  /** It tells no times: its sound is handed on as it comes. */
  untimed?: { clock: Clock };
  ask(text: string, how: SpokenHow): AsyncIterable<SpokenPart>;
  close?(): void;
}

/** A vendor whose voice comes in pieces, with times of its text: it is given on word by word. */
export class StreamedSpeech implements TextToSpeech {
  readonly #options: StreamedSpeechOptions;
  readonly #closed = new AbortController();

  constructor(options: StreamedSpeechOptions) {
    this.#options = options;
  }

  get capabilities(): SpeechCapabilities {
    return this.#options.capabilities;
  }

  async *speak(sentence: string, { voice, prosody, signal }: SpokenHow): AsyncGenerator<Speech> {
    signal.throwIfAborted();
    this.#closed.signal.throwIfAborted();
    const ending = AbortSignal.any([signal, this.#closed.signal]);
    for (const text of pieces(sentence, this.#options.longest))
      if (text !== '') yield* this.#say(text, { voice, prosody, signal: ending });
  }

  async close(): Promise<void> {
    this.#closed.abort(new ProviderError('internal', 'the voice is closed', { retryable: false }));
    this.#options.close?.();
  }

  async *#say(text: string, how: SpokenHow): AsyncGenerator<Speech> {
    const { name, untimed } = this.#options;
    let isSilent = true;
    for await (const speech of untimed === undefined ? this.#timed(text, how) : this.#untimed(text, how, untimed)) {
      isSilent = false;
      yield speech;
    }
    if (isSilent) throw new ProviderError('internal', `${name} sent no sound`, { retryable: true });
  }

  async *#timed(text: string, how: SpokenHow): AsyncGenerator<Speech> {
    const { rate, ask } = this.#options;
    const samples = new Samples();
    const growing = new Growing(text, rate);
    for await (const { bytes = new Uint8Array(0), characters = [], mouth = [], whole } of ask(text, how)) {
      growing.add(samples.add(bytes), characters, mouth);
      const speech = whole ? undefined : growing.take();
      if (speech !== undefined) yield speech;
    }
    const rest = growing.rest();
    if (rest !== undefined) yield rest;
  }

  async *#untimed(text: string, how: SpokenHow, { clock }: { clock: Clock }): AsyncGenerator<Speech> {
    const { rate, ask } = this.#options;
    const sentence = new UntimedSentence(text, how.prosody.rate, new SoundReader(rate), clock);
    for await (const part of withPauses(ask(text, how), clock, WHOLE_WITHIN_MS)) {
      if (part !== PAUSE && part.bytes !== undefined) sentence.add(part.bytes);
      const speech = sentence.take(part === PAUSE);
      if (speech !== undefined) yield speech;
    }
    const rest = sentence.rest();
    if (rest !== undefined) yield rest;
  }
}

/** What such a voice can do, by the name of its usual one. */
export const streamedCapabilities = (voice: string): SpeechCapabilities => ({
  phones: false,
  prosody: false,
  voices: { known: [voice], closed: false },
  reads: 'written',
});
