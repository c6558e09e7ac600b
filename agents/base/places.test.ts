import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { ProviderError } from './errors.ts';
import { type Claim, type Place, Places, RANKS, type Rank } from './places.ts';

let clock: VirtualClock;
beforeEach(() => {
  clock = new VirtualClock();
});
afterEach(() => expect(clock.pending).toBe(0));

const queue = (places: number) => {
  const order: string[] = [];
  const waited: [Rank, number][] = [];
  const made = new Places({ places, clock, waited: (rank, ms) => waited.push([rank, ms]) });
  const take = (name: string, over: Partial<Claim> = {}): Place & { refused: Promise<unknown> } => {
    const signal = new AbortController().signal;
    const place = made.take({ rank: 'certain', who: name, waitMs: 60_000, signal, ...over });
    const refused = place.taken.then(
      () => void order.push(name),
      (error: unknown) => error,
    );
    return { ...place, refused };
  };
  const entered = async () => {
    await clock.advance(0);
    return [...order];
  };
  return { places: made, take, entered, waited };
};

describe('a queue before a bounded model', () => {
  it('lets in who has spoken before who may have, and both before notes', async () => {
    const { take, entered } = queue(1);
    const first = take('first');
    const all = [take('notes', { rank: 'notes' }), take('maybe', { rank: 'maybe' }), take('certain')];
    for (const place of [first, all[2]!, all[1]!, all[0]!]) {
      await entered();
      place.free();
    }
    expect(await entered()).toEqual(['first', 'certain', 'maybe', 'notes']);
  });

  it('moves up who waits, once it is certain that they have spoken', async () => {
    const { take, entered } = queue(1);
    const first = take('first');
    const [early, speaks] = [take('early', { rank: 'maybe' }), take('speaks', { rank: 'maybe' })];
    speaks.raise('certain');
    speaks.raise('notes');
    first.free();
    expect(await entered()).toEqual(['first', 'speaks']);
    speaks.free();
    early.free();
    expect(await entered()).toEqual(['first', 'speaks', 'early']);
  });

  it('gives nobody more than two places; among equals, who has fewest goes first', async () => {
    const { take, entered } = queue(3);
    const ann = [1, 2, 3].map(n => take(`ann ${n}`, { who: 'ann' }));
    expect(await entered()).toEqual(['ann 1', 'ann 2']);
    const bob = [1, 2].map(n => take(`bob ${n}`, { who: 'bob' }));
    expect(await entered()).toEqual(['ann 1', 'ann 2', 'bob 1']);
    ann[0]!.free();
    expect((await entered()).at(-1)).toBe('ann 3');
    ann[1]!.free();
    expect((await entered()).at(-1)).toBe('bob 2');
    for (const place of [...ann, ...bob]) place.free();
  });

  it('keeps the last place free of notes, where there are several', async () => {
    const { take, entered } = queue(2);
    const notes = [take('a', { rank: 'notes' }), take('b', { rank: 'notes' })];
    expect(await entered()).toEqual(['a']);
    const speaks = take('speaks');
    expect(await entered()).toEqual(['a', 'speaks']);
    for (const place of [...notes, speaks]) place.free();
  });

  it('[T6] is left at once by who is called off, waiting or not, and the next one enters', async () => {
    const { take, entered, places } = queue(1);
    const [has, waits] = [new AbortController(), new AbortController()];
    take('has', { signal: has.signal });
    const waiting = take('waits', { signal: waits.signal });
    const next = take('next');
    waits.abort('called off');
    expect(await waiting.refused).toBe('called off');
    has.abort();
    expect(await entered()).toEqual(['has', 'next']);
    expect(await take('late', { signal: AbortSignal.abort('too late') }).refused).toBe('too late');
    next.free();
    next.free();
    expect(places.waiting('certain')).toBe(0);
  });

  it('is waited in no longer than it is said; how long is told', async () => {
    const { take, waited, entered } = queue(1);
    const first = take('first');
    const [second, late] = [take('second', { rank: 'maybe' }), take('late', { waitMs: 3000, rank: 'notes' })];
    await clock.advance(3000);
    const error = await late.refused;
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ category: 'quota', retryable: true });
    first.free();
    await entered();
    second.free();
    expect(waited).toEqual([
      ['certain', 0],
      ['maybe', 3000],
    ]);
  });

  it('[C2] holds so many and no more: who wants it least goes', async () => {
    const { take, places } = queue(1);
    const all = Array.from({ length: 9 }, (_, n) => take(`notes ${n}`, { rank: 'notes' }));
    expect(places.waiting('notes')).toBe(8);
    const speaks = take('speaks');
    expect(await all.at(-1)!.refused).toMatchObject({ category: 'quota' });
    expect(places.waiting('certain')).toBe(1);
    const more = take('one more', { rank: 'notes' });
    expect(await more.refused).toMatchObject({ category: 'quota' });
    for (const place of [...all, speaks]) place.free();
  });
});

describe('whoever comes, whenever they come and go', () => {
  interface Comer {
    atMs: number;
    who: number;
    rank: Rank;
    forMs: number;
    /** Called off so long after they came. */
    goesMs: number | undefined;
    waitMs: number;
  }
  const comers = fc.array(
    fc.record({
      atMs: fc.integer({ min: 0, max: 500 }),
      who: fc.integer({ min: 0, max: 3 }),
      rank: fc.constantFrom(...RANKS),
      forMs: fc.integer({ min: 1, max: 200 }),
      goesMs: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
      waitMs: fc.integer({ min: 1, max: 1000 }),
    }),
    { maxLength: 40 },
  ) as fc.Arbitrary<Comer[]>;

  it('no more are in than there are places, nobody goes before who is wanted more, and all come to an end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), comers, async (size, coming) => {
        clock = new VirtualClock();
        const places = new Places({ places: size, clock });
        const inside: Comer[] = [];
        const waiting: Comer[] = [];
        const leave = (list: Comer[], comer: Comer) => {
          if (list.includes(comer)) list.splice(list.indexOf(comer), 1);
        };
        const of = ({ who }: Comer) => inside.filter(each => each.who === who).length;
        let ended = 0;
        for (const comer of coming)
          clock.after(comer.atMs, () => {
            const stop = new AbortController();
            waiting.push(comer);
            const place = places.take({ ...comer, signal: stop.signal });
            if (comer.goesMs !== undefined) clock.after(comer.goesMs, () => stop.abort('called off'));
            const over = () => {
              leave(inside, comer);
              leave(waiting, comer);
            };
            stop.signal.addEventListener('abort', over);
            place.taken.then(
              () => {
                if (stop.signal.aborted) return ended++;
                leave(waiting, comer);
                const passed = waiting.filter(
                  each => RANKS.indexOf(each.rank) < RANKS.indexOf(comer.rank) && of(each) < Math.min(2, size),
                );
                expect(passed).toEqual([]);
                inside.push(comer);
                expect(inside.length).toBeLessThanOrEqual(size);
                expect(of(comer)).toBeLessThanOrEqual(2);
                clock.after(comer.forMs, () => {
                  ended++;
                  over();
                  place.free();
                });
                return ended;
              },
              () => {
                ended++;
                over();
              },
            );
          });
        await clock.advance(100_000);
        expect(ended).toBe(coming.length);
        expect([inside, waiting]).toEqual([[], []]);
        for (const rank of RANKS) expect(places.waiting(rank)).toBe(0);
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
