import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeviceHears, DeviceSays } from '../../../protocol/device.ts';
import { RequestError } from '../../../protocol/errors.ts';
import { Settings } from '../../../settings/settings.ts';
import { createMetrics } from '../../metrics/metrics.ts';
import { silentLog } from '../../testing/fakes.ts';
import { serveDevice } from './line.ts';
import type { DeviceLine, DeviceSession } from './session.ts';

/** The server's end of a device's WebSocket. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: (DeviceHears | Uint8Array)[] = [];
  closedWith: number | undefined;
  pings = 0;
  send(message: string | Uint8Array): void {
    this.sent.push(typeof message === 'string' ? JSON.parse(message) : message);
  }
  ping(): void {
    this.pings += 1;
  }
  close(code = 1000): void {
    if (this.readyState !== this.OPEN) return;
    this.readyState = 3;
    this.closedWith = code;
    this.emit('close');
  }
  terminate(): void {
    this.close(1006);
  }
  get errors(): string[] {
    return this.sent.flatMap(each => ('type' in each && each.type === 'error' ? [each.code] : []));
  }
}

class FakeSession {
  readonly heard: { sound: Uint8Array; played?: number | undefined }[] = [];
  readonly said: DeviceSays[] = [];
  lost = vi.fn();
}

let socket: FakeSocket;
let session: FakeSession;
let line: DeviceLine | undefined;

function serve(options: { positions?: boolean; json?: boolean; refuse?: RequestError } = {}): void {
  socket = new FakeSocket();
  session = new FakeSession();
  const carried = {
    heard: (sound: Uint8Array, played?: number) => session.heard.push({ sound, played }),
    said: async (message: DeviceSays) => void session.said.push(message),
    lost: session.lost,
  };
  serveDevice(socket as never, {
    codec: 'pcm',
    positions: options.positions ?? false,
    json: options.json ?? false,
    address: '10.0.0.1',
    limits: Settings.parse({}).limits,
    typed: () => {},
    hello: async opened => {
      if (options.refuse !== undefined) throw options.refuse;
      line = opened;
      return carried as unknown as DeviceSession;
    },
    metrics: createMetrics(),
    log: silentLog,
  });
}
const says = async (message: unknown) => {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  socket.emit('message', Buffer.from(text), false);
  await vi.advanceTimersByTimeAsync(0);
};
const HELLO = { type: 'hello', version: 1 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] });
});
afterEach(() => {
  socket.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('a device’s line', () => {
  it('on which nobody says hello is closed', async () => {
    serve();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.errors).toEqual(['bad-request']);
    expect(socket.readyState).toBe(3);
  });

  it('whose token is refused is told why, and closed', async () => {
    serve({ refuse: new RequestError('forbidden', 'no') });
    await says(HELLO);
    expect(socket.errors).toEqual(['forbidden']);
    expect(socket.closedWith).toBe(1008);
  });

  it('says hello once', async () => {
    serve();
    await says(HELLO);
    await says(HELLO);
    expect(socket.errors).toEqual(['already-joined']);
  });

  it('whose other end is gone is given up, and its seat told', async () => {
    serve();
    await says(HELLO);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.pings).toBe(1);
    socket.emit('pong');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.readyState).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.closedWith).toBe(1006);
    expect(session.lost).toHaveBeenCalledOnce();
  });

  it('[C2] that is not read loses sound, and then itself', async () => {
    serve();
    await says(HELLO);
    const chunk = { flags: 0, sequence: 0, position: 0, sound: new Uint8Array(3200) };
    expect(line!.play(chunk)).toBe(true);
    socket.bufferedAmount = 100_000;
    expect(line!.play(chunk)).toBe(false);
    socket.emit('pong');
    await vi.advanceTimersByTimeAsync(10_000);
    socket.emit('pong');
    expect(socket.readyState).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.readyState).toBe(3);
  });

  it('takes sound in every form, and where it was played', async () => {
    serve({ positions: true });
    await says(HELLO);
    socket.emit('message', Buffer.from([1, 2, 0, 0, 9, 9]), true);
    await says({ type: 'audio', audio: 'hex:0909' });
    await says({ type: 'audio', audio: 'CQk=' });
    expect(session.heard.map(({ sound, played }) => [[...sound], played])).toEqual([
      [[9, 9], 513],
      [[9, 9], undefined],
      [[9, 9], undefined],
    ]);
    socket.emit('message', Buffer.from([1]), true);
    expect(socket.errors).toEqual(['bad-request']);
  });

  it('is closed when more sound comes than a microphone makes, and not for a stall that lets go', async () => {
    serve();
    await says(HELLO);
    socket.emit('message', Buffer.alloc(9 * 32_000), true);
    expect(socket.errors).toEqual([]);
    socket.emit('message', Buffer.alloc(2 * 32_000), true);
    expect(socket.errors).toEqual(['rate-limited']);
    expect(session.heard).toHaveLength(1);
  });

  it('survives whatever is said on it, answers errors, and ends when there are too many', async () => {
    vi.useRealTimers();
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.json().map(text => ({ data: Buffer.from(text), binary: false })),
            fc.uint8Array({ maxLength: 50 }).map(bytes => ({ data: Buffer.from(bytes), binary: true })),
            fc
              .record({ type: fc.constantFrom('hello', 'audio', 'text', 'played', 'bye'), version: fc.anything() })
              .map(message => ({ data: Buffer.from(JSON.stringify(message)), binary: false })),
          ),
          { maxLength: 30 },
        ),
        async messages => {
          serve({ positions: messages.length % 2 === 0 });
          for (const { data, binary } of messages) socket.emit('message', data, binary);
          await new Promise(resolve => setImmediate(resolve));
          expect(socket.errors.length).toBeLessThan(32);
          expect(new Set(socket.errors)).not.toContain('internal');
          socket.close();
        },
      ),
      { numRuns: 200 },
    );
    vi.useFakeTimers();
  });
});
