import { type Clock, systemClock } from '../base/clock.ts';
import { PacedText } from './paced-text.ts';
import type { Speech } from './ports.ts';
import type { SoundReader } from './sound-reader.ts';

/**
 * A sentence that is there whole so soon after its first byte is handed on whole, so that its lips can be fitted to its
 * words. Otherwise waiting would be heard: it is handed on in pieces as it comes, and the lips follow the sound.
 */
export const WHOLE_WITHIN_MS = 200;
/** What stays behind while more may come: the last piece, with the last word, must not be empty. */
const HOLD_S = 1 / 50;

/** A sentence whose sound comes without a word of when what is said. */
export class UntimedSentence {
  readonly #words: PacedText;
  readonly #sound: SoundReader;
  readonly #clock: Clock;
  #firstMs: number | undefined;

  /** @param rate how fast it is said, 1 is usual */
  constructor(text: string, rate: number, sound: SoundReader, clock: Clock = systemClock) {
    this.#words = new PacedText(text, rate);
    this.#sound = sound;
    this.#clock = clock;
  }

  /** Throws ProviderError for what is no sound. */
  add(bytes: Uint8Array): void {
    this.#firstMs ??= this.#clock.nowMs();
    this.#sound.add(bytes);
  }

  /** What has come, once it need not be waited for longer. @param isPause nothing has come for that long */
  take(isPause: boolean): Speech | undefined {
    const { sampleRate } = this.#sound;
    if (this.#firstMs === undefined || sampleRate === undefined) return undefined;
    // A timer may be a little early: after a pause there is nothing to wait for, whatever the clock says.
    if (!isPause && this.#clock.nowMs() - this.#firstMs < WHOLE_WITHIN_MS) return undefined;
    const pcm = this.#sound.take(Math.round(sampleRate * HOLD_S));
    if (pcm.length === 0) return undefined;
    return { text: this.#words.saidIn(pcm.length / sampleRate), pcm, sampleRate, cut: true };
  }

  /** All that is left, once nothing more comes; undefined where there was no sound. */
  rest(): Speech | undefined {
    this.#sound.end();
    const pcm = this.#sound.take(0);
    const { taken, sampleRate } = this.#sound;
    if (taken === 0 || sampleRate === undefined) return undefined;
    return { text: this.#words.rest(), pcm, sampleRate, ...(taken > pcm.length && { cut: true as const }) };
  }
}
