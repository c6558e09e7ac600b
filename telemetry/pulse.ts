/** How often it is asked. */
const BEAT_MS = 250;
/** So many questions in a row without an answer: it hangs. What is watched so is never busy for long. */
const SILENT_BEATS = 6;
/** A question that was asked later than this says something of the server: it was busy itself. */
const LATE_MS = BEAT_MS * 2;

/**
 * Finds out that a process or a thread hangs: it lives, its connection stands, yet it answers nothing. Silence counts
 * from its first answer on, and only while this process keeps its own time: whoever was stopped, asleep or short of the
 * processor itself knows nothing of others.
 */
export class Pulse {
  readonly #timer: NodeJS.Timeout;
  #silent = 0;
  #begun = false;
  #lastMs = performance.now();

  /**
   * @param ask sends the question; the answer calls what it is given
   * @param hangs called once
   * @param watches whether silence counts for now
   */
  constructor(ask: (answered: () => void) => void, hangs: () => void, watches = () => true) {
    const asks = () =>
      ask(() => {
        this.#begun = true;
        this.#silent = 0;
      });
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      const late = nowMs - this.#lastMs > LATE_MS;
      this.#lastMs = nowMs;
      if (!this.#begun || !watches()) this.#silent = 0;
      else if (!late) this.#silent += 1;
      if (this.#silent > SILENT_BEATS) {
        this.stop();
        hangs();
        return;
      }
      asks();
    }, BEAT_MS).unref();
    asks();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
