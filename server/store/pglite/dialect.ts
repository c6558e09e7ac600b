import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import { PgliteThread } from './pglite-thread.ts';

/** Longer than any question takes: what has no answer by then never gets one. */
const QUERY_TIMEOUT_MS = 30_000;
/** What goes over all of the files takes as long as they are large. */
const UPKEEP_TIMEOUT_MS = 10 * 60_000;

export interface PgliteOptions {
  folder: string;
  queryTimeoutMs?: number;
  /** Told when a thread has failed and another takes its place. */
  lost?: () => void;
  /** Told of the processor time that threads take. */
  used?: (cpuSeconds: number) => void;
}

/**
 * Kysely on {@link PgliteThread}. One connection, lent to one caller at a time: queries of others wait until a
 * transaction is over, instead of becoming part of it. A thread that has failed is replaced for the next caller.
 */
export class PgliteDialect implements Dialect {
  readonly #options: Required<PgliteOptions>;
  constructor(options: PgliteOptions) {
    this.#options = { queryTimeoutMs: QUERY_TIMEOUT_MS, lost: () => {}, used: () => {}, ...options };
  }
  createAdapter = () => new PostgresAdapter();
  createQueryCompiler = () => new PostgresQueryCompiler();
  createIntrospector = (db: Kysely<unknown>) => new PostgresIntrospector(db);
  createDriver = (): Driver => new PgliteDriver(this.#options);
}

class PgliteDriver implements Driver {
  readonly #options: Required<PgliteOptions>;
  #thread: PgliteThread | undefined;
  #queue: Promise<void> = Promise.resolve();
  #release: (() => void) | undefined;
  #closed = false;

  constructor(options: Required<PgliteOptions>) {
    this.#options = options;
  }

  /** The database is opened for the first who asks something of it. */
  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#queue;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#queue = promise;
    await before;
    try {
      const connection = new PgliteConnection(await this.#working(), this.#options.queryTimeoutMs);
      this.#release = resolve;
      return connection;
    } catch (error) {
      resolve();
      throw error;
    }
  }

  async releaseConnection(): Promise<void> {
    this.#release?.();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'));
  }
  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // With a thread that has ended its transaction has, too.
    if (this.#thread?.ended === false) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async destroy(): Promise<void> {
    this.#closed = true;
    await this.#thread?.close();
  }

  async #working(): Promise<PgliteThread> {
    if (this.#thread?.ended === false && !this.#closed) return this.#thread;
    if (this.#thread?.ended === true && !this.#closed) this.#options.lost();
    // Two threads on one folder would spoil it: the one before must really be gone.
    await this.#thread?.close();
    if (this.#closed) throw new Error('the embedded database has been closed');
    const thread = await PgliteThread.open(this.#options.folder, this.#options.used);
    this.#thread = thread;
    if (this.#closed) await thread.close();
    return thread;
  }
}

class PgliteConnection implements DatabaseConnection {
  readonly #thread: PgliteThread;
  readonly #timeoutMs: number;
  constructor(thread: PgliteThread, timeoutMs: number) {
    this.#thread = thread;
    this.#timeoutMs = timeoutMs;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const withinMs = /^(vacuum|checkpoint)/i.test(sql) ? UPKEEP_TIMEOUT_MS : this.#timeoutMs;
    const { rows, affected } = await this.#thread.query(sql, parameters, withinMs);
    return { rows: rows as R[], numAffectedRows: BigInt(affected) };
  }

  // biome-ignore lint/correctness/useYield: there is nothing to yield
  async *streamQuery(): AsyncGenerator<never> {
    throw new Error('the embedded database does not stream');
  }
}
