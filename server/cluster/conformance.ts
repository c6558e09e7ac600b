/** What every form of the ports of `port.ts` has to do, be there one server or many. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Counters, Directory } from './port.ts';

/** Names that are no names of anything in a program. */
const STRANGE = ['__proto__', 'constructor', '', ' ', '../..', 'Zimmer 7 ü', '房间', 'a:b*?[c]', 'x'.repeat(500)];

/** @param make as it is where no server has a room yet */
export function directoryConformance(make: () => Directory | Promise<Directory>): void {
  let ours: Directory;
  beforeEach(async () => {
    ours = await make();
  });

  it('says who has a room, from when it is claimed until it is released', async () => {
    expect(await ours.owner('red')).toBeUndefined();
    expect(await ours.claim('red')).toBe(true);
    expect(await ours.owner('red')).toEqual({ ours: true });
    expect(await ours.owner('blue')).toBeUndefined();
    await ours.release('red');
    expect(await ours.owner('red')).toBeUndefined();
  });

  it('may be asked twice for the same', async () => {
    expect([await ours.claim('red'), await ours.claim('red')]).toEqual([true, true]);
    await ours.release('red');
    await ours.release('red');
    await ours.release('never claimed');
    expect(await ours.owner('red')).toBeUndefined();
  });

  it('does what it is asked in the order in which it is asked', async () => {
    const asked = [ours.claim('red'), ours.release('red'), ours.claim('red')];
    await Promise.all(asked);
    expect(await ours.owner('red')).toEqual({ ours: true });
  });

  it('takes names of any form', async () => {
    for (const name of STRANGE) {
      expect(await ours.owner(name)).toBeUndefined();
      expect(await ours.claim(name)).toBe(true);
    }
    for (const name of STRANGE) await ours.release(name);
    for (const name of STRANGE) expect(await ours.owner(name)).toBeUndefined();
  });
}

/** Where there may be several servers, besides. @param make what two of them ask */
export function directoriesConformance(
  make: () => readonly [Directory, Directory] | Promise<[Directory, Directory]>,
): void {
  it('gives a room to one server, and tells the others under which address', async () => {
    const [ours, others] = await make();
    expect((await Promise.all([ours.claim('red'), others.claim('red')])).filter(Boolean)).toHaveLength(1);
    await Promise.all([ours.release('red'), others.release('red')]);
    expect(await others.claim('red')).toBe(true);
    expect(await ours.claim('red')).toBe(false);
    await ours.release('red');
    const owner = await ours.owner('red');
    expect(owner).toEqual({ ours: false, address: expect.stringMatching(/^https?:\/\//) });
    await others.release('red');
    expect(await ours.claim('red')).toBe(true);
  });
}

/** Runs in virtual time: `performance` is the test's. @param make with nothing counted yet */
export function countersConformance(make: () => Counters): void {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());
  const counter = (perMinute = 60, burst = 3) => make().of('pictures', { perMinute, burst });

  it('gives so much at once, then what time brings, and no more than that is saved up', () => {
    const pictures = counter();
    const taken = () =>
      Array.from({ length: 10 }, () => pictures.take('ann')).filter(each => each === undefined).length;
    expect(taken()).toBe(3);
    vi.advanceTimersByTime(2000);
    expect(taken()).toBe(2);
    vi.advanceTimersByTime(3600_000);
    expect(taken()).toBe(3);
  });

  it('says how long until there is enough; who is refused does not wait longer for that', () => {
    const pictures = counter();
    expect(pictures.take('ann', 3)).toBeUndefined();
    expect(pictures.take('ann')).toBeCloseTo(1000);
    expect(pictures.take('ann', 2)).toBeCloseTo(2000);
    vi.advanceTimersByTime(1000);
    expect(pictures.take('ann')).toBeUndefined();
  });

  it('refuses what is more than there ever is', () => {
    const pictures = counter();
    expect(pictures.take('ann', 4)).toEqual(expect.any(Number));
    expect(pictures.take('ann', 3)).toBeUndefined();
  });

  it('counts each for themself, under names of any form', () => {
    const pictures = counter(60, 1);
    for (const key of STRANGE) expect(pictures.take(key)).toBeUndefined();
    for (const key of STRANGE) expect(pictures.take(key)).toEqual(expect.any(Number));
  });

  it('tells who has nothing left, without taking anything', () => {
    const pictures = counter(60, 1);
    expect(pictures.isSpent('ann')).toBe(false);
    expect(pictures.isSpent('ann')).toBe(false);
    pictures.take('ann');
    expect(pictures.isSpent('ann')).toBe(true);
    vi.advanceTimersByTime(1000);
    expect(pictures.isSpent('ann')).toBe(false);
  });

  it('counts by name: the same is counted together, another apart', () => {
    const counters = make();
    const rate = { perMinute: 60, burst: 1 };
    expect(counters.of('pictures', rate).take('ann')).toBeUndefined();
    expect(counters.of('pictures', rate).take('ann')).toEqual(expect.any(Number));
    expect(counters.of('films', rate).take('ann')).toBeUndefined();
  });

  it('[C2] remembers so many, and forgets the longest silent one', () => {
    const pictures = counter(1, 1);
    pictures.take('first');
    pictures.take('second');
    for (let i = 0; i < 9998; i++) pictures.take(`caller ${i}`);
    expect(pictures.take('first')).toEqual(expect.any(Number));
    pictures.take('one too many');
    expect(pictures.take('first')).toEqual(expect.any(Number));
    expect(pictures.take('second')).toBeUndefined();
  });
}
