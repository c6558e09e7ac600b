import { ProviderError } from '../base/errors.ts';
import { Samples } from '../base/samples.ts';
import { Growing } from './growing.ts';
import type { MouthMark } from './mouth-marks.ts';
import { pieces } from './pieces.ts';
import type { Prosody, Speech, SpeechCapabilities, TextToSpeech, TimedText } from './ports.ts';

/** What a vendor tells of a sentence, piece by piece. Positions are samples from the sentence's start. */
export interface SpokenPart {
  /** 16-bit samples, cut anywhere. */
  bytes?: Uint8Array;
  /** All of them together, white space included, are the sentence. */
  characters?: readonly TimedText[];
  /** Shapes of the mouth, in order. */
  mouth?: readonly MouthMark[];
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
    const { name, rate, ask } = this.#options;
    const samples = new Samples();
    const growing = new Growing(text, rate);
    for await (const { bytes = new Uint8Array(0), characters = [], mouth = [] } of ask(text, how)) {
      growing.add(samples.add(bytes), characters, mouth);
      const speech = growing.take();
      if (speech !== undefined) yield speech;
    }
    const rest = growing.rest();
    if (rest !== undefined) yield rest;
    else if (growing.taken === 0) throw new ProviderError('internal', `${name} sent no sound`, { retryable: true });
  }
}

/** What such a voice can do, by the name of its usual one. */
export const streamedCapabilities = (voice: string): SpeechCapabilities => ({
  phones: false,
  prosody: false,
  voices: { known: [voice], closed: false },
  reads: 'written',
});
