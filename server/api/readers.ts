import type { FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { RequestError } from '../../protocol/errors.ts';
import type { Settings } from '../../settings/settings.ts';
import { bearer } from '../auth/bearer.ts';
import type { Reader, Tokens } from '../auth/tokens.ts';
import type { Conversations } from '../conversations/conversations.ts';
import { type Gate, networkOf } from '../limits/gate.ts';
import { isBadData, reasonOf } from '../store/errors.ts';
import type { Schema } from '../store/schema.ts';
import type { ApiDeps } from './deps.ts';

/** Nobody waits longer for the database: it may be starting, sweeping its files, or away. */
const ANSWER_MS = 10_000;

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new DOMException('no answer in time', 'TimeoutError')), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Who may look into what was kept, and how they get there. */
export class Readers {
  readonly #callers: Gate;
  readonly #tokens: Tokens;
  readonly #kept: Conversations | undefined;
  readonly #log: Logger;

  constructor(config: Settings, log: Logger, { tokens, conversations, gates }: ApiDeps) {
    this.#callers = gates.gate({
      name: 'reads',
      scope: 'address',
      surface: 'http',
      perMinute: config.limits.readsPerMinute,
      message: 'Too many questions at once. Please wait a moment.',
    });
    this.#tokens = tokens;
    this.#kept = conversations;
    this.#log = log;
  }

  /** Throws where nothing is kept, without a token that reads, and when somebody asks too often [S1]. */
  async admit({ headers, ip }: FastifyRequest): Promise<Reader> {
    const jwt = bearer(headers.authorization);
    if (jwt === undefined)
      throw new RequestError('unauthorized', 'Send a token as bearer: what was said is for those who may read it.');
    const reader = await this.#tokens.reader(jwt);
    this.#kept ?? this.#nothingKept();
    this.#callers.pass(networkOf(ip));
    return reader;
  }

  /** Who asks about themself. */
  async admitPerson(request: FastifyRequest): Promise<string> {
    const { person } = await this.admit(request);
    if (person === undefined)
      throw new RequestError('forbidden', 'This token names nobody: it needs the attribute "person".');
    return person;
  }

  /** Counts a question that needs no token. */
  allow({ ip }: FastifyRequest): void {
    this.#callers.pass(networkOf(ip));
  }

  /** Reads, with what has just been said. Throws `unavailable` when the database does not answer. */
  read<T>(ask: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    return this.change(async kept => {
      await kept.database.ready();
      await kept.nearlySettled();
      return ask(kept.database.db);
    });
  }

  /** Changes or deletes; what has begun goes on even when it takes too long to wait for. Throws the same. */
  async change<T>(act: (kept: Conversations) => Promise<T>): Promise<T> {
    const kept = this.#kept ?? this.#nothingKept();
    try {
      return await within(act(kept), ANSWER_MS);
    } catch (error) {
      if (error instanceof RequestError) throw error;
      if (isBadData(error))
        throw new RequestError('bad-request', 'This holds characters or values that no database can look for.');
      this.#log.error({ reason: reasonOf(error) }, 'the database did not answer a question');
      throw new RequestError('unavailable', 'The database does not answer for now. Please try again in a minute.', {
        retryable: true,
      });
    }
  }

  #nothingKept(): never {
    throw new RequestError('not-found', 'This server keeps no conversations: its operator has switched that off.');
  }
}
