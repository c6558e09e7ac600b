import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Paced, Pacer } from './pacer.ts';

/** Notes when it was stepped, and how late it was told to be. */
class Line implements Paced {
  standby = false;
  readonly steps: number[] = [];
  readonly lateMs: number[] = [];
  readonly #pacer: Pacer;

  constructor(pacer: Pacer) {
    this.#pacer = pacer;
  }
  late(lateMs: number): void {
    this.lateMs.push(lateMs);
  }
  step(): void {
    this.steps.push(this.#pacer.tick);
  }
}

let pacer: Pacer;
let stalledMs: number;
const line = () => {
  const made = new Line(pacer);
  pacer.add(made);
  return made;
};

/** The thread is held up: time goes by without its timer, which fires then. */
function stall(ms: number): void {
  stalledMs += ms;
  vi.advanceTimersToNextTimer();
}

beforeEach(() => {
  vi.useFakeTimers();
  stalledMs = 0;
  const { now } = performance;
  vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + stalledMs);
  pacer = new Pacer();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('the clock of a media thread', () => {
  it('steps every line each 20 ms, all with one timer', () => {
    const ann = line();
    vi.advanceTimersByTime(100);
    const bob = line();
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(60);
    expect(ann.steps).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(bob.steps).toEqual([6, 7, 8]);
    expect(new Set(ann.lateMs)).toEqual(new Set([0]));
  });

  it('catches up with a short stall, and goes on from now after a long one', () => {
    const ann = line();
    vi.advanceTimersByTime(20);
    ann.steps.length = 0;
    stall(100);
    expect(ann.steps).toEqual([2, 3, 4, 5, 6, 7]);
    expect(ann.lateMs.at(-1)).toBe(100);
    ann.steps.length = 0;
    stall(1000);
    expect(ann.steps).toEqual([58]);
    expect(pacer.nowMs()).toBe(58 * 20);
  });

  it('looks up now and then only while all lines wait for a conversation', () => {
    const ann = line();
    ann.standby = true;
    vi.advanceTimersByTime(1000);
    // It misses no step for that.
    expect(ann.steps).toHaveLength(51);
    expect(ann.lateMs.length).toBeLessThan(7);
  });

  it('[C1] has no timer without lines, and goes on with the next from now', () => {
    const ann = line();
    vi.advanceTimersByTime(40);
    pacer.remove(ann);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60_000);
    const bob = line();
    vi.advanceTimersByTime(20);
    expect(bob.steps).toEqual([3002, 3003]);
    expect(bob.lateMs).toEqual([0, 0]);
  });
});
