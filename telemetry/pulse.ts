/** How often it is asked. */
const BEAT_MS = 250;
/** Silent for so long it hangs, unless told otherwise. */
const SILENT_MS = 1500;
/** Whatever it was short of: after this it is of no use. */
const AT_MOST_MS = 10_000;
/** A question that was asked later than this says something of the asker: it was busy itself. */
const LATE_MS = BEAT_MS * 2;

export interface PulseOptions {
  /** Whether silence counts for now. */
  watches?: () => boolean;
  /**
   * How much of its silence since this was asked last is its own, ms: of a thread that waits for a processor, only the
   * time that it had one. Undefined where that is not known: all of it.
   */
  own?: () => number | undefined;
  /** Silent for so long it hangs. */
  afterMs?: number;
}

/**
 * Finds out that a process or a thread hangs: it lives, its connection stands, yet it answers nothing. Silence counts
 * from its first answer on, and only while this process keeps its own time: whoever was stopped, asleep or short of the
 * processor itself knows nothing of others.
 */
export class Pulse {
  readonly #timer: NodeJS.Timeout;
  #silentMs = 0;
  #ownMs = 0;
  #begun = false;
  #lastMs = performance.now();

  /**
   * @param ask sends the question; the answer calls what it is given. False: it could not be sent
   * @param hangs called once
   */
  constructor(
    ask: (answered: () => void) => unknown,
    hangs: () => void,
    { watches = () => true, own, afterMs = SILENT_MS }: PulseOptions = {},
  ) {
    let asked = true;
    const asks = () => {
      asked =
        ask(() => {
          this.#begun = true;
          this.#silentMs = 0;
          this.#ownMs = 0;
        }) !== false;
    };
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      const late = nowMs - this.#lastMs > LATE_MS;
      this.#lastMs = nowMs;
      if (!this.#begun || !watches()) [this.#silentMs, this.#ownMs] = [0, 0];
      else if (!late && asked) {
        this.#silentMs += BEAT_MS;
        // The first silence of all may be a question that is just on its way.
        if (this.#silentMs > BEAT_MS) this.#ownMs += own?.() ?? BEAT_MS;
        else own?.();
      }
      if (this.#ownMs >= afterMs || this.#silentMs >= AT_MOST_MS) {
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
