import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';
import { FRAME_SAMPLES, Playout, type PlayoutFrame } from './playout.ts';

let playout: Playout;
beforeEach(() => {
  playout = new Playout();
});

/** Speech in which every sample says where it is: 1, 2, 3, … times `step`. */
const ramp = (samples: number, from = 1): Int16Array => Int16Array.from({ length: samples }, (_, i) => from + i);
const level = (samples: number, value = 10_000): Int16Array => new Int16Array(samples).fill(value);
const next = (): PlayoutFrame => {
  const frame = playout.next();
  if (frame === undefined) throw new Error('there is no frame');
  return frame;
};
/** The turn `t` speaks so many frames of an even level. */
function speaking(frames: number, turnId = 't'): void {
  playout.begin(turnId);
  playout.push(turnId, level(frames * FRAME_SAMPLES));
}

describe('playout', () => {
  it('has nothing to say before a turn begins', () => {
    expect(playout.next()).toBeUndefined();
    expect([playout.turnId, playout.audible, playout.finished, playout.underruns]).toEqual([
      undefined,
      false,
      false,
      0,
    ]);
  });

  it('plays speech in frames of 20 ms, however it was handed over', () => {
    playout.begin('t');
    for (let at = 0; at < 3000; at += 250) playout.push('t', ramp(250, at + 1));
    const frames = [next(), next(), next()];
    expect(frames.map(({ sample }) => sample)).toEqual([0, 960, 1920]);
    expect(frames.flatMap(({ pcm }) => [...pcm])).toEqual([...ramp(2880)]);
    expect(playout.position).toBe(2880);
  });

  it('waits for a whole frame while more is to come, and pads the last one', () => {
    playout.begin('t');
    playout.push('t', ramp(100));
    expect(playout.next()).toBeUndefined();
    playout.complete('t');
    const { pcm } = next();
    expect([...pcm.subarray(0, 100)]).toEqual([...ramp(100)]);
    expect(pcm.subarray(100).every(sample => sample === 0)).toBe(true);
    expect([playout.position, playout.finished]).toEqual([100, true]);
    expect(playout.next()).toBeUndefined();
  });

  it('counts an underrun in mid-speech, but not the wait for the first sample', () => {
    playout.begin('t');
    playout.next();
    expect(playout.underruns).toBe(0);
    playout.push('t', level(FRAME_SAMPLES));
    next();
    playout.next();
    playout.next();
    expect(playout.underruns).toBe(2);
    playout.push('t', level(FRAME_SAMPLES));
    expect(next().sample).toBe(FRAME_SAMPLES);
  });

  it('is finished only when everything was handed over and played', () => {
    speaking(2);
    next();
    next();
    expect(playout.finished).toBe(false);
    playout.complete('t');
    expect(playout.finished).toBe(true);
  });

  it('is finished at once when a turn says nothing', () => {
    playout.begin('t');
    playout.complete('t');
    expect(playout.finished).toBe(true);
    expect(playout.next()).toBeUndefined();
  });

  it('[T2] refuses samples and commands of another turn', () => {
    speaking(3);
    playout.push('other', ramp(FRAME_SAMPLES));
    playout.complete('other');
    playout.pause('other');
    playout.cancel('other');
    for (let i = 0; i < 3; i++) expect(next()).toMatchObject({ turnId: 't', sample: i * FRAME_SAMPLES });
    expect(playout.next()).toBeUndefined();
    expect(playout.finished).toBe(false);
  });

  it('[T1] a new turn takes the place of the old one whole', () => {
    speaking(5, 'old');
    next();
    playout.begin('new');
    playout.push('old', level(FRAME_SAMPLES, 1));
    playout.push('new', level(FRAME_SAMPLES, 2));
    const frame = next();
    expect([frame.turnId, frame.sample, frame.pcm[0]]).toEqual(['new', 0, 2]);
    expect(playout.next()).toBeUndefined();
    expect(playout.position).toBe(FRAME_SAMPLES);
  });

  it('lets go of speech that was played', () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    playout.begin('t');
    const chunks: WeakRef<Int16Array>[] = [];
    for (let i = 0; i < 100; i++) {
      const chunk = level(FRAME_SAMPLES * 5);
      chunks.push(new WeakRef(chunk));
      playout.push('t', chunk);
      for (let k = 0; k < 5; k++) next();
    }
    return new Promise<void>(resolve => setImmediate(resolve)).then(() => {
      gc();
      expect(chunks.filter(chunk => chunk.deref() !== undefined).length).toBeLessThan(3);
    });
  });
});

