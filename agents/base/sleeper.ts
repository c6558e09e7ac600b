import { unlessAborted } from './cancellation.ts';
import type { Clock } from './clock.ts';
import { ProviderError } from './errors.ts';
import { heldFetch, pause, retryAfterMs } from './held-fetch.ts';

export interface SleeperOptions {
  clock: Clock;
  /** How long the first question after a rest may take. */
  coldStartMs: number;
  /** How long somebody waits for an endpoint, whatever it does. */
  patienceMs: number;
  /** Resolves when the endpoint answers; rejects where it does not come to. */
  wake(signal: AbortSignal): Promise<void>;
}

/** One that has answered within this is taken to be awake. */
const AWAKE_MS = 60_000;

/**
 * An endpoint that sleeps while nobody asks it. It is woken before it is needed, and where somebody finds it asleep; until
 * it is awake nobody waits for it longer than for any other, and that it is not is no fault of its: others answer
 * meanwhile.
 */
export class Sleeper {
  readonly #options: SleeperOptions;
  #answeredMs = Number.NEGATIVE_INFINITY;
  #waking: { sinceMs: number; over: Promise<void>; stop: AbortController } | undefined;
  /** It could not be woken: its silence is a fault, until it answers. */
  #failed = false;
  #closed = false;

  constructor(options: SleeperOptions) {
    this.#options = options;
  }

  /** It may be asked soon. */
  rouse(): void {
    if (this.#closed || this.#waking !== undefined || this.#isAwake) return;
    const { clock, coldStartMs, wake } = this.#options;
    const stop = new AbortController();
    const cancel = clock.after(coldStartMs, () => stop.abort(new Error('the endpoint does not wake up')));
    const over = unlessAborted(wake(stop.signal), stop.signal)
      .then(
        () => this.answered(),
        () => {
          this.#failed = true;
        },
      )
      .finally(() => {
        cancel();
        this.#waking = undefined;
      });
    this.#waking = { sinceMs: clock.nowMs(), over, stop };
  }

  /** Before it is asked. Rejects with a ProviderError (`asleep`) where it would be waited for too long, or the signal's reason. */
  async ready(signal: AbortSignal): Promise<void> {
    const waking = this.#waking;
    if (waking === undefined) return;
    const { clock, patienceMs } = this.#options;
    const leftMs = waking.sinceMs + patienceMs - clock.nowMs();
    if (leftMs > 0) {
      const enough = new AbortController();
      const waited = pause(leftMs, clock, AbortSignal.any([signal, enough.signal]));
      await Promise.race([unlessAborted(waking.over, signal), waited]).finally(() => enough.abort());
    }
    if (this.#waking === waking) throw asleep();
  }

  /** It has said something. */
  answered(): void {
    this.#answeredMs = this.#options.clock.nowMs();
    this.#failed = false;
  }

  /** What a failure means: of one that may have been asleep, that it was; it is woken then. */
  failed(error: ProviderError): ProviderError {
    if (error.category !== 'network' || this.#failed || this.#isAwake) return error;
    this.rouse();
    return asleep(error);
  }

  close(): void {
    this.#closed = true;
    this.#waking?.stop.abort(new Error('closed'));
  }

  get #isAwake(): boolean {
    return this.#options.clock.nowMs() - this.#answeredMs < AWAKE_MS;
  }
}

const asleep = (cause?: ProviderError) =>
  new ProviderError('asleep', 'the endpoint is being started', { retryable: true, cause });

/** Statuses of what stands before an endpoint that is not there yet. */
const NOT_THERE: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);
const KNOCK_EVERY_MS = 2000;

/** Asks for something cheap until the endpoint itself answers, whatever it says. Rejects with the signal's reason. */
export async function knock(
  url: string,
  { headers, clock }: { headers: Readonly<Record<string, string>>; clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  const ask = heldFetch({ clock, waitMs: 0 });
  while (true) {
    const response = await ask(url, { headers, signal }).catch(() => undefined);
    signal.throwIfAborted();
    await response?.body?.cancel();
    if (response !== undefined && !NOT_THERE.has(response.status)) return;
    await pause((response && retryAfterMs(response)) ?? KNOCK_EVERY_MS, clock, signal);
  }
}
