/** Ways from one value to the next without a jump. Times are milliseconds of the playout clock. */
import type { Weights } from './pose.ts';

/** 0..1 -> 0..1 with level ends. */
export function smooth(t: number): number {
  const x = Math.min(1, Math.max(0, t));
  return x * x * (3 - 2 * x);
}

export function lerp(from: number, to: number, t: number): number {
  return from + (to - from) * t;
}

/** Critically damped spring: follows its target without overshoot, whatever the time between two looks. */
export class Spring {
  value: number;
  #speed = 0;
  readonly #rate: number;

  /** @param settleMs time after which 95 % of a step are done */
  constructor(value: number, settleMs: number) {
    this.value = value;
    this.#rate = 4.74 / settleMs;
  }

  step(target: number, elapsedMs: number): number {
    const gap = this.value - target;
    const pull = (this.#speed + this.#rate * gap) * elapsedMs;
    const decay = Math.exp(-this.#rate * elapsedMs);
    this.value = target + (gap + pull) * decay;
    this.#speed = (this.#speed - this.#rate * pull) * decay;
    return this.value;
  }
}

/** Mix of two weight tables; names missing in one count 0 there. */
export function mixWeights(a: Weights, b: Weights, t: number): Weights {
  if (t <= 0) return a;
  if (t >= 1) return b;
  const mixed: Weights = {};
  for (const name in a) mixed[name] = a[name]! * (1 - t);
  for (const name in b) mixed[name] = (mixed[name] ?? 0) + b[name]! * t;
  return mixed;
}

/**
 * Shows a moving target, and hides its jumps: told of one, it fades from what was shown last to wherever the
 * target is by then.
 */
export class Fade {
  #shown: Weights | undefined;
  #from: Weights = {};
  #startMs = Number.NEGATIVE_INFINITY;
  #lengthMs = 1;

  /** Begins a fade from what is shown now. */
  start(atMs: number, lengthMs: number): void {
    if (!this.#shown) return;
    this.#from = this.#shown;
    this.#startMs = atMs;
    this.#lengthMs = lengthMs;
  }

  show(target: Weights, atMs: number): Weights {
    this.#shown = mixWeights(this.#from, target, smooth((atMs - this.#startMs) / this.#lengthMs));
    return this.#shown;
  }
}
