/** Time to draw and encode a picture, where nothing else is to be done: 60 ms. A mouth begins so much after its voice. */
export const LEAD_TICKS = 3;
const MOST_TICKS = 5;
/** How long pictures must have come early enough for a shorter lead: 10 s. */
const CALM_TICKS = 500;
/** A longer lead shows its effect first. */
const STAY_TICKS = 10;

/**
 * How long before it is due a picture is asked for, in ticks of 20 ms. It adapts as a jitter buffer does: other work
 * takes the processor for moments only, and a picture that is asked for sooner is there all the same.
 */
export class PictureLead {
  #ticks = LEAD_TICKS;
  #raised = Number.NEGATIVE_INFINITY;
  #calmSince = 0;

  get ticks(): number {
    return this.#ticks;
  }

  /** One was made: so many whole ticks before it was due, or, below zero, too late. */
  made(tick: number, spareTicks: number): void {
    if (spareTicks < 2) this.#calmSince = tick;
    if (spareTicks < 0) {
      if (this.#ticks === MOST_TICKS || tick - this.#raised < STAY_TICKS) return;
      this.#ticks += 1;
      this.#raised = tick;
    } else if (this.#ticks > LEAD_TICKS && tick - this.#calmSince >= CALM_TICKS) {
      this.#ticks -= 1;
      this.#calmSince = tick;
    }
  }
}
