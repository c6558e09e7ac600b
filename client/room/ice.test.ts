import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PathKeeper } from './ice.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function keep(restart: () => Promise<void> = async () => {}) {
  const restarts: number[] = [];
  const start = Date.now();
  const path = vi.fn<(up: boolean) => void>();
  const keeper = new PathKeeper(() => {
    restarts.push(Date.now() - start);
    return restart();
  }, path);
  return { keeper, restarts, path };
}

describe('a media path', () => {
  it('that flickers for less than a second is left alone', async () => {
    const { keeper, restarts, path } = keep();
    keeper.changed('connected');
    keeper.changed('disconnected');
    await vi.advanceTimersByTimeAsync(900);
    keeper.changed('connected');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(restarts).toEqual([]);
    expect(path).not.toHaveBeenCalledWith(false);
  });

  it('that stays away is restarted, ever more patiently', async () => {
    const { keeper, restarts } = keep();
    keeper.changed('connected');
    keeper.changed('disconnected');
    await vi.advanceTimersByTimeAsync(14_000);
    expect(restarts).toEqual([1_000, 2_500, 5_000, 9_000, 13_000]);
  });

  it('that failed is restarted at once', async () => {
    const { keeper, restarts } = keep();
    keeper.changed('failed');
    await vi.advanceTimersByTimeAsync(1);
    expect(restarts).toEqual([0]);
  });

  it('is tried again when the restart itself fails', async () => {
    const { keeper, restarts } = keep(() => Promise.reject(new Error('offline')));
    keeper.changed('failed');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(restarts).toEqual([0, 1_500]);
  });

  it('that came back starts its patience anew', async () => {
    const { keeper, restarts, path } = keep();
    keeper.changed('failed');
    await vi.advanceTimersByTimeAsync(4_500);
    keeper.changed('connected');
    expect(path).toHaveBeenLastCalledWith(true);
    restarts.length = 0;
    keeper.changed('failed');
    await vi.advanceTimersByTimeAsync(1_600);
    expect(restarts).toEqual([4_500, 6_000]);
  });

  it('is left alone after closing', async () => {
    const { keeper, restarts } = keep();
    keeper.changed('disconnected');
    keeper.close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(restarts).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
