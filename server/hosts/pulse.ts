/** How often a host is asked. */
const BEAT_MS = 250;
/** So many questions in a row without an answer: it hangs. A host's main thread is never busy for long. */
const SILENT_BEATS = 6;
/** A question that was asked later than this says something of the server: it was busy itself. */
const LATE_MS = BEAT_MS * 2;

/**
 * Finds out that a host hangs: its process lives and its connection stands, yet it answers nothing. Silence counts only
 * while this process keeps its own time: whoever was stopped, asleep or short of the processor itself knows nothing of
 * others.
 */
export class Pulse {
  readonly #timer: NodeJS.Timeout;
  #silent = 0;
  #lastMs = performance.now();

  /**
   * @param ask sends the question; the answer calls what it is given
   * @param watches whether silence counts for now: a host that is just starting loads its models
   * @param hangs called once
   */
  constructor(ask: (answered: () => void) => void, watches: () => boolean, hangs: () => void) {
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      const late = nowMs - this.#lastMs > LATE_MS;
      this.#lastMs = nowMs;
      if (!watches()) this.#silent = 0;
      else if (!late) this.#silent += 1;
      if (this.#silent > SILENT_BEATS) {
        this.stop();
        hangs();
        return;
      }
      ask(() => {
        this.#silent = 0;
      });
    }, BEAT_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
