import { describe, expect, it } from 'vitest';
import { Deeds } from './deeds.ts';

describe('what tools with side effects did', () => {
  it('is nothing to begin with', () => expect(new Deeds().told()).toBeUndefined());

  it('is told oldest first, what is under way included', async () => {
    const deeds = new Deeds();
    await deeds.once('book', { at: 'noon' }, async () => 'Table 4');
    void deeds.once('pay', {}, () => new Promise(() => {}));
    expect(deeds.told()?.split('\n').slice(1)).toEqual([
      '- book {"at":"noon"}: Table 4',
      '- pay {}: is still under way',
    ]);
  });

  it('may be done again once it is over, and with other arguments at once', async () => {
    const deeds = new Deeds();
    let times = 0;
    const act = async () => `${++times}`;
    const first = deeds.once('book', { at: 'noon' }, act);
    expect(
      await Promise.all([first, deeds.once('book', { at: 'noon' }, act), deeds.once('book', { at: 'one' }, act)]),
    ).toEqual(['1', '1', '2']);
    expect(await deeds.once('book', { at: 'noon' }, act)).toBe('3');
  });

  it('[C2] is bounded, in number and in length', async () => {
    const deeds = new Deeds();
    for (let i = 0; i < 30; i++)
      await deeds.once('book', { at: `${i}`, why: 'x'.repeat(9999) }, async () => 'y'.repeat(9999));
    const told = deeds.told()!;
    expect(told.match(/^- book/gm)).toHaveLength(8);
    expect(told).toContain('"at":"29"');
    expect(told.length).toBeLessThan(6000);
  });
});
