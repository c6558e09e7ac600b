import type { Phone } from '../../../protocol/timeline.ts';

/** Rate of the sound that is aligned. */
export const ALIGN_RATE = 16_000;

/** Knows how words sound, and finds them in a recording. Rejects with a ProviderError, or the signal's reason. */
export interface Aligner {
  /** The CMU phones (lower case, no stress) of each word, as {@link spokenWords} gives them; rules where none are known. */
  pronounce(words: readonly string[], options: { signal: AbortSignal }): Promise<string[][]>;
  /**
   * Phones of the words in 16 kHz mono speech, without gaps from its start to its end, `pau` between them.
   * Undefined where the words cannot be found in it.
   */
  align(pcm: Int16Array, words: readonly string[], options: { signal: AbortSignal }): Promise<Phone[] | undefined>;
  close(): Promise<void>;
}
