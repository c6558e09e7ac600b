import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProviderError, type ProviderErrorCategory } from '../base/errors.ts';
import type { Reading } from '../feel/ports.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { FaceWatch } from './face-watch.ts';
import type { FaceCapabilities } from './port.ts';

const HAPPY: Reading = { source: 'face', emotions: { happy: 0.8 }, valence: 0.7, arousal: 0.5, confidence: 0.8 };

let clock: VirtualClock;
beforeEach(() => {
  clock = new VirtualClock();
});
afterEach(() => expect(clock.pending).toBe(0));

function faces(over: Partial<FaceCapabilities> = {}) {
  const looked: { stream: string; width: number | undefined }[] = [];
  const ends: string[] = [];
  const failures: string[] = [];
  const has = {
    picture: true,
    fault: undefined as ProviderErrorCategory | undefined,
    takesMs: 0,
    answer: HAPPY as Reading | null,
  };
  let asked = 0;
  const watch = new FaceWatch({
    capabilities: { leaves: true, everyMs: 10_000, perMinute: 30, ...over },
    clock,
    eyes: {
      look: async (stream, { width }) => {
        looked.push({ stream, width });
        return has.picture ? new Uint8Array([1]) : undefined;
      },
    },
    meter: {
      call: () => ({ first: () => {}, end: outcome => ends.push(outcome) }),
      used: () => {},
    },
    sense: {
      async read(_jpeg, { signal }) {
        asked += 1;
        if (has.takesMs > 0)
          await new Promise<void>((resolve, reject) => {
            const cancel = clock.after(has.takesMs, resolve);
            signal.addEventListener('abort', () => {
              cancel();
              reject(signal.reason);
            });
          });
        if (has.fault !== undefined) throw new ProviderError(has.fault, 'as told', { retryable: true });
        return has.answer;
      },
    },
    failed: ({ category }) => failures.push(category),
  });
  const of = (stream: string) => {
    const readings: (Reading | null)[] = [];
    const resting: boolean[] = [];
    const stop = watch.watch(stream, {
      reading: reading => readings.push(reading),
      resting: isResting => resting.push(isResting),
    });
    return { readings, resting, stop };
  };
  return { watch, of, has, looked, ends, failures, asked: () => asked };
}

describe('a face that a model is asked about', () => {
  it('is read now and then, from a small picture; every question is counted', async () => {
    const { of, has, looked, ends } = faces();
    const ann = of('ann');
    await clock.advance(21_000);
    has.answer = null;
    await clock.advance(10_000);
    expect(ann.readings).toEqual([HAPPY, HAPPY, HAPPY, null]);
    expect(looked[0]).toEqual({ stream: 'ann', width: 384 });
    expect(ends).toEqual(['ok', 'ok', 'ok', 'ok']);
    ann.stop();
    await clock.advance(60_000);
    expect(ann.readings).toHaveLength(4);
  });

  it('costs nothing while nothing is seen', async () => {
    const { of, has, asked } = faces();
    has.picture = false;
    const ann = of('ann');
    await clock.advance(60_000);
    expect(asked()).toBe(0);
    ann.stop();
  });

  it('is one of so many a minute, and of so many at once [C2]', async () => {
    const { of, has, asked } = faces({ everyMs: 2000, perMinute: 10 });
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map(of);
    await clock.advance(59_000);
    expect(asked()).toBe(10);
    await clock.advance(60_000);
    expect(asked()).toBe(20);
    has.takesMs = 1_000_000;
    await clock.advance(120_000);
    expect(asked()).toBeLessThanOrEqual(24);
    for (const each of all) each.stop();
    await clock.advance(0);
  });

  it('is left to others while the model is left alone, and taken again', async () => {
    const { of, has, failures, asked } = faces();
    has.fault = 'network';
    const ann = of('ann');
    await clock.advance(1000);
    expect(ann.resting).toEqual([true]);
    expect(failures).toEqual(['network']);
    has.fault = undefined;
    await clock.advance(20_000);
    expect(ann.resting).toEqual([true, false]);
    expect(ann.readings.length).toBeGreaterThan(0);
    const before = asked();
    ann.stop();
    await clock.advance(20_000);
    expect(asked()).toBe(before);
  });

  it('is forgotten in the middle of a question once its camera is off [T6]', async () => {
    const { of, has, ends } = faces();
    has.takesMs = 5000;
    const ann = of('ann');
    await clock.advance(2000);
    ann.stop();
    await clock.advance(10_000);
    expect([ann.readings, ann.resting, ends]).toEqual([[], [], ['cancelled']]);
  });

  it('[P1] goes elsewhere only where its person allows pictures, too', () => {
    const allows = (leaves: boolean, feelings: boolean, sight: boolean) =>
      faces({ leaves }).watch.allows({ feelings, sight, recording: false });
    expect(allows(true, true, true)).toBe(true);
    expect(allows(true, true, false)).toBe(false);
    expect(allows(true, false, true)).toBe(false);
    expect(allows(false, true, false)).toBe(true);
    expect(allows(false, false, false)).toBe(false);
  });
});
