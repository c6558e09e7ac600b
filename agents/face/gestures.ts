/** What head and arms do in the course of a turn's speech. */
import type { Gesture } from '../../protocol/timeline.ts';
import type { Instant } from './avatar.ts';
import { Spring, smooth } from './ease.ts';

/** A movement goes there in this share of its time, and back in the rest. */
const THERE = 0.4;
/** However speech begins, ends or is cut off, nothing jumps. */
const SETTLE_MS = 140;

export type Moved = Record<Gesture['kind'], number>;
const KINDS = ['nod', 'tilt', 'turn', 'arms'] as const;

export class Gestures {
  readonly #turns = new Map<string, Gesture[]>();
  readonly #springs: Record<Gesture['kind'], Spring> = {
    nod: new Spring(0, SETTLE_MS),
    tilt: new Spring(0, SETTLE_MS),
    turn: new Spring(0, SETTLE_MS),
    arms: new Spring(0, SETTLE_MS),
  };

  speech(turnId: string, gestures: readonly Gesture[]): void {
    if (gestures.length > 0) this.#turns.set(turnId, [...(this.#turns.get(turnId) ?? []), ...gestures]);
  }

  drop(turnId: string): void {
    this.#turns.delete(turnId);
  }

  /** How far each has gone, as share of its full movement. */
  at({ speech, reducedMotion }: Instant, elapsedMs: number): Moved {
    const moved: Moved = { nod: 0, tilt: 0, turn: 0, arms: 0 };
    if (speech !== undefined && !reducedMotion)
      for (const { kind, startSample, endSample, amount } of this.#turns.get(speech.turnId) ?? []) {
        const t = (speech.sample - startSample) / Math.max(1, endSample - startSample);
        if (t > 0 && t < 1) moved[kind] += amount * (t < THERE ? smooth(t / THERE) : smooth((1 - t) / (1 - THERE)));
      }
    for (const kind of KINDS) moved[kind] = this.#springs[kind].step(Math.max(-1, Math.min(1, moved[kind])), elapsedMs);
    return moved;
  }
}
