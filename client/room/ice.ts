import type { types } from 'mediasoup-client';

/** A path that flickers for less than this is left alone: most come back by themselves. */
const GRACE_MS = 1_000;
const RETRY_MS = [1_500, 2_500, 4_000];

/**
 * Keeps one transport's path alive: when it is lost, ICE is restarted again and again until it is back.
 * `restart` may fail (the server is not reachable either); that only delays the next attempt.
 */
export class PathKeeper {
  readonly #restart: () => Promise<void>;
  readonly #onPath: (up: boolean) => void;
  #state: types.ConnectionState = 'new';
  #attempts = 0;
  #running = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(restart: () => Promise<void>, onPath: (up: boolean) => void) {
    this.#restart = restart;
    this.#onPath = onPath;
  }

  /** Told of every change of the transport's connection state. */
  changed(state: types.ConnectionState): void {
    this.#state = state;
    if (state === 'connected') {
      this.#cancel();
      this.#attempts = 0;
      this.#onPath(true);
    } else if (state === 'disconnected') {
      this.#schedule(GRACE_MS);
    } else if (state === 'failed') {
      this.#schedule(0);
    }
  }

  /** The network has changed: new candidates are needed whatever the state says. */
  kick(): void {
    if (this.#state === 'new' || this.#state === 'closed') return;
    this.#attempts = 0;
    this.#cancel();
    void this.#attempt();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  #schedule(delayMs: number): void {
    if (this.#closed || this.#running) return;
    this.#cancel();
    this.#timer = setTimeout(() => void this.#attempt(), delayMs);
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #attempt(): Promise<void> {
    if (this.#closed || this.#running) return;
    if (this.#lost()) this.#onPath(false);
    this.#running = true;
    await this.#restart().catch(() => {});
    this.#running = false;
    if (this.#lost()) this.#schedule(RETRY_MS[Math.min(this.#attempts++, RETRY_MS.length - 1)]!);
  }

  #lost(): boolean {
    return this.#state === 'disconnected' || this.#state === 'failed' || this.#state === 'connecting';
  }
}
