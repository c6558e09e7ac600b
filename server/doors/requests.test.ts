import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Reply, RequestError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { RequestName } from '../../protocol/signaling.ts';
import { Settings } from '../../settings/settings.ts';
import { SignalingLimits } from '../limits/signaling.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { gatesOf, silentLog } from '../testing/fakes.ts';
import { Requests } from './requests.ts';

const TRANSPORT = { transportId: 't', dtlsParameters: {} };
let metrics: Metrics;
let socket: FakeSocket;

/** A socket of no kind, and somebody behind it who does as the test says. */
class FakeSocket {
  room: string | undefined = 'red';
  open = true;
  gone = 0;
  acted: [RequestName, unknown][] = [];
  act: (name: RequestName) => unknown = () => ({});
  readonly #requests: Requests;

  constructor(limits: Record<string, unknown> = {}) {
    const config = Settings.parse({ limits });
    const socket = this;
    this.#requests = new Requests(
      {
        get room() {
          return socket.room;
        },
        handle: async (name, input) => {
          this.acted.push([name, input]);
          return (await this.act(name)) as never;
        },
        lost: () => {
          this.gone += 1;
        },
      },
      {
        limits: config.limits,
        sharedLimits: new SignalingLimits(config.limits, gatesOf(metrics)),
        id: 's',
        address: '192.0.2.1',
        close: () => {
          this.open = false;
        },
        metrics,
        log: silentLog,
      },
    );
  }
  ask(name: string, payload: unknown = {}): Promise<Reply<unknown>> {
    return new Promise(resolve => this.#requests.take(name, payload, resolve));
  }
  async code(name: string, payload?: unknown): Promise<string> {
    const reply = await this.ask(name, payload);
    return reply.ok ? 'ok' : reply.error.code;
  }
  tell = (name: string, payload?: unknown) => this.#requests.take(name, payload);
  lost = () => this.#requests.lost();
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  metrics = createMetrics();
  socket = new FakeSocket();
});
afterEach(() => {
  socket.lost();
  expect(socket.gone).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('a request', () => {
  it('that everybody sees the effect of is counted as a message: hands and reactions, too', async () => {
    const codes = [];
    for (let i = 0; i < 4; i++)
      for (const [name, payload] of [
        ['hand', { raised: i % 2 === 0 }],
        ['react', { emoji: '👏' }],
      ] as const)
        codes.push(await socket.code(name, payload));
    expect(codes).toEqual([...Array(6).fill('ok'), 'rate-limited', 'rate-limited']);
  });

  it('reaches its handler as its schema reads it, and is answered with what that says', async () => {
    socket.act = () => ({ entryId: 'e' });
    expect(await socket.ask('say', { text: 'hello', more: 1 })).toEqual({ ok: true, data: { entryId: 'e' } });
    expect(socket.acted).toEqual([['say', { text: 'hello', audience: 'everyone' }]]);
  });

  it.each([
    'toString',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'participant.joined',
    '',
  ])('that does not exist is refused: %j', async name => {
    expect(await socket.ask(name)).toEqual({
      ok: false,
      error: { code: 'bad-request', message: 'There is no such request.', retryable: false },
    });
    expect(socket.acted).toEqual([]);
  });

  it('that is malformed is refused with the part that is wrong', async () => {
    expect(await socket.ask('say', { text: 7 })).toMatchObject({
      error: { code: 'bad-request', message: expect.stringMatching(/^say: text: /) },
    });
    expect(await socket.ask('say', 'hello')).toMatchObject({
      error: { message: expect.stringMatching(/^say: message: /) },
    });
    expect(socket.acted).toEqual([]);
  });

  it('of somebody in no room is told to join first, whatever is wrong with it besides', async () => {
    socket.room = undefined;
    expect(await socket.code('log.earlier', {})).toBe('not-joined');
    expect(await socket.code('join', {})).toBe('bad-request');
  });

  it('that its handler refuses is answered with that; what the handler did not foresee is not told', async () => {
    socket.act = () => {
      throw new RequestError('room-closed', 'This room is closed.', { retryable: true });
    };
    expect(await socket.ask('leave')).toEqual({
      ok: false,
      error: { code: 'room-closed', message: 'This room is closed.', retryable: true },
    });
    socket.act = () => {
      throw new Error('a secret path');
    };
    const reply = await socket.ask('leave');
    expect(reply).toMatchObject({ ok: false, error: { code: 'internal', retryable: true } });
    expect(JSON.stringify(reply)).not.toContain('secret');
  });

  it('just over the limit is refused, just under it is read', async () => {
    const padded = (bytes: number) => ({ ...TRANSPORT, dtlsParameters: { pad: 'x'.repeat(bytes) } });
    expect(await socket.ask('transport.connect', padded(LIMITS.messageBytes))).toMatchObject({
      error: { code: 'bad-request', message: 'This request is too large.' },
    });
    expect(await socket.code('transport.connect', padded(LIMITS.messageBytes - 200))).toBe('ok');
  });

  it('is measured in bytes, not in characters', async () => {
    const pad = '語'.repeat(LIMITS.messageBytes / 2);
    expect(await socket.code('transport.connect', { ...TRANSPORT, dtlsParameters: { pad } })).toBe('bad-request');
  });

  it('nested endlessly is refused, not stumbled over', async () => {
    let deep: unknown = {};
    for (let i = 0; i < 30_000; i++) deep = [deep];
    expect(await socket.code('transport.connect', { ...TRANSPORT, dtlsParameters: { deep } })).toBe('bad-request');
  });

  it('without anybody waiting for the answer changes nothing', async () => {
    socket.tell('leave', {});
    await Promise.resolve();
    expect(socket.acted).toEqual([]);
    expect(await metrics.registry.metrics()).toContain('visavis_requests_refused_total{code="bad-request"} 1');
  });

  it('that is refused is counted by reason', async () => {
    await socket.code('nonsense');
    socket.act = () => {
      throw new RequestError('not-joined', 'Join a room first.');
    };
    await socket.code('leave');
    const text = await metrics.registry.metrics();
    expect(text).toContain('visavis_requests_refused_total{code="bad-request"} 1');
    expect(text).toContain('visavis_requests_refused_total{code="not-joined"} 1');
  });
});

describe('[C2] too many requests', () => {
  it('are refused with how long to wait, and answered again a moment later', async () => {
    const codes = await Promise.all(Array.from({ length: 200 }, () => socket.code('leave')));
    expect(codes.filter(code => code === 'ok')).toHaveLength(40 * 3);
    const refused = await socket.ask('leave');
    expect(refused).toMatchObject({ error: { code: 'rate-limited', retryable: true, retryAfterMs: 25 } });
    vi.advanceTimersByTime(1000);
    expect(await socket.code('leave')).toBe('ok');
    expect(socket.open).toBe(true);
  });

  it('messages are fewer than other requests', async () => {
    const codes = await Promise.all(Array.from({ length: 20 }, () => socket.code('say', { text: 'hello' })));
    expect(codes.filter(code => code === 'ok').length).toBeLessThanOrEqual(6);
    expect(await socket.code('leave')).toBe('ok');
  });

  it.each([
    ['with answers wanted', () => void socket.ask('rename', { name: 'x' })],
    ['with none wanted', () => socket.tell('rename', { name: 'x' })],
    ['of no known name', () => socket.tell('nonsense')],
  ])('without end close the socket (%s)', (_, send) => {
    for (let i = 0; i < 1200; i++) send();
    expect(socket.open).toBe(true);
    send();
    expect(socket.open).toBe(false);
  });
});

describe('a socket', () => {
  it('that joins no room is closed; the time begins anew with each room that it leaves', () => {
    vi.advanceTimersByTime(300_000);
    socket.room = undefined;
    vi.advanceTimersByTime(119_000);
    expect(socket.open).toBe(true);
    vi.advanceTimersByTime(2000);
    expect(socket.open).toBe(false);
  });
});
