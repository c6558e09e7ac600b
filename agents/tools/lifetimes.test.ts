import { describe, expect, it } from 'vitest';
import { Cancelled } from '../base/cancellation.ts';
import { json, type ToolService } from '../testing/tool-service.ts';
import { serviceForEach } from '../testing/tool-turns.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { Deeds } from '../think/tools/deeds.ts';
import { Lookups } from '../think/tools/lookups.ts';

let service: ToolService;
const { order, booking, turn } = serviceForEach(each => {
  service = each;
});

describe('a tool without side effects', () => {
  it('may be called while the turn is speculation', async () => {
    expect(await turn([order()], { committed: new Promise(() => {}) }).run(['order', { id: '1' }])).toEqual([
      '{"ok":true}',
    ]);
  });

  it('ends with its turn, and hangs up', async () => {
    service.answer = () => {};
    const { run, abort, outcomes, clock } = turn([order()]);
    const told = run(['order', { id: '1' }], ['order', { id: '2' }]);
    await service.until(() => service.calls.length === 2);
    abort();
    await expect(told).rejects.toThrow('called off');
    await service.until(() => service.hungUp === 2);
    expect(outcomes).toEqual(['order: cancelled', 'order: cancelled']);
    expect(clock.pending).toBe(0);
    await expect(run(['order', { id: '3' }])).rejects.toThrow('called off');
  });
});

describe('a tool with side effects', () => {
  /** Whatever was sent before has arrived: a call that was begun later was answered. */
  const arrived = () => turn([order()]).run(['order', { id: 'later' }]);
  const done = () => service.calls.filter(({ method }) => method === 'POST').length;

  it('[T5] is not called while the turn is speculation, and once it is certain is', async () => {
    const commitment = Promise.withResolvers<void>();
    const { run, clock } = turn([booking()], { committed: commitment.promise });
    const told = run(['book', { at: 'noon' }]);
    // Its time does not run either.
    await clock.advance(60_000);
    await arrived();
    expect(done()).toBe(0);
    commitment.resolve();
    expect(await told).toEqual(['{"ok":true}']);
    expect(done()).toBe(1);
  });

  it('[T5] is never called for a turn that is thrown away', async () => {
    const commitment = Promise.withResolvers<void>();
    const { run, abort, outcomes, deeds } = turn([booking()], { committed: commitment.promise });
    const told = run(['book', { at: 'noon' }]);
    abort();
    await expect(told).rejects.toThrow('called off');
    commitment.resolve();
    await arrived();
    expect(done()).toBe(0);
    expect(outcomes).toEqual(['book: cancelled']);
    expect(deeds.told()).toBeUndefined();
  });

  it('runs to its end when its turn is called off, and the next turn is told', async () => {
    let respond = () => {};
    service.answer = response => {
      respond = () => json(response, { table: 4 });
    };
    const { run, abort, outcomes, deeds } = turn([booking()]);
    const told = run(['book', { at: 'noon' }]);
    await service.until(() => service.calls.length === 1);
    abort();
    await expect(told).rejects.toThrow('called off');
    expect(deeds.told()).toContain('book {"at":"noon"}: is still under way');
    respond();
    await expect.poll(() => outcomes).toEqual(['book: ok']);
    expect(service.hungUp).toBe(0);
    expect(deeds.told()).toContain('book {"at":"noon"}: {"table":4}');
  });

  it('is not begun again while the same is under way: both turns have the one answer', async () => {
    let respond = () => {};
    service.answer = response => {
      respond = () => json(response, { table: 4 });
    };
    const deeds = new Deeds();
    const first = turn([booking()], { deeds });
    const second = turn([booking()], { deeds });
    const lost = first.run(['book', { at: 'noon' }]);
    await service.until(() => service.calls.length === 1);
    first.abort();
    await expect(lost).rejects.toThrow();
    const told = second.run(['book', { at: 'noon' }]);
    await second.clock.advance(100);
    respond();
    expect(await told).toEqual(['{"table":4}']);
    expect(service.calls).toHaveLength(1);
  });
});

describe('closing the host', () => {
  it('[C1] ends what may be ended, waits for what has side effects, and leaves nothing', async () => {
    service.answer = () => {};
    const { run, toolbox, clock, outcomes } = turn([order(), booking({ timeoutMs: 2000 })]);
    const reading = run(['order', { id: '1' }]);
    const booked = run(['book', { at: 'noon' }]);
    reading.catch(() => {});
    booked.catch(() => {});
    await service.until(() => service.calls.length === 2);
    let closed = false;
    const closing = toolbox.close().then(() => {
      closed = true;
    });
    await expect(reading).rejects.toThrow('closing');
    await clock.advance(1999);
    expect([closed, outcomes]).toEqual([false, ['order: cancelled']]);
    await clock.advance(1);
    await closing;
    expect(outcomes).toEqual(['order: cancelled', 'book: timeout']);
    expect(clock.pending).toBe(0);
    await service.until(() => service.hungUp === 2);
    expect(await service.connections).toBe(0);
    await expect(run(['order', { id: '2' }])).rejects.toThrow('closing');
    await toolbox.close();
  });

  it('[C1] no connection is kept after a call', async () => {
    await turn([order()]).run(['order', { id: '1' }]);
    await expect.poll(() => service.connections).toBe(0);
  });
});

