import { ProviderError } from '../base/errors.ts';
import type { SpeakOptions, Speech, TextToSpeech } from './ports.ts';
import { reads } from './scripts.ts';

/**
 * Lets the first voice speak; where it fails before any sound, or cannot read what the second can, the second says the
 * sentence. A later failure is passed on. Owns neither.
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
      voices: {
        known: [...new Set([...a.voices.known, ...b.voices.known])],
        closed: a.voices.closed && b.voices.closed,
      },
      prosody: a.prosody && b.prosody,
      design: a.design === true && b.design === true,
      ...(a.languages !== undefined &&
        b.languages !== undefined && { languages: [...new Set([...a.languages, ...b.languages])] }),
    };
    this.#first = first;
    this.#second = second;
    this.#onFailure = onFailure;
  }

  async *speak(sentence: string, options: SpeakOptions): AsyncGenerator<Speech> {
    let sounded = false;
    if (!reads(this.#first.capabilities, sentence) && reads(this.#second.capabilities, sentence)) {
      yield* this.#second.speak(sentence, options);
      return;
    }
    try {
      for await (const speech of this.#first.speak(sentence, options)) {
        sounded ||= speech.pcm.length > 0;
        yield speech;
      }
      if (sounded || !/[\p{L}\p{N}]/u.test(sentence)) return;
      throw new ProviderError('internal', 'the voice made no sound', { retryable: true });
    } catch (error) {
      options.signal.throwIfAborted();
      const failure =
        error instanceof ProviderError
          ? error
          : new ProviderError('internal', String(error), { retryable: false, cause: error });
      this.#onFailure(failure, !sounded);
      if (sounded) throw failure;
    }
    yield* this.#second.speak(sentence, options);
  }

  /** Closes nothing: whoever made the voices closes them. */
  async close(): Promise<void> {}
}
