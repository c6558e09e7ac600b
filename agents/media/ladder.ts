import { type FaceStep, RUNGS, type Rung } from '../line/port.ts';

/**
 * Decides how much a face may cost while the processor is short of time. Every rung saves more than the one above it
 * and keeps what that saves; the voice is never on the ladder.
 */

/** Time between two pictures. */
const BUDGET_MS = 40;
/** A picture that took this share of it was nearly late. */
const TIGHT = 0.75;
/** What happened longer ago is not looked at. */
const WINDOW_MS = 1600;
/** So many pictures in trouble, and such a share of them, are overload; fewer are chance. */
const TROUBLED = 3;
const TROUBLED_SHARE = 0.3;
/** Lateness of the voice's clock: below the first it is a timer's, above the sum it is overload. */
const TICK_LATE_MS = 15;
const TICKS_LATE_SUM_MS = 150;
/** A conversation's first pictures are late because it begins: people join, code is compiled. */
const SETTLING_MS = 2000;
/** No step down before the last step can have shown its effect. */
const STAY_MS = 600;
/** Calm before a step up; twice as long after each one that failed. */
const CALM_MS = 3000;
const CALM_MOST_MS = 60_000;
/** A step up that is taken back within the first has failed; one that lasts for the second was right. */
const FAILED_MS = 6000;
const PROVEN_MS = 30_000;
/** How many times the time for a picture grows with the step up from a rung. */
const GROWTH: Record<Rung, number> = { full: 1, 'half-rate': 1, 'half-size': 3, still: 1.5, 'voice-only': 1 };

export class Ladder {
  #at = 0;
  #firstMs: number | undefined;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #calmSinceMs = 0;
  #climbed = false;
  #waitMs = CALM_MS;
  #pictures: { atMs: number; troubled: boolean; costMs: number | undefined }[] = [];
  #ticks: { atMs: number; lateMs: number }[] = [];

  get rung(): Rung {
    return RUNGS[this.#at]!;
  }

  /** A picture came out, or (without a cost) did not. `costMs`: to draw and to encode. */
  picture(atMs: number, late: boolean, costMs?: number): void {
    this.#firstMs ??= atMs;
    if (atMs - this.#firstMs < SETTLING_MS) return;
    const troubled = late || (costMs ?? 0) > BUDGET_MS * TIGHT;
    if (troubled) this.#calmSinceMs = atMs;
    this.#pictures.push({ atMs, troubled, costMs });
  }

  /** The clock that paces the voice ran this late. */
  tick(atMs: number, lateMs: number): void {
    if (lateMs < TICK_LATE_MS) return;
    this.#calmSinceMs = atMs;
    this.#ticks.push({ atMs, lateMs });
  }

  /** To be asked a few times a second. */
  decide(nowMs: number): FaceStep | undefined {
    this.#pictures = this.#pictures.filter(({ atMs }) => nowMs - atMs < WINDOW_MS);
    this.#ticks = this.#ticks.filter(({ atMs }) => nowMs - atMs < WINDOW_MS);
    const stayedMs = nowMs - this.#sinceMs;
    if (this.#climbed && stayedMs > PROVEN_MS) this.#waitMs = CALM_MS;
    const reason = this.#overload();
    if (reason !== undefined && this.#at < RUNGS.length - 1 && stayedMs >= STAY_MS) {
      if (this.#climbed && stayedMs < FAILED_MS) this.#waitMs = Math.min(CALM_MOST_MS, this.#waitMs * 2);
      return this.#step('down', nowMs, reason);
    }
    const calmMs = nowMs - Math.max(this.#calmSinceMs, this.#sinceMs);
    if (this.#at > 0 && calmMs >= this.#waitMs && this.#hasRoom())
      return this.#step('up', nowMs, `calm for ${Math.round(calmMs)} ms`);
    return undefined;
  }

  #step(direction: 'down' | 'up', nowMs: number, reason: string): FaceStep {
    this.#at += direction === 'down' ? 1 : -1;
    this.#climbed = direction === 'up';
    this.#sinceMs = nowMs;
    this.#pictures = [];
    this.#ticks = [];
    return { rung: this.rung, direction, reason };
  }

  #overload(): string | undefined {
    const lateMs = this.#ticks.reduce((sum, tick) => sum + tick.lateMs, 0);
    // One long stall is an accident, not a load.
    if (this.#ticks.length > 1 && lateMs >= TICKS_LATE_SUM_MS)
      return `the voice's clock was ${Math.round(lateMs)} ms late in ${WINDOW_MS} ms`;
    const troubled = this.#pictures.filter(picture => picture.troubled).length;
    const all = this.#pictures.length;
    if (troubled >= Math.max(TROUBLED, all * TROUBLED_SHARE))
      return `${troubled} of ${all} pictures late, dropped or nearly so`;
    return undefined;
  }

  /** Whether pictures one rung up would be made in time, going by the present ones. */
  #hasRoom(): boolean {
    const costs = this.#pictures.flatMap(({ costMs }) => costMs ?? []);
    const mean = costs.reduce((sum, ms) => sum + ms, 0) / Math.max(1, costs.length);
    return mean * GROWTH[this.rung] < BUDGET_MS * TIGHT;
  }
}
