/** Audio leaves in frames of this length. */
export const TICK_MS = 20;
/** How often a thread whose lines all wait for a conversation looks at the clock; short enough to be caught up with. */
const STANDBY_MS = 200;
/** A stall longer than this is not caught up with: the clock goes on from now. */
const MAX_CATCH_UP_TICKS = 15;

/** What is done every 20 ms. */
export interface Paced {
  /** It does without an exact clock for now. */
  readonly standby: boolean;
  /** How late the clock is, ms, before the steps that are due. */
  late(lateMs: number): void;
  step(): void;
}

/** The clock of a media thread: one timer for all its lines, because waking up costs more than most steps do. */
export class Pacer {
  readonly #startMs = performance.now();
  readonly #lines = new Set<Paced>();
  #tick = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Time since the thread began, ms. */
  nowMs(): number {
    return performance.now() - this.#startMs;
  }

  /** Number of the step that comes next, or is being done. */
  get tick(): number {
    return this.#tick;
  }

  /** From now on it is stepped. */
  add(line: Paced): void {
    this.#lines.add(line);
    if (this.#lines.size > 1) return;
    this.#tick = Math.ceil(this.nowMs() / TICK_MS);
    this.#schedule();
  }

  remove(line: Paced): void {
    this.#lines.delete(line);
    if (this.#lines.size === 0) clearTimeout(this.#timer);
  }

  #run(): void {
    const behind = Math.floor(this.nowMs() / TICK_MS) - this.#tick;
    if (behind > MAX_CATCH_UP_TICKS) this.#tick += behind;
    const lateMs = this.nowMs() - this.#tick * TICK_MS;
    for (const line of this.#lines) line.late(lateMs);
    while (this.#tick * TICK_MS <= this.nowMs()) {
      for (const line of this.#lines) line.step();
      this.#tick += 1;
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#lines.size === 0) return;
    const standby = [...this.#lines].every(line => line.standby);
    const pauseMs = standby ? STANDBY_MS : this.#tick * TICK_MS - this.nowMs();
    this.#timer = setTimeout(() => this.#run(), Math.max(0, pauseMs));
  }
}
