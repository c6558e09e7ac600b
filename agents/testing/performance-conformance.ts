import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SPEECH_RATE } from '../base/rates.ts';
import type { Performance, Progress } from '../perform/port.ts';

/** A performance with its own time. */
export interface Performing {
  performance: Performance;
  /** What it has told so far, in order. */
  progress: readonly Progress[];
  /** Lets its time pass until this holds; fails where it never does. */
  until(holds: () => boolean): Promise<void>;
  /** Lets so much of its time pass. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Everything that the port promises, for any performance. */
export function performanceConformance(name: string, open: () => Promise<Performing>): void {
  describe(`${name} as a Performance`, { timeout: 60_000 }, () => {
    let on: Performing;
    beforeEach(async () => {
      on = await open();
    });
    afterEach(() => on.close());

    const buzz = (seconds: number) =>
      Int16Array.from(
        { length: SPEECH_RATE * seconds },
        (_, i) => 8000 * Math.sin((2 * Math.PI * 200 * i) / SPEECH_RATE),
      );
    const of = (turnId: string) => on.progress.filter(each => each.turnId === turnId);
    const reached = (turnId: string) => of(turnId).at(-1)?.samples ?? 0;
    const isDone = (turnId: string) => () => of(turnId).some(({ done }) => done === true);
    const speak = (turnId: string, seconds: number) => {
      on.performance.begin(turnId);
      on.performance.speech(turnId, { pcm: buzz(seconds), events: [] });
      on.performance.complete(turnId);
    };

    it('tells the first sample, how far it is, and the last, and never goes back', async () => {
      speak('t', 1);
      await on.until(isDone('t'));
      const told = of('t').filter(({ samples }) => samples > 0);
      expect(told[0]).toMatchObject({ started: true });
      expect(told.filter(({ started }) => started === true)).toHaveLength(1);
      expect(told.at(-1)).toMatchObject({ samples: SPEECH_RATE, done: true });
      const samples = told.map(each => each.samples);
      expect(samples).toEqual(samples.toSorted((a, b) => a - b));
    });

    it('takes speech piece by piece, and is done only when no more will come', async () => {
      on.performance.begin('t');
      on.performance.speech('t', { pcm: buzz(0.3), events: [] });
      await on.until(() => reached('t') === 0.3 * SPEECH_RATE);
      await on.pass(200);
      expect(isDone('t')()).toBe(false);
      on.performance.speech('t', { pcm: buzz(0.2), events: [] });
      on.performance.complete('t');
      await on.until(isDone('t'));
      expect(reached('t')).toBe(0.5 * SPEECH_RATE);
    });

    it('[T3] holds the voice exactly where it says that it can, and else goes on', async () => {
      const { pauses } = on.performance.capabilities;
      speak('t', 1.5);
      await on.until(() => reached('t') > 0);
      on.performance.pause('t');
      if (pauses === 'exact') {
        // What was on its way when it was told.
        await on.pass(300);
        const held = reached('t');
        await on.pass(500);
        expect(reached('t')).toBe(held);
        expect(isDone('t')()).toBe(false);
        on.performance.resume('t');
      }
      await on.until(isDone('t'));
      expect(reached('t')).toBe(1.5 * SPEECH_RATE);
    });

    it('[T2] tells nothing of a turn that was cancelled, whatever comes of it still', async () => {
      speak('first', 2);
      await on.until(() => reached('first') > 0);
      on.performance.cancel('first');
      on.performance.speech('first', { pcm: buzz(1), events: [] });
      speak('second', 0.2);
      await on.until(isDone('second'));
      expect(isDone('first')()).toBe(false);
      expect(reached('first')).toBeLessThan(2 * SPEECH_RATE);
      const second = on.progress.findIndex(({ turnId }) => turnId === 'second');
      expect(on.progress.slice(second).every(({ turnId }) => turnId === 'second')).toBe(true);
    });

    it('[T1] has one turn: the next takes the place of the one before', async () => {
      speak('first', 2);
      await on.until(() => reached('first') > 0);
      speak('second', 0.2);
      await on.until(isDone('second'));
      expect(isDone('first')()).toBe(false);
      expect(reached('second')).toBe(0.2 * SPEECH_RATE);
    });

    it('takes a mood at any time, and what is said of turns that are over', async () => {
      on.performance.mood({ state: 'listening', emotion: 'happy', intensity: 0.5 });
      speak('t', 0.2);
      on.performance.mood({ state: 'speaking', emotion: 'neutral', intensity: 0, gaze: { x: 0.2, y: 0 }, nods: 1 });
      await on.until(isDone('t'));
      for (const late of [on.performance.pause, on.performance.resume, on.performance.complete, on.performance.cancel])
        late.call(on.performance, 't');
      speak('next', 0.2);
      await on.until(isDone('next'));
    });
  });
}