describe('[T3] pausing', () => {
  it('fades out within one frame and keeps the place', () => {
    speaking(10);
    next();
    next();
    playout.pause('t');
    const { pcm, sample } = next();
    expect(sample).toBe(2 * FRAME_SAMPLES);
    expect(pcm[0]).toBe(10_000);
    expect(pcm.at(-1)).toBeLessThan(50);
    expect(pcm.every((value, i) => i === 0 || value <= pcm[i - 1]!)).toBe(true);
    expect(playout.next()).toBeUndefined();
    expect([playout.position, playout.audible]).toEqual([2 * FRAME_SAMPLES, false]);
  });

  it('repeats the faded frame when it resumes, fading in', () => {
    playout.begin('t');
    playout.push('t', ramp(5 * FRAME_SAMPLES));
    next();
    playout.pause('t');
    next();
    playout.resume('t');
    const again = next();
    expect(again.sample).toBe(FRAME_SAMPLES);
    expect(again.pcm[0]).toBe(0);
    expect(again.pcm.at(-1)).toBeGreaterThan(2 * FRAME_SAMPLES * 0.98);
    const whole = next();
    expect([whole.sample, whole.pcm[0]]).toEqual([2 * FRAME_SAMPLES, 2 * FRAME_SAMPLES + 1]);
  });

  it('is not heard when it is taken back before the next frame', () => {
    speaking(3);
    next();
    playout.pause('t');
    playout.resume('t');
    expect(next().pcm.every(value => value === 10_000)).toBe(true);
    expect(playout.position).toBe(2 * FRAME_SAMPLES);
  });

  it('before the first frame means silence until it resumes, without a fade', () => {
    speaking(2);
    playout.pause('t');
    expect(playout.next()).toBeUndefined();
    playout.resume('t');
    expect(next()).toMatchObject({ sample: 0 });
    expect(playout.underruns).toBe(0);
  });

  it('lets nothing be heard that is handed over during the pause, and counts no underrun', () => {
    speaking(1);
    next();
    playout.pause('t');
    for (let i = 0; i < 10; i++) expect(playout.next()).toBeUndefined();
    playout.push('t', level(FRAME_SAMPLES));
    expect(playout.next()).toBeUndefined();
    expect(playout.underruns).toBe(0);
    playout.resume('t');
    expect(next().sample).toBe(FRAME_SAMPLES);
  });

  it('twice and resuming twice is as once', () => {
    speaking(4);
    next();
    playout.pause('t');
    playout.pause('t');
    next();
    playout.resume('t');
    playout.resume('t');
    expect(next().sample).toBe(FRAME_SAMPLES);
    expect(next().pcm[0]).toBe(10_000);
  });
});

describe('cancelling', () => {
  it('leaves one fading frame and nothing after it', () => {
    speaking(10);
    next();
    playout.cancel('t');
    expect(playout.turnId).toBeUndefined();
    const { pcm } = next();
    expect([pcm[0], pcm.at(-1)! < 50]).toEqual([10_000, true]);
    expect(playout.next()).toBeUndefined();
    playout.push('t', level(FRAME_SAMPLES));
    expect(playout.next()).toBeUndefined();
  });

  it.each([
    ['before the first frame', () => speaking(3)],
    [
      'while paused',
      () => {
        speaking(3);
        next();
        playout.pause('t');
        next();
      },
    ],
    [
      'after the last frame',
      () => {
        speaking(1);
        next();
        playout.complete('t');
      },
    ],
  ])('is silent at once %s', (_, prepare) => {
    prepare();
    playout.cancel('t');
    expect(playout.next()).toBeUndefined();
  });

  it('fades also when a pause has just begun', () => {
    speaking(3);
    next();
    playout.pause('t');
    playout.cancel('t');
    const { pcm } = next();
    expect([pcm[0], pcm.at(-1)! < 50]).toEqual([10_000, true]);
    expect(playout.next()).toBeUndefined();
  });

  it('a fading frame goes out before the next turn’s first, and does not count for it', () => {
    speaking(3, 'old');
    next();
    playout.cancel('old');
    playout.begin('new');
    playout.push('new', level(FRAME_SAMPLES));
    expect(next().turnId).toBe('old');
    expect(playout.position).toBe(0);
    expect(next()).toMatchObject({ turnId: 'new', sample: 0 });
  });
});
