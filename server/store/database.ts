import path from 'node:path';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { migrate } from './migrate.ts';
import { PgliteDialect, type PgliteOptions } from './pglite/dialect.ts';
import type { Schema } from './schema.ts';

/** A database that does not answer for so long counts as gone. */
const QUERY_TIMEOUT_MS = 30_000;
/** Sweeping takes as long as there is much. */
const SWEEP_TIMEOUT_MS = 10 * 60_000;
const CONNECT_TIMEOUT_MS = 5_000;
const CONNECTIONS = 4;
/** Tables whose rows tell of people. */
const PERSONAL = [
  'conversations',
  'participants',
  'stays',
  'messages',
  'turns',
  'memories',
  'uploads',
  'voices',
  'personas_in_use',
];

const INT8 = 20;

/** Where conversations are kept: PGlite under the data directory, or PostgreSQL. The same queries run on both. */
export class Database {
  readonly kind: 'pglite' | 'postgres';
  readonly db: Kysely<Schema>;
  readonly #url: string | undefined;
  #sweeper: pg.Client | undefined;
  #ready: Promise<void> | undefined;
  #compacting: Promise<void> | undefined;
  #again: Promise<void> | undefined;

  /** Opens nothing yet. Throws {@link OperatorError} when the address is none. */
  constructor({ dataDir, url, ...told }: { dataDir: string; url?: string } & Omit<PgliteOptions, 'folder'>) {
    this.#url = url;
    this.kind = url === undefined ? 'pglite' : 'postgres';
    const dialect = url === undefined ? new PgliteDialect({ folder: folderOf(dataDir), ...told }) : postgres(url);
    this.db = new Kysely<Schema>({ dialect });
  }

  /**
   * Resolves when it can be used; the tables are up to date then. Throws SchemaTooNewError, OperatorError, or what the
   * connection failed with; asking again tries again.
   */
  ready(): Promise<void> {
    this.#ready ??= migrate(this.db).catch(error => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  /**
   * Takes what was deleted out of the files, too: those of the embedded database are written anew without it. In
   * PostgreSQL its place is given free to be written over: writing its tables anew would lock out everybody.
   */
  compact(): Promise<void> {
    // Whoever comes while it runs waits for the next one: the present one may have passed their table.
    if (this.#compacting === undefined)
      this.#compacting = this.#compact().finally(() => {
        this.#compacting = undefined;
      });
    else
      this.#again ??= this.#compacting
        .catch(() => {})
        .then(() => {
          this.#again = undefined;
          return this.compact();
        });
    return this.#again ?? this.#compacting;
  }

  /** The embedded database has nobody else who sweeps: dead rows, and the log since the last checkpoint. */
  async tidy(): Promise<void> {
    if (this.kind === 'postgres') return;
    await sql`vacuum`.execute(this.db);
    await sql`checkpoint`.execute(this.db);
  }

  async close(): Promise<void> {
    await this.#sweeper?.end();
    await this.db.destroy();
  }

  async #compact(): Promise<void> {
    if (this.#url !== undefined) {
      await this.#sweep(this.#url);
      return;
    }
    for (const table of PERSONAL) await sql`vacuum full ${sql.table(table)}`.execute(this.db);
    await sql`select pg_switch_wal()`.execute(this.db);
    await sql`checkpoint`.execute(this.db);
    await sql`checkpoint`.execute(this.db);
  }

  /** On a connection of its own, which may be busy for longer than anybody waits for an answer. */
  async #sweep(connectionString: string): Promise<void> {
    const client = new pg.Client({
      connectionString,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: SWEEP_TIMEOUT_MS,
    });
    client.on('error', () => {});
    this.#sweeper = client;
    try {
      await client.connect();
      await client.query(`vacuum ${PERSONAL.join(', ')}`);
    } finally {
      this.#sweeper = undefined;
      await client.end();
    }
  }
}

const folderOf = (dataDir: string) => path.resolve(dataDir, 'database');

function postgres(url: string): PostgresDialect {
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new OperatorError('DATABASE_URL must look like postgresql://user:password@host:5432/name');
  const types = {
    getTypeParser: ((oid: number, format: 'text') =>
      oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
  };
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    types,
  });
  // A connection that breaks while nobody uses it, or between two queries of a transaction: the next query fails or
  // gets another. Without listeners either would end the process.
  pool.on('error', () => {});
  pool.on('connect', client => client.on('error', () => {}));
  return new PostgresDialect({ pool });
}
