import { type FaceStep, RUNGS, type Rung } from '../line/port.ts';

/**
 * Decides how much a face may cost while the processor is short of time. Every rung saves more than the one above it
 * and keeps what that saves; the voice is never on the ladder. Only who has no time for a single picture is left with
 * the voice alone.
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
/** Lateness of the voice's clock: below this it is a timer's. */
const TICK_LATE_MS = 15;
/**
 * Above the first sum fewer pictures are made; above the second, which people would hear, they are made smaller. A late
 * clock alone takes no picture away that could still be sent.
 */
const TICKS_LATE_MS = 150;
const VOICE_IN_DANGER_MS = 500;
/** A conversation's first pictures are late because it begins: people join, code is compiled. */
const SETTLING_MS = 2000;
/** No step down before the last step can have shown its effect. */
const STAY_MS = 600;
/** Calm before a step up. */
const CALM_MS = 800;
/** A step up that is taken back within this time has failed: it waits, twice as long each time. */
const FAILED_MS = 6000;
const WAIT_MS = 2000;
const WAIT_MOST_MS = 60_000;
/** Pictures that take no longer than so many times what they take at best: the load is over, nothing has to wait. */
const RELIEVED = 1.5;
/** A step up that lasts for this long was right. */
const PROVEN_MS = 30_000;
/** How many times the time for a picture grows with the step up from a rung. */
const GROWTH: Record<Rung, number> = {
  full: 1,
  'half-rate': 1,
  'half-size': 3,
  still: 1.5,
  slow: 1,
  'voice-only': 1,
};

interface Made {
  atMs: number;
  troubled: boolean;
  costMs: number | undefined;
}

export class Ladder {
  #at = 0;
  #firstMs: number | undefined;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #calmSinceMs = 0;
  #climbed = false;
  /** Of rungs that could not be held: since when, and how long they wait. */
  readonly #failed = new Map<Rung, { atMs: number; waitMs: number }>();
  /** What a whole picture costs at best, ms. */
  #bestMs = Number.NaN;
  #pictures: Made[] = [];
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
    if (this.#climbed && stayedMs > PROVEN_MS) this.#failed.delete(this.rung);
    const reason = this.#at < RUNGS.length - 1 && stayedMs >= STAY_MS ? this.#overload() : undefined;
    if (reason !== undefined) {
      if (this.#climbed && stayedMs < FAILED_MS) {
        const waitMs = Math.min(WAIT_MOST_MS, 2 * (this.#failed.get(this.rung)?.waitMs ?? WAIT_MS / 2));
        this.#failed.set(this.rung, { atMs: nowMs, waitMs });
      }
      return this.#step('down', nowMs, reason);
    }
    if (this.#at === 0 && this.#pictures.length > 0)
      this.#bestMs = Math.min(this.#meanMs(), this.#bestMs || Number.POSITIVE_INFINITY);
    const calmMs = nowMs - Math.max(this.#calmSinceMs, this.#sinceMs);
    if (this.#at > 0 && calmMs >= CALM_MS && this.#mayClimb(nowMs))
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
    const all = this.#pictures.length;
    if (this.rung === 'slow') {
      const came = this.#pictures.some(({ costMs }) => costMs !== undefined);
      return all >= TROUBLED && !came ? `none of ${all} pictures could be made` : undefined;
    }
    const lateMs = this.#ticks.reduce((sum, tick) => sum + tick.lateMs, 0);
    // One long stall is an accident, not a load.
    if (this.#ticks.length > 1 && lateMs >= (this.#at === 0 ? TICKS_LATE_MS : VOICE_IN_DANGER_MS))
      return `the voice's clock was ${Math.round(lateMs)} ms late in ${WINDOW_MS} ms`;
    const troubled = this.#pictures.filter(picture => picture.troubled).length;
    if (troubled >= Math.max(TROUBLED, all * TROUBLED_SHARE))
      return `${troubled} of ${all} pictures late, dropped or nearly so`;
    return undefined;
  }

  /** Whether pictures one rung up would be made in time, going by the present ones. */
  #mayClimb(nowMs: number): boolean {
    const mean = this.#meanMs();
    // Of what is not tried nothing is known.
    if (this.rung === 'voice-only' && !this.#pictures.some(({ costMs }) => costMs !== undefined)) return false;
    if (mean * GROWTH[this.rung] >= BUDGET_MS * TIGHT) return false;
    const failed = this.#failed.get(RUNGS[this.#at - 1]!);
    if (failed === undefined || nowMs - failed.atMs >= failed.waitMs) return true;
    const growth = RUNGS.slice(0, this.#at + 1).reduce((product, rung) => product * GROWTH[rung], 1);
    return mean * growth <= this.#bestMs * RELIEVED;
  }

  #meanMs(): number {
    const costs = this.#pictures.flatMap(({ costMs }) => costMs ?? []);
    return costs.reduce((sum, ms) => sum + ms, 0) / Math.max(1, costs.length);
  }
}
