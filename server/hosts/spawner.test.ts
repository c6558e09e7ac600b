import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMetrics } from '../metrics/metrics.ts';
import { silentLog } from '../testing/fakes.ts';
import { Spawner } from './spawner.ts';

class FakeChild extends EventEmitter {
  static all: FakeChild[] = [];
  readonly pid = 1000 + FakeChild.all.length;
  readonly signals: string[] = [];
  readonly env: Record<string, string>;
  /** Ignores being asked to end. */
  stubborn = false;
  constructor(env: Record<string, string>) {
    super();
    this.env = env;
    FakeChild.all.push(this);
  }
  kill(signal: string): void {
    this.signals.push(signal);
    if (!this.stubborn || signal === 'SIGKILL') queueMicrotask(() => this.emit('exit', null, signal));
  }
}
vi.mock('node:child_process', () => ({
  spawn: (_command: string, _args: string[], { env }: { env: Record<string, string> }) => new FakeChild(env),
}));

let configErrors: number;
let spawner: Spawner;
let ready: boolean;
const start = (count: number, standby = 0): void => {
  spawner = new Spawner({
    count,
    standby,
    isReady: () => ready,
    serverUrl: 'http://127.0.0.1:3000',
    hostSecret: 'secret',
    portraits: '/data/portraits',
    cache: '/data/cache',
    recordings: '/data/recordings',
    log: silentLog,
    metrics: createMetrics(),
    onConfigError: () => {
      configErrors += 1;
    },
  });
};
const children = () => FakeChild.all;

beforeEach(() => {
  vi.useFakeTimers();
  FakeChild.all = [];
  configErrors = 0;
  ready = false;
});
afterEach(async () => {
  await spawner.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('agent hosts on this machine', () => {
  it('that stand by are started when a call can be held, and again when they die', async () => {
    start(1, 1);
    await vi.advanceTimersByTimeAsync(5000);
    expect(children()).toHaveLength(1);
    ready = true;
    await vi.advanceTimersByTimeAsync(21_000);
    expect(children().map(({ env }) => env.VISAVIS_STANDBY)).toEqual([undefined, '1']);
    children()[1]!.emit('exit', null, 'SIGKILL');
    await vi.advanceTimersByTimeAsync(100);
    expect(children().map(({ env }) => env.VISAVIS_STANDBY)).toEqual([undefined, '1', '1']);
  });

  it('are as many as were asked for, and know the server and its secret', () => {
    start(2);
    expect(children()).toHaveLength(2);
    expect(spawner.pids).toEqual([1000, 1001]);
    expect(children()[0]!.env).toMatchObject({
      VISAVIS_SERVER_URL: 'http://127.0.0.1:3000',
      VISAVIS_HOST_SECRET: 'secret',
      VISAVIS_PARENT_PID: String(process.pid),
    });
  });

  it('are started again almost at once when they end, and more slowly if they end again and again', () => {
    start(1);
    const delays: number[] = [];
    for (let i = 0; i < 8; i++) {
      const endedMs = performance.now();
      const { length } = children();
      children().at(-1)!.emit('exit', 1, null);
      while (children().length === length) vi.advanceTimersByTime(10);
      delays.push(performance.now() - endedMs);
    }
    expect(delays[0]).toBeLessThanOrEqual(60);
    expect(delays.every((ms, i) => i === 0 || ms >= delays[i - 1]!)).toBe(true);
    expect(delays.at(-1)).toBe(10_000);
    // One that ran well for a while is started at once again.
    vi.advanceTimersByTime(60_000);
    children().at(-1)!.emit('exit', 1, null);
    vi.advanceTimersByTime(60);
    expect(children()).toHaveLength(10);
  });

  it('are not started again when their settings are wrong: that is told instead', () => {
    start(1);
    children()[0]!.emit('exit', 78, null);
    vi.advanceTimersByTime(60_000);
    expect(children()).toHaveLength(1);
    expect(configErrors).toBe(1);
  });

  it('are killed by the name under which they connect, and replaced at once', async () => {
    start(2);
    spawner.kill('another');
    spawner.kill(children()[1]!.env.VISAVIS_HOST_ID!);
    await vi.advanceTimersByTimeAsync(100);
    expect(children().map(({ signals }) => signals)).toEqual([[], ['SIGKILL'], []]);
    expect(new Set(children().map(({ env }) => env.VISAVIS_HOST_ID)).size).toBe(3);
  });

  it('[C1] are asked to end, and killed if they do not', async () => {
    start(2);
    children()[1]!.stubborn = true;
    const closing = spawner.close();
    await vi.advanceTimersByTimeAsync(4900);
    expect(children().map(({ signals }) => signals)).toEqual([['SIGTERM'], ['SIGTERM']]);
    await vi.advanceTimersByTimeAsync(200);
    await closing;
    expect(children()[1]!.signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect(children()).toHaveLength(2);
  });

  it('[C1] are not started any more once it closes', async () => {
    start(1);
    children()[0]!.emit('exit', 1, null);
    await spawner.close();
    vi.advanceTimersByTime(60_000);
    expect(children()).toHaveLength(1);
  });
});
