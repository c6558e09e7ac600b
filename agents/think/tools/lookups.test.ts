import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { Lookups } from './lookups.ts';

/** Lookups of one conversation, and how often it was told that there is something to tell. */
function scene() {
  const clock = new VirtualClock();
  let found = 0;
  const lookups = new Lookups(clock, { found: () => found++, isHere: who => who !== 'carl' });
  const ended: string[] = [];
  const leave = (what: string, asker = 'ann') => {
    const outcome = Promise.withResolvers<string>();
    const left = lookups.leave({
      what,
      asker,
      outcome: outcome.promise,
      abort: reason => {
        ended.push(what);
        outcome.reject(reason);
      },
    });
    return { left, come: outcome.resolve, fail: outcome.reject };
  };
  return { clock, lookups, leave, ended, found: () => found };
}

describe('what is looked up while talk goes on', () => {
  it('is told of while it is under way, and taken once when it has come', async () => {
    const { clock, lookups, leave, found } = scene();
    expect(lookups.told()).toBeUndefined();
    const { come } = leave('order {"id":"7"}');
    expect(lookups.told()).toMatch(/\n- order \{"id":"7"\}$/);
    expect([lookups.hasFound, lookups.take()]).toEqual([false, undefined]);
    come('{"state":"sent"}');
    await clock.advance(0);
    expect([lookups.hasFound, found()]).toEqual([true, 1]);
    expect(lookups.take()).toEqual([{ what: 'order {"id":"7"}', asker: 'ann', outcome: '{"state":"sent"}' }]);
    expect([lookups.hasFound, lookups.take(), lookups.told()]).toEqual([false, undefined, undefined]);
  });

  it('is told to one person at a time', async () => {
    const { clock, lookups, leave } = scene();
    for (const [what, asker] of [
      ['a', 'ann'],
      ['b', 'bob'],
      ['c', 'ann'],
    ])
      leave(what!, asker).come(what!);
    await clock.advance(0);
    expect(lookups.take()?.map(({ what }) => what)).toEqual(['a', 'c']);
    expect(lookups.take()?.map(({ what }) => what)).toEqual(['b']);
  });

  it('is told again where it was not heard', async () => {
    const { clock, lookups, leave, found } = scene();
    leave('a').come('x');
    await clock.advance(0);
    lookups.giveBack(lookups.take()!);
    expect(found()).toBe(2);
    expect(lookups.take()).toEqual([{ what: 'a', asker: 'ann', outcome: 'x' }]);
  });

  it('is told once: with an answer, where the same is asked for again', async () => {
    const { clock, lookups, leave } = scene();
    leave('a').come('x');
    await clock.advance(0);
    const same = lookups.same('a')!;
    expect(await same.outcome).toBe('x');
    expect(lookups.hasFound).toBe(true);
    same.claim();
    expect([lookups.hasFound, lookups.same('a')]).toEqual([false, undefined]);
  });

  it('[C2] is bounded, in number, in length, and in how long it is fresh', async () => {
    const { clock, lookups, leave } = scene();
    const all = ['a', 'b', 'c', 'd'].map(what => leave(what));
    expect(all.map(({ left }) => left)).toEqual([true, true, true, false]);
    expect(leave('e', 'carl').left).toBe(false);
    all[0]!.come('x'.repeat(100_000));
    await clock.advance(0);
    expect(lookups.take()![0].outcome.length).toBeLessThan(5000);
    all[1]!.come('y');
    await clock.advance(0);
    await clock.advance(120_001);
    expect(lookups.hasFound).toBe(false);
    expect(lookups.told()).toMatch(/\n- c$/);
  });

  it('is nothing any more where it fails for reasons of ours', async () => {
    const { clock, lookups, leave, found } = scene();
    leave('a').fail(new Error('broken'));
    await clock.advance(0);
    expect([lookups.told(), found()]).toEqual([undefined, 0]);
  });

  it('is called off when it is of no use any more: all of it, or what one person asked for', async () => {
    const { clock, lookups, leave, ended, found } = scene();
    for (const [what, asker] of [
      ['a', 'ann'],
      ['b', 'bob'],
    ])
      leave(what!, asker);
    lookups.clear('ann');
    expect(ended).toEqual(['a']);
    lookups.clear();
    expect(ended).toEqual(['a', 'b']);
    await clock.advance(0);
    expect([lookups.told(), found()]).toEqual([undefined, 0]);
  });
});
