/** How often it is asked. */
const BEAT_MS = 250;
/** Silent for so long it hangs, unless told otherwise. */
const SILENT_MS = 1500;
/** Whatever it was short of: after this it is of no use. */
const AT_MOST_MS = 9500;
/** A question that was asked later than this says something of the asker: it was busy itself. */
const LATE_MS = BEAT_MS * 2;

export interface PulseOptions {
  /** Whether silence counts for now. */
  watches?: () => boolean;
  /**
   * How much of the silence since this was asked last is its own, ms, which is asked while it is silent: of a thread that waits for a processor, only the
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

  /**
   * @param ask sends the question; the answer calls what it is given. False: it could not be sent
   * @param hangs called once
   */
  constructor(
    ask: (answered: () => void) => unknown,
    hangs: () => void,
    { watches = () => true, own = () => undefined, afterMs = SILENT_MS }: PulseOptions = {},
  ) {
    let begun = false;
    let answered = false;
    let sent = true;
    let lastMs = performance.now();
    let silentMs = 0;
    let ownMs = 0;
    const asks = () => {
      answered = false;
      sent =
        ask(() => {
          begun = true;
          answered = true;
        }) !== false;
    };
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      const late = nowMs - lastMs > LATE_MS;
      lastMs = nowMs;
      if (answered || !begun || !watches()) silentMs = ownMs = 0;
      else if (!late && sent) {
        silentMs += BEAT_MS;
        ownMs += Math.min(BEAT_MS, own() ?? BEAT_MS);
      }
      if (ownMs < afterMs && silentMs < AT_MOST_MS) return asks();
      this.stop();
      hangs();
    }, BEAT_MS).unref();
    asks();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
