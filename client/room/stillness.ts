/** The picture of an avatar comes all the time: where it stays away, either the network is lost or a computer is busy. */

/** How often it is looked at, ms. */
export const EVERY_MS = 250;
/** Nothing has come for so long: the server is asked. */
const STILL_MS = 500;
/** It answers by then, or the network is lost. */
export const PROBE_MS = 450;
/** It has answered: the picture stays away for another reason, and is given a while. */
const ANSWERED_MS = 2_000;
/** This page was not given the processor for so long: what did not come in meanwhile proves nothing. */
const LATE_MS = 600;
/** Being late so often within a while is being busy. */
const BUSY = { times: 3, withinMs: 8_000 };

export interface StillnessDeps {
  /** Changes with each packet of what always comes; undefined: nothing does at present. */
  stamp(): number | undefined;
  /** Whether the server answers within {@link PROBE_MS}. */
  probe(): Promise<boolean>;
  /** The network was lost, or is back. */
  lost(isLost: boolean): void;
  /** This computer has too much to do, or no longer. */
  busy(isBusy: boolean): void;
  nowMs?(): number;
}

export class Stillness {
  readonly #deps: StillnessDeps;
  readonly #nowMs: () => number;
  readonly #timer: ReturnType<typeof setInterval>;
  #stamp: number | undefined;
  #movedMs: number;
  #lookedMs: number;
  #lateMs: number[] = [];
  #isLost = false;
  #isBusy = false;
  #isProbing = false;
  #closed = false;

  constructor(deps: StillnessDeps) {
    this.#deps = deps;
    this.#nowMs = deps.nowMs ?? (() => performance.now());
    this.#movedMs = this.#lookedMs = this.#nowMs();
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /** The browser says that the network has gone: the server is asked at once. */
  suspect(): void {
    void this.#probe();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = this.#nowMs();
    const late = nowMs - this.#lookedMs - EVERY_MS > LATE_MS;
    this.#lookedMs = nowMs;
    this.#lateMs = this.#lateMs.filter(atMs => nowMs - atMs < BUSY.withinMs);
    if (late) this.#lateMs.push(nowMs);
    this.#tellBusy(this.#lateMs.length >= BUSY.times);
    const stamp = this.#deps.stamp();
    const moved = stamp !== undefined && stamp !== this.#stamp;
    this.#stamp = stamp;
    if (moved || stamp === undefined || late) {
      this.#movedMs = nowMs;
      if (moved) this.#tell(false);
    } else if (!this.#isLost && nowMs - this.#movedMs >= STILL_MS) void this.#probe();
  }

  async #probe(): Promise<void> {
    if (this.#isProbing || this.#isLost || this.#closed) return;
    this.#isProbing = true;
    const answered = await this.#deps.probe();
    this.#isProbing = false;
    if (answered) this.#movedMs = this.#nowMs() + ANSWERED_MS - STILL_MS;
    else this.#tell(true);
  }

  #tell(isLost: boolean): void {
    if (this.#closed || this.#isLost === isLost) return;
    this.#isLost = isLost;
    this.#deps.lost(isLost);
  }

  #tellBusy(isBusy: boolean): void {
    if (this.#isBusy === isBusy) return;
    this.#isBusy = isBusy;
    this.#deps.busy(isBusy);
  }
}
