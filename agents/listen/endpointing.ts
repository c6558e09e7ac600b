import type { Completeness } from './completeness.ts';
import type { FinalContour } from './prosody.ts';

/** How much silence ends a turn, ms. */
export interface EndpointingConfig {
  /** The sentence sounds and reads finished. */
  finishedMs: number;
  /** It could go either way. */
  openMs: number;
  /** It trails off: "and then I…". */
  trailingMs: number;
}

export const DEFAULT_ENDPOINTING: EndpointingConfig = { finishedMs: 240, openMs: 600, trailingMs: 1500 };

const FALLING_SEMITONES = -1.5;
const LEVEL_SEMITONES = 1;
/** A voice that stays up says "wait" even when the words are complete; one that falls says "done". */
const LEVEL_EXTRA_MS = 80;
const FALLING_LESS_MS = 40;
/** A very short utterance is often a beginning ("So." "Well."). */
const SHORT_MS = 450;
const SHORT_EXTRA_MS = 120;
const MAX_PATIENCE_MS = 500;

/**
 * Adaptive endpointing: how long to wait depends on the words, on the voice, and on how this person has been
 * pausing. Somebody who was cut off is given more time from then on.
 */
export class Endpointing {
  readonly #config: EndpointingConfig;
  #patienceMs = 0;

  constructor(config: EndpointingConfig = DEFAULT_ENDPOINTING) {
    this.#config = config;
  }

  silenceMs(utterance: { completeness: Completeness; contour: FinalContour; speechMs: number }): number {
    const { completeness, contour, speechMs } = utterance;
    const base = this.#config[`${completeness}Ms`];
    if (completeness === 'trailing') return base + this.#patienceMs;
    const pitch = contour.pitchSemitones;
    const voice =
      pitch === undefined
        ? 0
        : pitch <= FALLING_SEMITONES
          ? -FALLING_LESS_MS
          : Math.abs(pitch) < LEVEL_SEMITONES
            ? LEVEL_EXTRA_MS
            : 0;
    return (
      base + (completeness === 'finished' ? voice : 0) + (speechMs < SHORT_MS ? SHORT_EXTRA_MS : 0) + this.#patienceMs
    );
  }

  /** The person went on speaking right after the turn was taken from them. */
  cutOff(): void {
    this.#patienceMs = Math.min(MAX_PATIENCE_MS, this.#patienceMs + 150);
  }

  /** A turn was taken and the person was indeed done: patience wears off slowly. */
  wasDone(): void {
    this.#patienceMs *= 0.8;
  }
}
