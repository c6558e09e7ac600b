import type { Logger } from 'pino';
import { RequestError } from '../../protocol/errors.ts';
import { OperatorError } from '../../telemetry/operator-error.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Database } from '../store/database.ts';
import { isBadData, reasonOf } from '../store/errors.ts';
import { ingest, journalPosition } from '../store/ingest.ts';
import type { Journaled } from '../store/records.ts';
import type { Journal } from './journal.ts';

const BATCH = 500;
/**
 * Between two batches: of what grows meanwhile only the last is written, and a transaction costs the embedded database
 * ten milliseconds. The journal has it on the disk by then, and whoever reads is not kept waiting.
 */
const GATHER_MS = 1000;
const BACKOFF_MS = [250, 500, 1000, 2000, 5000];
/** Reading and deleting wait so long for what was said before. */
const DRAIN_MS = 5000;
/** At the end a database that is still at work is not waited for any longer: a batch is written whole or not at all. */
const CLOSE_MS = 5000;

export interface WriterOptions {
  journal: Journal;
  database: Pick<Database, 'ready' | 'db'>;
  metrics: Metrics['store'];
  log: Logger;
}

/** Carries the journal into the database, in order, each record once. While the database is away, they wait. */
export class Writer {
  readonly #options: WriterOptions;
  readonly #waiters = new Set<() => void>();
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #known = false;
  #waiting = true;
  #failures = 0;
  #written = 0;
  #idle = false;
  #closed = false;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** `waiting`: the database does not take anything at the moment. */
  get state(): 'ok' | 'waiting' {
    return this.#waiting ? 'waiting' : 'ok';
  }
  /** Records written since the start. */
  get written(): number {
    return this.#written;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something is in the journal. */
  poke(): void {
    if (this.#idle) this.#wake?.();
  }

  /** Resolves when what is in the journal now is in the database. Throws `unavailable` when that takes too long. */
  async drained(withinMs = DRAIN_MS): Promise<void> {
    const { journal } = this.#options;
    const upTo = journal.last;
    const done = () => this.#known && journal.isStored(upTo);
    if (done()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const check = () => done() && resolve();
    const late = setTimeout(
      () =>
        reject(
          new RequestError('unavailable', 'The database does not answer for now. Please try again in a minute.', {
            retryable: true,
          }),
        ),
      withinMs,
    );
    this.#waiters.add(check);
    this.#wake?.();
    await promise.finally(() => {
      clearTimeout(late);
      this.#waiters.delete(check);
    });
  }

  /** What is not in the database by now stays in the journal. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, CLOSE_MS);
    await Promise.race([this.#running, late]);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.#pass();
        this.#failures = 0;
      } catch (error) {
        this.#failed(error);
        await this.#sleep(BACKOFF_MS[Math.min(this.#failures, BACKOFF_MS.length) - 1]!);
      }
    }
  }

  async #pass(): Promise<void> {
    const { journal, database } = this.#options;
    await database.ready();
    if (!this.#known) {
      journal.release(await journalPosition(database.db, journal.id));
      this.#known = true;
    }
    if (journal.queued === 0) {
      this.#settled();
      this.#idle = true;
      await this.#sleep();
      this.#idle = false;
      return;
    }
    if (journal.queued < BATCH && this.#waiters.size === 0) await this.#sleep(GATHER_MS);
    await this.#store(journal.peek(BATCH));
    this.#settled();
  }

  async #store(batch: Journaled[]): Promise<void> {
    const { journal, database, metrics } = this.#options;
    const sinceMs = performance.now();
    try {
      await ingest(database.db, journal.id, batch);
      journal.release(batch.at(-1)!.seq);
      this.#count(batch.length);
    } catch (error) {
      if (!isBadData(error)) throw error;
      await this.#oneByOne(batch);
    }
    metrics.writeSeconds.observe((performance.now() - sinceMs) / 1000);
  }

  /** One of them can never be written: the others are not to wait for it. */
  async #oneByOne(batch: Journaled[]): Promise<void> {
    const { journal, database, metrics, log } = this.#options;
    for (const each of batch) {
      try {
        await ingest(database.db, journal.id, [each]);
        this.#count(1);
      } catch (error) {
        if (!isBadData(error)) throw error;
        metrics.dropped.inc();
        log.error({ type: each.record.type, reason: reasonOf(error) }, 'a record cannot be stored and is left out');
      }
      journal.release(each.seq);
    }
  }

  #count(records: number): void {
    this.#written += records;
    this.#options.metrics.written.inc(records);
  }

  #settled(): void {
    if (this.#failures > 0) this.#options.log.info('the database takes what is said again');
    this.#waiting = false;
    for (const check of this.#waiters) check();
  }

  #failed(error: unknown): void {
    const { log, metrics, journal } = this.#options;
    metrics.errors.inc();
    if (this.#failures === 0 && !this.#closed)
      log.error(
        { reason: error instanceof OperatorError ? error.message : reasonOf(error), waiting: journal.queued },
        'the database does not take what is said: it waits in the journal',
      );
    this.#failures += 1;
    this.#waiting = true;
  }

  /** Until it is woken, or `ms` have gone by. */
  async #sleep(ms?: number): Promise<void> {
    if (this.#closed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
    this.#wake = undefined;
  }
}