describe('a call whose turn is given up because somebody spoke', () => {
  /** The same service, in turns of one conversation. */
  function talk(over: { tools?: object[] } = {}) {
    let found = 0;
    const clock = new VirtualClock();
    const lookups = new Lookups(clock, { found: () => found++, isHere: () => true });
    const tools = over.tools ?? [order(), booking()];
    const begin = (committed?: Promise<void>) => turn(tools, { lookups, clock, ...(committed && { committed }) });
    return { lookups, clock, begin, found: () => found };
  }
  const spoken = new Cancelled('interrupted', { stillWanted: true });
  const held = () => {
    let respond = (_value: unknown) => {};
    service.answer = response => {
      respond = value => json(response, value);
    };
    return (value: unknown) => respond(value);
  };

  it('goes on, and what it finds is kept to be told', async () => {
    const respond = held();
    const { lookups, begin, found } = talk();
    const first = begin();
    const told = first.run(['order', { id: '7' }]);
    await service.until(() => service.calls.length === 1);
    first.abort(spoken);
    await expect(told).rejects.toBe(spoken);
    respond({ state: 'sent' });
    await expect.poll(found).toBe(1);
    expect(service.hungUp).toBe(0);
    expect(lookups.take()).toEqual([{ what: 'order {"id":"7"}', asker: 'ann', outcome: '{"state":"sent"}' }]);
  });

  it('with side effects has its outcome told as well', async () => {
    const respond = held();
    const { lookups, begin, found } = talk();
    const first = begin();
    const told = first.run(['book', { at: 'noon' }]);
    await service.until(() => service.calls.length === 1);
    first.abort(spoken);
    await expect(told).rejects.toBe(spoken);
    respond({ table: 4 });
    await expect.poll(found).toBe(1);
    expect(lookups.take()).toMatchObject([{ what: 'book {"at":"noon"}', outcome: '{"table":4}' }]);
  });

  it('[T5] is called off where the turn was speculation, or is begun anew for more words', async () => {
    held();
    const { lookups, begin } = talk();
    for (const reason of [new Cancelled('newer words'), new Cancelled('interrupted')]) {
      const first = begin(new Promise(() => {}));
      const told = first.run(['order', { id: '7' }]);
      const before = service.hungUp;
      await service.until(() => service.calls.length === before + 1);
      first.abort(reason);
      await expect(told).rejects.toBe(reason);
      await service.until(() => service.hungUp === before + 1);
    }
    expect(lookups.told()).toBeUndefined();
  });

  it('is called off where there are too many', async () => {
    held();
    const { begin } = talk();
    const first = begin();
    const told = Promise.allSettled(['1', '2', '3', '4'].map(id => first.run(['order', { id }])));
    await service.until(() => service.calls.length === 4);
    first.abort(spoken);
    await told;
    await service.until(() => service.hungUp === 1);
  });

  it('is not made again: who asks for the same is told in a moment that it is under way', async () => {
    held();
    const { clock, begin } = talk();
    const first = begin();
    const told = first.run(['order', { id: '7' }]);
    await service.until(() => service.calls.length === 1);
    first.abort(spoken);
    await expect(told).rejects.toBe(spoken);
    const again = begin().run(['order', { id: '7' }]);
    await clock.advance(1500);
    expect(await again).toEqual([expect.stringContaining('under way already')]);
    expect(service.calls).toHaveLength(1);
  });

  it('[T5] is told with the next answer where it comes in time, and is then told no more, once that is certain', async () => {
    const respond = held();
    const { clock, lookups, begin } = talk();
    const first = begin();
    const told = first.run(['order', { id: '7' }]);
    await service.until(() => service.calls.length === 1);
    first.abort(spoken);
    await expect(told).rejects.toBe(spoken);
    const commitment = Promise.withResolvers<void>();
    const again = begin(commitment.promise).run(['order', { id: '7' }]);
    respond({ state: 'sent' });
    expect(await again).toEqual(['{"state":"sent"}']);
    expect(lookups.hasFound).toBe(true);
    commitment.resolve();
    await clock.advance(0);
    expect(lookups.hasFound).toBe(false);
    expect(clock.pending).toBe(0);
  });
});
