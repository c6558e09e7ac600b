import { type Meter, metered } from '../base/meter.ts';
import type { SpeakOptions, Speech, TextToSpeech } from './ports.ts';

/** A voice whose sentences are counted and timed. Owns it not. */
export class MeteredSpeech implements TextToSpeech {
  readonly capabilities: TextToSpeech['capabilities'];
  readonly #inner: TextToSpeech;
  readonly #meter: Meter;

  constructor(inner: TextToSpeech, meter: Meter) {
    this.capabilities = inner.capabilities;
    this.#inner = inner;
    this.#meter = meter;
  }

  async *speak(sentence: string, options: SpeakOptions): AsyncGenerator<Speech> {
    const call = this.#meter.call();
    this.#meter.used({ characters: sentence.length });
    for await (const speech of metered(call, this.#inner.speak(sentence, options), options.signal)) {
      this.#meter.used({ audioSeconds: speech.pcm.length / speech.sampleRate });
      yield speech;
    }
  }

  /** Closes nothing: whoever made the voice closes it. */
  async close(): Promise<void> {}
}
