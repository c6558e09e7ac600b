import type { Consent } from '../../protocol/feelings.ts';
import type { Clock } from '../base/clock.ts';
import { Cooldown } from '../base/cooldown.ts';
import { ProviderError } from '../base/errors.ts';
import { type Meter, meteredOnce } from '../base/meter.ts';
import type { Reading } from '../feel/ports.ts';
import type { Eyes } from './eyes.ts';
import type { FaceCapabilities, FaceSense } from './port.ts';

/** Enough of a face; every pixel is paid for. */
const WIDTH = 384;
const MINUTE_MS = 60_000;
/** After a camera came on, its first picture is on its way. */
const FIRST_MS = 1000;
/** Faces that are being read at once: one is slower than the next is due [C2]. */
const AT_ONCE = 4;

export interface FaceWatchDeps {
  sense: FaceSense;
  capabilities: FaceCapabilities;
  eyes: Pick<Eyes, 'look'>;
  clock: Clock;
  /** Counts what is asked, and how it was answered. */
  meter: Meter;
  failed(error: ProviderError): void;
}

export interface FaceWatcher {
  reading(reading: Reading | null): void;
  /** The model is left alone for a while, or asked again: others may read the face meanwhile. */
  resting(isResting: boolean): void;
}

/** Has the faces of a host's people read by a model that is asked for each picture: not often, and only of those who allow it. */
export class FaceWatch {
  readonly #deps: FaceWatchDeps;
  readonly #cooldown: Cooldown;
  /** When faces were read within the last minute. */
  #readAtMs: number[] = [];
  #reading = 0;

  constructor(deps: FaceWatchDeps) {
    this.#deps = deps;
    this.#cooldown = new Cooldown(deps.clock);
  }

  /** Whether somebody's face may be read by it. */
  allows({ feelings, sight }: Consent): boolean {
    return feelings && (sight || !this.#deps.capabilities.leaves);
  }

  /** Reads a stream's face now and then, until what comes back is called. */
  watch(stream: string, watcher: FaceWatcher): () => void {
    const { clock, capabilities } = this.#deps;
    const stop = new AbortController();
    let cancel = () => {};
    let rests = false;
    const rest = (isResting: boolean) => {
      if (rests !== isResting) watcher.resting(isResting);
      rests = isResting;
    };
    const next = (afterMs: number) => {
      if (!stop.signal.aborted) cancel = clock.after(afterMs, () => void read());
    };
    const read = async () => {
      if (this.#cooldown.active) {
        rest(true);
        next(this.#cooldown.leftMs);
        return;
      }
      try {
        const reading = await this.#read(stream, stop.signal);
        if (stop.signal.aborted) return;
        rest(false);
        if (reading !== undefined) watcher.reading(reading);
      } catch {
        if (!stop.signal.aborted) rest(this.#cooldown.active);
      }
      next(capabilities.everyMs);
    };
    next(FIRST_MS);
    return () => {
      stop.abort(new Error('the camera is off'));
      cancel();
    };
  }

  /** Undefined where it is not read now. Rejects where it could not be: that was told. */
  async #read(stream: string, signal: AbortSignal): Promise<Reading | null | undefined> {
    const { sense, eyes, meter, failed } = this.#deps;
    if (!this.#mayRead()) return undefined;
    this.#reading += 1;
    try {
      const jpeg = await eyes.look(stream, { signal, width: WIDTH });
      if (jpeg === undefined) return undefined;
      this.#readAtMs.push(this.#deps.clock.nowMs());
      const reading = await meteredOnce(meter.call(), signal, () => sense.read(jpeg, { signal }));
      this.#cooldown.succeeded();
      return reading;
    } catch (error) {
      signal.throwIfAborted();
      const failure =
        error instanceof ProviderError
          ? error
          : new ProviderError('internal', String(error), { retryable: false, cause: error });
      if (failure.category !== 'asleep') this.#cooldown.failed();
      failed(failure);
      throw failure;
    } finally {
      this.#reading -= 1;
    }
  }

  #mayRead(): boolean {
    const { clock, capabilities } = this.#deps;
    const sinceMs = clock.nowMs() - MINUTE_MS;
    this.#readAtMs = this.#readAtMs.filter(atMs => atMs > sinceMs);
    return this.#reading < AT_ONCE && this.#readAtMs.length + this.#reading < capabilities.perMinute;
  }
}
