import type { Logger } from 'pino';
import type { ZodType } from 'zod';
import { type Reply, RequestError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { type RequestName, type RequestOutput, type RequestParsed, requests } from '../../protocol/signaling.ts';
import type { Settings } from '../../settings/settings.ts';
import { RateLimit } from '../cluster/rate-limit.ts';
import type { SignalingLimits } from '../limits/signaling.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { wireError } from './wire-error.ts';

/** A socket that is in no room for so long is closed: it holds a place that others may need. */
const JOIN_WITHIN_MS = 120_000;
const JOIN_CHECKS = 4;
/** Messages of any kind, as a multiple of the requests a socket may make; past that it is not even answered. */
const FLOOD = 10;

/** Who acts on requests that are well-formed and not too many. */
export interface RequestHandler {
  /** The name of the room that the socket is in. */
  readonly room: string | undefined;
  /** Throws {@link RequestError}; anything else is a fault of the server. */
  handle<N extends RequestName>(name: N, input: RequestParsed<N>): Promise<RequestOutput<N>>;
  /** The socket is gone. */
  lost(): void;
}

export interface RequestsOptions {
  limits: Settings['limits'];
  sharedLimits: SignalingLimits;
  /** Names the socket in the log. */
  id: string;
  /** Where the socket comes from. */
  address: string;
  /** Closes the socket. */
  close(): void;
  metrics: Metrics;
  log: Logger;
}

/** What everybody sees: counted as messages. */
const SEEN: ReadonlySet<string> = new Set<RequestName>(['say', 'hand', 'react']);

const isRequest = (name: string): name is RequestName => Object.hasOwn(requests, name);

/** Also when it cannot be measured: nested so deeply that the stack does not suffice. */
function isTooLarge(payload: unknown): boolean {
  try {
    return Buffer.byteLength(JSON.stringify(payload ?? null)) > LIMITS.messageBytes;
  } catch {
    return true;
  }
}

/**
 * What one socket asks, whatever kind of socket it is: every message is counted, limited, validated and answered. Who
 * floods the server, or joins no room, is closed. End it with {@link lost}.
 */
export class Requests {
  readonly #handler: RequestHandler;
  readonly #options: RequestsOptions;
  readonly #requests: RateLimit;
  readonly #messages: RateLimit;
  readonly #flood: RateLimit;
  readonly #joinTimer: NodeJS.Timeout;
  #outsideRooms = 0;

  constructor(handler: RequestHandler, options: RequestsOptions) {
    this.#handler = handler;
    this.#options = options;
    const { requestsPerSecond, messagesPerSecond } = options.limits;
    const rate = (perSecond: number, burst = perSecond * 3) => new RateLimit(perSecond, burst, performance.now());
    this.#requests = rate(requestsPerSecond);
    this.#messages = rate(messagesPerSecond, Math.max(5, messagesPerSecond * 3));
    this.#flood = rate(requestsPerSecond * FLOOD);
    this.#joinTimer = setInterval(() => {
      this.#outsideRooms = handler.room !== undefined ? 0 : this.#outsideRooms + 1;
      if (this.#outsideRooms >= JOIN_CHECKS) options.close();
    }, JOIN_WITHIN_MS / JOIN_CHECKS);
  }

  /**
   * Takes a message as it came; nothing of it is trusted, and nothing is thrown.
   * @param answer called once, unless the socket is closed; who waits for no answer has asked for nothing
   */
  take(name: string, payload: unknown, answer?: (reply: Reply<unknown>) => void): void {
    const { log, metrics, id, close } = this.#options;
    if (!this.#flood.take(performance.now())) {
      log.warn({ socket: id }, 'a socket that floods the server is closed');
      close();
      return;
    }
    if (answer === undefined) metrics.signaling.refused.inc({ code: 'bad-request' });
    else void this.#reply(name, payload).then(answer);
  }

  /** The socket is gone. */
  lost(): void {
    clearInterval(this.#joinTimer);
    this.#handler.lost();
  }

  async #reply(name: string, payload: unknown): Promise<Reply<unknown>> {
    const { log, metrics } = this.#options;
    try {
      const data = await this.#act(name, payload);
      if ((data as Partial<RequestOutput<'join'>>).resumed === true) metrics.rooms.reconnected('resumed');
      return { ok: true, data };
    } catch (error) {
      const wire = wireError(error, log);
      metrics.signaling.refused.inc({ code: wire.code });
      // Who waits to be let in has not failed.
      if (name === 'join' && wire.code !== 'waiting') metrics.rooms.notJoined(wire.code);
      return { ok: false, error: wire };
    }
  }

  async #act(name: string, payload: unknown): Promise<unknown> {
    const { sharedLimits, address } = this.#options;
    if (!isRequest(name)) throw new RequestError('bad-request', 'There is no such request.');
    this.#count(this.#requests);
    if (SEEN.has(name)) this.#count(this.#messages);
    if (isTooLarge(payload)) throw new RequestError('bad-request', 'This request is too large.');
    const input = this.#parsed(name, payload);
    const { room } = this.#handler;
    // What could not be done anyway is no request of the room's.
    if (room !== undefined) sharedLimits.room(room);
    if (name === 'join') sharedLimits.join((input as RequestParsed<'join'>).token);
    if (name === 'say') sharedLimits.text(address, (input as RequestParsed<'say'>).text);
    return this.#handler.handle(name, input);
  }

  #count(rate: RateLimit): void {
    if (rate.take(performance.now())) return;
    this.#options.metrics.limits.refused({ scope: 'socket', surface: 'signaling' });
    throw new RequestError('rate-limited', 'That was too much at once. Please wait a moment.', {
      retryable: true,
      retryAfterMs: rate.waitMs,
    });
  }

  #parsed<N extends RequestName>(name: N, payload: unknown): RequestParsed<N> {
    const parsed = (requests[name].input as ZodType).safeParse(payload);
    if (parsed.success) return parsed.data as RequestParsed<N>;
    // Whatever it is meant to be, it is for those who are in a room.
    if (name !== 'join' && this.#handler.room === undefined) throw new RequestError('not-joined', 'Join a room first.');
    const [issue] = parsed.error.issues;
    throw new RequestError(
      'bad-request',
      `${name}: ${issue?.path.join('.') || 'message'}: ${issue?.message ?? 'malformed'}`,
    );
  }
}
