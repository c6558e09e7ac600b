/** Where the eyes look: at whom they are told to, with small saccades and now and then a look elsewhere. */
import type { FaceState, Instant } from './avatar.ts';
import { Spring } from './ease.ts';

/** A saccade takes about this long, a following head longer. */
const EYE_MS = 90;
const HEAD_MS = 700;

/** How long a look lasts, and how often the next one goes elsewhere, by state. */
const HABITS: Record<FaceState, { holdMs: [number, number]; away: number; reach: number }> = {
  idle: { holdMs: [900, 3200], away: 0.45, reach: 0.5 },
  listening: { holdMs: [800, 2600], away: 0.06, reach: 0.25 },
  thinking: { holdMs: [500, 1400], away: 0.5, reach: 0.3 },
  speaking: { holdMs: [700, 2200], away: 0.2, reach: 0.35 },
};
/** Of a face that is to move little: looks last so many times longer, and take so many times longer. */
const CALM = 3;
/** Small movements while a look is held, as a share of the gaze's range. */
const TREMBLE = 0.05;

export interface Look {
  /** Share of the eyes' range, x right -1..1, y up -1..1. */
  x: number;
  y: number;
  /** The same, as far as the head has followed. */
  headX: number;
  headY: number;
}

export class Gaze {
  readonly #random: () => number;
  readonly #x = new Spring(0, EYE_MS);
  readonly #y = new Spring(0, EYE_MS);
  readonly #headX = new Spring(0, HEAD_MS);
  readonly #headY = new Spring(0, HEAD_MS);
  #offset = { x: 0, y: 0 };
  #untilMs = Number.NEGATIVE_INFINITY;
  #state: FaceState = 'idle';

  constructor(random: () => number) {
    this.#random = random;
  }

  at(instant: Instant, elapsedMs: number): Look {
    if (instant.atMs >= this.#untilMs || instant.state !== this.#state) this.#next(instant);
    const ms = elapsedMs / (instant.reducedMotion ? CALM : 1);
    const { x, y } = instant.gaze ?? { x: 0, y: 0 };
    const tx = clamp(x + this.#offset.x);
    const ty = clamp(y + this.#offset.y);
    return {
      x: this.#x.step(tx, ms),
      y: this.#y.step(ty, ms),
      headX: this.#headX.step(tx, ms),
      headY: this.#headY.step(ty, ms),
    };
  }

  #next({ atMs, state, reducedMotion }: Instant): void {
    const { holdMs, away, reach } = HABITS[state];
    // Who begins to think looks away, mostly up; who is spoken to or begins to speak looks back.
    const turned = state !== this.#state;
    this.#state = state;
    const elsewhere = turned && state !== 'idle' ? state === 'thinking' : this.#random() < away;
    const size = elsewhere && !reducedMotion ? reach : TREMBLE;
    const angle = this.#random() * (turned && elsewhere ? 1 : 2) * Math.PI;
    const length = size * (0.6 + 0.4 * this.#random());
    this.#offset = { x: Math.cos(angle) * length, y: Math.sin(angle) * length * 0.6 };
    this.#untilMs = atMs + (holdMs[0] + (holdMs[1] - holdMs[0]) * this.#random()) * (reducedMotion ? CALM : 1);
  }
}

function clamp(value: number): number {
  return Math.min(1, Math.max(-1, value));
}
