import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Reply } from '../../../protocol/errors.ts';
import type { RequestName } from '../../../protocol/signaling.ts';
import { Settings } from '../../../settings/settings.ts';
import { Tokens } from '../../auth/tokens.ts';
import type { Directory } from '../../cluster/port.ts';
import { Dispatcher } from '../../hosts/dispatcher.ts';
import { SignalingLimits } from '../../limits/signaling.ts';
import { createMetrics, type Metrics } from '../../metrics/metrics.ts';
import { together } from '../../rooms/listeners.ts';
import { Rooms } from '../../rooms/registry.ts';
import { FakeEngine, gatesOf, SharedDirectory, silentLog } from '../../testing/fakes.ts';
import { serveBrowsers } from './browsers.ts';

const KEYS = { apiKey: 'key', apiSecret: 'k'.repeat(40) };
const tokens = new Tokens(KEYS, 3600_000);
const graceMs = 1000;

/** The server's end of a browser's socket. */
class FakeSocket extends EventEmitter {
  readonly id = 's';
  readonly notices: string[] = [];
  connected = true;
  readonly conn = { closed: 0, close: () => (this.conn.closed += 1) };
  #any: (name: string, ...args: unknown[]) => void = () => {};
  onAny(listener: (name: string, ...args: unknown[]) => void): void {
    this.#any = listener;
  }
  override emit(name: string, ...args: unknown[]): boolean {
    this.notices.push(name);
    return super.emit(name, ...args);
  }
  disconnect(): void {
    if (!this.connected) return;
    this.connected = false;
    super.emit('disconnect');
  }
  /** What the browser sends. */
  receive(name: string, ...args: unknown[]): void {
    this.#any(name, ...args);
  }
  request(name: RequestName | string, payload: unknown = {}): Promise<Reply<Record<string, unknown>>> {
    return new Promise(resolve => this.receive(name, payload, resolve));
  }
  async code(name: string, payload: unknown = {}): Promise<string> {
    const reply = await this.request(name, payload);
    return reply.ok ? 'ok' : reply.error.code;
  }
}

class FakeNamespace extends EventEmitter {
  readonly sockets = new Map<FakeSocket, FakeSocket>();
  connect(): FakeSocket {
    const socket = new FakeSocket();
    this.sockets.set(socket, socket);
    this.emit('connection', socket);
    return socket;
  }
}

let namespace: FakeNamespace;
let rooms: Rooms;
let metrics: Metrics;
let dispatcher: Dispatcher;

