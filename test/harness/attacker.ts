/** Somebody who speaks the signalling protocol by hand, rightly or wrongly. */
import { connect } from 'node:net';
import { AccessToken, type VideoGrant } from 'livekit-server-sdk';
import { io, type Socket } from 'socket.io-client';
import { ErrorCode, type Reply } from '../../protocol/errors.ts';
import { CLIENT_NAMESPACE, type RequestName, type RequestOutput, SIGNALING_VERSION } from '../../protocol/signaling.ts';
import type { System } from './system.ts';

const ANSWER_MS = 5000;

/** An integrator's token for the system under test. */
export function tokenFor(
  { keys }: Pick<System, 'keys'>,
  identity: string,
  grant: VideoGrant,
  {
    name = identity,
    ttl = '10m',
    attributes = {},
  }: { name?: string; ttl?: string | number; attributes?: Record<string, string> } = {},
): Promise<string> {
  const token = new AccessToken(keys.apiKey, keys.apiSecret, { identity, name, ttl, attributes });
  token.addGrant({ roomJoin: true, canUpdateOwnMetadata: true, ...grant });
  return token.toJwt();
}

export class Caller {
  readonly socket: Socket;
  readonly notices: { name: string; payload: unknown }[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.onAny((name: string, payload: unknown) => this.notices.push({ name, payload }));
  }

  /** Connected, not joined. */
  static async connect(url: string, namespace = CLIENT_NAMESPACE, auth: object = {}): Promise<Caller> {
    const socket = io(`${url}${namespace}`, { transports: ['websocket'], forceNew: true, reconnection: false, auth });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', error => {
        socket.close();
        reject(error);
      });
    });
    return new Caller(socket);
  }

  /** Connected and joined. */
  static async join(
    system: Pick<System, 'url' | 'keys'>,
    identity: string,
    grant: VideoGrant,
    name = identity,
  ): Promise<Joined> {
    const caller = await Caller.connect(system.url);
    const token = await tokenFor(system, identity, grant, { name });
    const reply = await caller.send('join', { version: SIGNALING_VERSION, token });
    if (!reply.ok) throw new Error(`cannot join: ${reply.error.message}`);
    return { caller, ...(reply.data as RequestOutput<'join'>) };
  }

  /** Sends anything and waits for the answer, which must be a typed one. */
  async send(name: RequestName | string, ...payload: unknown[]): Promise<Reply<unknown>> {
    const reply = (await this.socket.timeout(ANSWER_MS).emitWithAck(name, ...payload)) as Reply<unknown>;
    if (!reply.ok) ErrorCode.parse(reply.error.code);
    return reply;
  }

  /** The code a request is refused with, or `ok`. */
  async code(name: RequestName | string, ...payload: unknown[]): Promise<string> {
    const reply = await this.send(name, ...payload);
    return reply.ok ? 'ok' : reply.error.code;
  }

  /** Resolves when the server hangs up. */
  hungUp(): Promise<void> {
    return new Promise(resolve => {
      if (!this.socket.connected) resolve();
      this.socket.once('disconnect', () => resolve());
    });
  }

  close(): void {
    this.socket.close();
  }
}

export type Joined = RequestOutput<'join'> & { caller: Caller };

/** What a server answers to a request made by hand, until it hangs up; from another address of this machine, if it says so. */
export function answerTo(url: string, request: string, localAddress?: string): Promise<string> {
  const { hostname: host, port } = new URL(url);
  return new Promise(resolve => {
    const socket = connect({ host, port: Number(port), localAddress }, () => socket.write(request));
    let answer = '';
    socket.on('data', data => {
      answer += data;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}

/** Reproducible randomness, 0..1. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
