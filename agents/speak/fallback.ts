import { ProviderError } from '../base/errors.ts';
import type { SpeakOptions, Speech, TextToSpeech } from './ports.ts';

/**
 * Lets the first voice speak; where it fails before any sound, the second says the sentence. A later failure is passed
 * on. Each speaks with the voice that is asked for if it has it, else with its own first one. Owns neither.
 */
export class FallbackSpeech implements TextToSpeech {
  readonly capabilities: TextToSpeech['capabilities'];
  readonly #first: TextToSpeech;
  readonly #second: TextToSpeech;
  readonly #onFailure: (error: ProviderError, fellBack: boolean) => void;

  constructor(first: TextToSpeech, second: TextToSpeech, onFailure: (error: ProviderError, fellBack: boolean) => void) {
    const [a, b] = [first.capabilities, second.capabilities];
    this.capabilities = {
      phones: a.phones && b.phones,
      voices: [...new Set([...a.voices, ...b.voices])],
      prosody: a.prosody && b.prosody,
    };
    this.#first = first;
    this.#second = second;
    this.#onFailure = onFailure;
  }

  async *speak(sentence: string, options: SpeakOptions): AsyncGenerator<Speech> {
    const as = (tts: TextToSpeech) =>
      tts.capabilities.voices.includes(options.voice)
        ? options
        : { ...options, voice: tts.capabilities.voices[0] ?? options.voice };
    let sounded = false;
    try {
      for await (const speech of this.#first.speak(sentence, as(this.#first))) {
        sounded ||= speech.pcm.length > 0;
        yield speech;
      }
      return;
    } catch (error) {
      options.signal.throwIfAborted();
      const failure =
        error instanceof ProviderError
          ? error
          : new ProviderError('internal', String(error), { retryable: false, cause: error });
      this.#onFailure(failure, !sounded);
      if (sounded) throw failure;
    }
    yield* this.#second.speak(sentence, as(this.#second));
  }

  /** Closes nothing: whoever made the voices closes them. */
  async close(): Promise<void> {}
}
