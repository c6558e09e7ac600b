import { beforeEach, describe, expect, it } from 'vitest';
import type { Mood } from '../perform/port.ts';
import { FaceMood } from './face-mood.ts';

describe('a face for those who want little movement', () => {
  let shown: Mood[];
  let mood: FaceMood;
  beforeEach(() => {
    shown = [];
    mood = new FaceMood(each => shown.push(each), { state: () => {} });
  });

  it('says so once, and with everything that it shows then', () => {
    mood.reduceMotion(true);
    mood.reduceMotion(true);
    mood.state('speaking');
    mood.rest();
    expect(shown.map(({ state, reducedMotion }) => [state, reducedMotion])).toEqual([
      ['idle', true],
      ['speaking', true],
      ['idle', true],
    ]);
  });

  it('does not nod, until somebody wants it to move again', () => {
    mood.state('listening');
    mood.reduceMotion(true);
    mood.nod();
    expect(shown.at(-1)?.nods).toBeUndefined();
    mood.reduceMotion(false);
    mood.nod();
    expect(shown.at(-1)).toEqual({ state: 'listening', emotion: 'neutral', intensity: 0, nods: 1 });
  });
});