function serve(limits: Record<string, unknown> = {}, directory?: Directory): void {
  const config = Settings.parse({ limits });
  metrics = createMetrics();
  dispatcher = new Dispatcher(silentLog, metrics);
  rooms = new Rooms({
    engine: new FakeEngine(),
    ...(directory !== undefined && { directory }),
    hosts: 'first',
    graceMs,
    maxRooms: 5,
    maxPeople: 5,
    listener: together(dispatcher.listener, metrics.listener),
  });
  namespace = new FakeNamespace();
  const sharedLimits = new SignalingLimits(config.limits, gatesOf(metrics));
  serveBrowsers(namespace as never, config.limits, {
    rooms,
    tokens,
    iceServers: [],
    sharedLimits,
    metrics,
    log: silentLog,
  });
}
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] });
  serve();
});
afterEach(() => {
  rooms.close();
  dispatcher.close();
  for (const socket of namespace.sockets.values()) socket.disconnect();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const token = async (room = 'red') => (await tokens.issue({ name: 'Ann', room })).token;
async function joined(room = 'red'): Promise<FakeSocket> {
  const socket = namespace.connect();
  expect(await socket.code('join', { version: 1, token: await token(room) })).toBe('ok');
  return socket;
}

describe('[S1] sockets that come together', () => {
  it('do not ask more of one room than the room is given, and are told how long to wait', async () => {
    serve({ requestsPerRoomPerSecond: 1, requestsPerSecond: 1000 });
    const [ann, bob, far] = [await joined(), await joined(), await joined('blue')];
    let refused = 0;
    for (let i = 0; i < 40; i++)
      for (const socket of [ann, bob])
        if ((await socket.code('animation.unsubscribe')) === 'rate-limited') refused += 1;
    // A minute's worth at once, then what time brings.
    expect(refused).toBe(20);
    expect(await far.code('animation.unsubscribe')).toBe('ok');
    expect(await ann.request('animation.unsubscribe')).toMatchObject({
      ok: false,
      error: { code: 'rate-limited', retryAfterMs: 1000 },
    });
    expect(await metrics.registry.metrics()).toContain(
      'visavis_rate_limited_total{scope="room",surface="signaling"} 21',
    );
  });

  it('of one address do not write more in a day than it is given, into however many rooms', async () => {
    serve({ textBytesPerAddressPerDay: 40_000, messagesPerSecond: 1000 });
    const people = [];
    for (const room of ['red', 'blue', 'green', 'grey']) people.push(await joined(room));
    let written = 0;
    for (let i = 0; i < 20; i++)
      for (const socket of people) if ((await socket.code('say', { text: 'x'.repeat(1000) })) === 'ok') written += 1000;
    expect(written).toBe(20_000);
  });

  it('do not join with one token again and again', async () => {
    serve({ joinsPerTokenPerMinute: 2 });
    const one = await token();
    const codes = [];
    for (let i = 0; i < 3; i++) {
      const socket = namespace.connect();
      codes.push(await socket.code('join', { version: 1, token: one }));
      socket.disconnect();
    }
    expect(codes).toEqual(['ok', 'ok', 'rate-limited']);
    expect(await namespace.connect().code('join', { version: 1, token: await token() })).toBe('ok');
  });
});

describe('[S1] who has to wait', () => {
  it('is let in on the same connection, which is not closed meanwhile, and holds no place once it is gone', async () => {
    const ann = await joined();
    expect(await ann.code('host.waiting', { on: true })).toBe('ok');
    const bob = namespace.connect();
    const input = { version: 1, token: await token() };
    expect(await bob.code('join', input)).toBe('waiting');
    expect(await bob.code('say', { text: 'hello' })).toBe('not-joined');
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(bob.connected).toBe(true);
    const { door } = rooms.find('red')!.moderation;
    const [{ identity } = { identity: '' }] = door.waiting;
    expect(await bob.code('host.admit', { identity, admitted: true })).toBe('not-joined');
    expect(await ann.code('host.admit', { identity, admitted: true })).toBe('ok');
    expect(bob.notices).toContain('admitted');
    expect(await bob.code('join', input)).toBe('ok');

    const cy = namespace.connect();
    expect(await cy.code('join', { version: 1, token: await token() })).toBe('waiting');
    cy.disconnect();
    expect(door.waiting).toEqual([]);
    expect(await metrics.registry.metrics()).not.toMatch(/cause="waiting"} [1-9]/);
  });
});

describe('requests', () => {
  it('out of order are refused by name', async () => {
    const socket = namespace.connect();
    expect(await socket.code('say', { text: 'hello' })).toBe('not-joined');
    expect(await socket.code('leave')).toBe('not-joined');
    // Whatever is wrong with them besides.
    expect(await socket.code('log.earlier', {})).toBe('not-joined');
    expect(await socket.code('join', { version: 1, token: await token() })).toBe('ok');
    expect(await socket.code('join', { version: 1, token: await token() })).toBe('already-joined');
    expect(await socket.code('leave')).toBe('ok');
    expect(await socket.code('leave')).toBe('not-joined');
  });

  it('of somebody whose room ended under them are to join: the same connection may, with a word of leaving or without', async () => {
    for (const goodbye of [false, true]) {
      const socket = await joined();
      rooms.find('red')!.close('worker-died');
      expect(await socket.code('say', { text: 'hello' })).toBe('room-closed');
      if (goodbye) expect(await socket.code('leave')).toBe('ok');
      expect(await socket.code('join', { version: 1, token: await token('red') })).toBe('ok');
      expect(rooms.find('red')!.seats.size).toBe(1);
      expect(await socket.code('leave')).toBe('ok');
    }
  });

  it('to join twice at once let one in', async () => {
    const socket = namespace.connect();
    const input = { version: 1, token: await token() };
    expect((await Promise.all([socket.code('join', input), socket.code('join', input)])).sort()).toEqual([
      'already-joined',
      'ok',
    ]);
  });

  it('to join a room that another server has are told its address', async () => {
    const [one, two] = SharedDirectory.of('https://one.example', 'https://two.example');
    await two.claim('red');
    serve({}, one);
    expect(await namespace.connect().request('join', { version: 1, token: await token() })).toEqual({
      ok: false,
      error: {
        code: 'misdirected',
        message: 'This room is held by another server: join it at https://two.example.',
        retryable: false,
      },
    });
    expect(await namespace.connect().code('join', { version: 1, token: await token('blue') })).toBe('ok');
  });

  it('of another version are told to reload', async () => {
    const reply = await namespace.connect().request('join', { version: 99, token: await token() });
    expect(reply).toMatchObject({ ok: false, error: { code: 'unsupported-version', retryable: false } });
  });

  it('without anybody waiting for the answer change nothing', async () => {
    const socket = namespace.connect();
    socket.receive('join', { version: 1, token: await token() });
    socket.receive('join');
    socket.receive('say', 'x', 'y', 'z');
    await Promise.resolve();
    expect(rooms.all).toEqual([]);
    expect(await socket.code('leave')).toBe('not-joined');
  });

  it('to join that come to nothing are counted by cause, and those who come back', async () => {
    await namespace.connect().code('join', { version: 99, token: await token() });
    await namespace.connect().code('join', { version: 1, token: 'none' });
    const socket = namespace.connect();
    const one = await token();
    const reply = await socket.request('join', { version: 1, token: one });
    const { resumeKey } = (reply as unknown as { data: { resumeKey: string } }).data;
    socket.disconnect();
    await namespace.connect().code('join', { version: 1, token: one, resumeKey });
    const text = await metrics.registry.metrics();
    expect(text).toContain('visavis_join_failures_total{cause="unsupported-version"} 1');
    expect(text).toContain('visavis_join_failures_total{cause="unauthorized"} 1');
    expect(text).toContain('visavis_reconnections_total{outcome="resumed"} 1');
  });

  it('that report how the avatar arrives are counted, within bounds', async () => {
    const socket = await joined();
    expect(await socket.code('reception.report', { playoutDelayMs: 80, voiceAheadMs: -12 })).toBe('ok');
    expect(await socket.code('reception.report', { playoutDelayMs: 1e9 })).toBe('bad-request');
    expect(await socket.code('reception.report', { playoutDelayMs: 80, voiceAheadMs: Number.NaN })).toBe('bad-request');
    expect(await namespace.connect().code('reception.report', { playoutDelayMs: 80 })).toBe('not-joined');
    const text = await metrics.registry.metrics();
    expect(text).toContain('visavis_playout_delay_seconds_count 1');
    expect(text).toContain('visavis_av_offset_seconds_sum{ahead="picture"} 0.012');
  });
});

describe('too many requests', () => {
  it.each([
    ['with answers wanted', (socket: FakeSocket) => void socket.request('rename', { name: 'x' })],
    ['with none wanted', (socket: FakeSocket) => socket.receive('rename', { name: 'x' })],
    ['of no known name', (socket: FakeSocket) => socket.receive('nonsense')],
  ])('without end close the connection (%s)', async (_, send) => {
    const socket = await joined();
    const healthy = await joined();
    for (let i = 0; i < 5000; i++) send(socket);
    expect(socket.connected).toBe(false);
    expect(healthy.connected).toBe(true);
    expect(await healthy.code('animation.unsubscribe')).toBe('ok');
  });
});

describe('sockets', () => {
  it('that never join are closed', async () => {
    const [idle, person] = [namespace.connect(), await joined()];
    await vi.advanceTimersByTimeAsync(119_000);
    expect(idle.connected).toBe(true);
    await vi.advanceTimersByTimeAsync(2000);
    expect([idle.connected, person.connected]).toEqual([false, true]);
  });

  it('that have left for good are closed, too', async () => {
    const socket = await joined();
    await vi.advanceTimersByTimeAsync(300_000);
    expect(await socket.code('leave')).toBe('ok');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket.connected).toBe(true);
    await vi.advanceTimersByTimeAsync(90_000);
    expect(socket.connected).toBe(false);
  });

  it('beyond the limit are not served', async () => {
    serve({ sockets: 2 });
    const [one, two, three] = [namespace.connect(), namespace.connect(), namespace.connect()];
    expect([one.connected, two.connected, three.connected]).toEqual([true, true, false]);
  });

  it('close the connection beneath them when they leave the namespace', async () => {
    const socket = await joined();
    socket.disconnect();
    expect(socket.conn.closed).toBe(1);
  });

  it('that are lost keep their seat for the grace time, and take it again with the key and the token of then', async () => {
    const first = namespace.connect();
    const brief = await new Tokens(KEYS, 1000).issue({ name: 'Ann', room: 'red' });
    const reply = await first.request('join', { version: 1, token: brief.token });
    const resumeKey = reply.ok ? String(reply.data.resumeKey) : '';
    first.disconnect();
    const second = namespace.connect();
    vi.setSystemTime(Date.now() + 3600_000);
    expect(await second.code('join', { version: 1, token: brief.token })).toBe('token-expired');
    const back = await second.request('join', { version: 1, token: brief.token, resumeKey });
    expect(back).toMatchObject({ ok: true, data: { resumed: true, resumeKey } });
    expect(back.ok && back.data.transports).toBeUndefined();
    await vi.advanceTimersByTimeAsync(graceMs * 3);
    expect(rooms.find('red')!.seats.size).toBe(1);
  });

  it('cannot guess their way into a seat', async () => {
    await joined();
    const socket = namespace.connect();
    expect(await socket.code('join', { version: 1, token: 'x', resumeKey: '' })).toBe('unauthorized');
    expect(await socket.code('join', { version: 1, token: 'x', resumeKey: 'AAAA' })).toBe('unauthorized');
  });

  it('[S1] do not take a seat with its key alone, nor with somebody else’s token', async () => {
    const one = await token();
    const reply = await namespace.connect().request('join', { version: 1, token: one });
    const resumeKey = reply.ok ? String(reply.data.resumeKey) : '';
    expect(await namespace.connect().code('join', { version: 1, token: 'rubbish', resumeKey })).toBe('unauthorized');
    const other = await namespace.connect().request('join', { version: 1, token: await token(), resumeKey });
    expect(other).toMatchObject({ ok: true, data: { resumed: false } });
  });

  it('[S1] whose seat another takes are closed: one token, one socket', async () => {
    const one = await token();
    const sockets = Array.from({ length: 5 }, () => namespace.connect());
    for (const socket of sockets) expect(await socket.code('join', { version: 1, token: one })).toBe('ok');
    expect(sockets.map(({ connected }) => connected)).toEqual([false, false, false, false, true]);
    expect(sockets[0]!.notices).toContain('room.closed');
  });

  it('[S1] whose seat is resumed elsewhere are closed', async () => {
    const one = await token();
    const first = namespace.connect();
    const reply = await first.request('join', { version: 1, token: one });
    const resumeKey = reply.ok ? String(reply.data.resumeKey) : '';
    const second = namespace.connect();
    expect(await second.request('join', { version: 1, token: one, resumeKey })).toMatchObject({
      data: { resumed: true },
    });
    expect([first.connected, second.connected]).toEqual([false, true]);
    expect([...rooms.find('red')!.seats.values()][0]!.presence).toBe('here');
  });

  it('that are lost while they join leave no seat behind', async () => {
    const socket = namespace.connect();
    const joining = socket.code('join', { version: 1, token: await token() });
    socket.disconnect();
    expect(await joining).toBe('session-gone');
    expect(rooms.peopleCount).toBe(0);
    expect(rooms.all).toEqual([]);
  });
});
