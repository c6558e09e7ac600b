import { createHmac } from 'node:crypto';
import type { DangerKind } from '../../protocol/dangers.ts';
import type { Clock } from '../base/clock.ts';

/** Somebody seems to be in danger. */
export interface Alert {
  kind: DangerKind;
  room: string;
  /** The persona's id. */
  persona: string;
  /** When it was said to it, Unix ms. */
  atMs: number;
  /** What was said; only where the operator wants it told. */
  text?: string;
}

export interface AlarmOptions {
  /** Absent: nobody is told. */
  webhook?: string;
  webhookText: boolean;
  /** Signs what is told; absent: it is not signed. */
  secret?: string;
  clock: Pick<Clock, 'after' | 'unixMs'>;
  count(kind: DangerKind): void;
  /** A webhook was told, or could not be. */
  told(outcome: 'ok' | 'failed', reason?: string): void;
  fetch?: typeof globalThis.fetch;
}

/** Tries, and the waits between them. */
const WAITS_MS = [1000, 5000, 20_000];
const TIMEOUT_MS = 5000;
/** More than so many that wait are not told [C2]. */
const MOST_WAITING = 100;

/** Tells an operator at once that somebody seems to be in danger. Nobody waits for it, and nothing fails with it. */
export class Alarm {
  readonly #options: AlarmOptions;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(options: AlarmOptions) {
    this.#options = options;
  }

  /** @param said what was said, if it may be told */
  raise(alert: Omit<Alert, 'atMs' | 'text'>, said: string): void {
    const { webhook, webhookText, count, clock, told } = this.#options;
    count(alert.kind);
    if (webhook === undefined || this.#closing.signal.aborted) return;
    if (this.#running.size >= MOST_WAITING) {
      told('failed', 'too many wait to be told');
      return;
    }
    const body = JSON.stringify({ ...alert, atMs: clock.unixMs(), ...(webhookText && { text: said }) } satisfies Alert);
    const telling = this.#tell(webhook, body).finally(() => this.#running.delete(telling));
    this.#running.add(telling);
  }

  /** What is being told is given up. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#running);
  }

  async #tell(webhook: string, body: string): Promise<void> {
    const { told, secret, clock, fetch = globalThis.fetch } = this.#options;
    let reason = '';
    for (const waitMs of [0, ...WAITS_MS]) {
      if (waitMs > 0) await this.#wait(waitMs);
      if (this.#closing.signal.aborted) break;
      // The time is signed with it: what was listened to cannot be sent again much later.
      const time = String(Math.floor(clock.unixMs() / 1000));
      const signature = secret && createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
      try {
        const response = await fetch(webhook, {
          method: 'POST',
          body,
          redirect: 'error',
          headers: {
            'content-type': 'application/json',
            ...(signature !== undefined && { 'x-visavis-signature': `t=${time},v1=${signature}` }),
          },
          signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(TIMEOUT_MS)]),
        });
        await response.body?.cancel();
        if (response.ok) {
          told('ok');
          return;
        }
        reason = `status ${response.status}`;
      } catch (error) {
        reason = (error as Error).name;
      }
    }
    told('failed', reason);
  }

  #wait(ms: number): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return Promise.resolve();
    return new Promise(resolve => {
      const stop = this.#options.clock.after(ms, done);
      function done() {
        stop();
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
    });
  }
}
