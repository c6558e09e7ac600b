import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cancelled, unlessAborted, untilAborted } from './cancellation.ts';

let controller: AbortController;
const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);
beforeEach(() => {
  controller = new AbortController();
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(async () => {
  await new Promise(resolve => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

const stop = new Cancelled('the person spoke');
const abort = () => controller.abort(stop);

/** A vendor that can be told when to speak, and that may ignore every signal. */
class Vendor implements AsyncIterable<number> {
  asked = 0;
  returned = 0;
  #pending: PromiseWithResolvers<IteratorResult<number>> | undefined;
  [Symbol.asyncIterator](): AsyncIterator<number> {
    return {
      next: () => {
        this.asked += 1;
        this.#pending = Promise.withResolvers();
        return this.#pending.promise;
      },
      return: () => {
        this.returned += 1;
        return new Promise(() => {});
      },
    };
  }
  say(value: number): void {
    this.#pending?.resolve({ done: false, value });
  }
  end(): void {
    this.#pending?.resolve({ done: true, value: undefined });
  }
  fail(error: Error): void {
    this.#pending?.reject(error);
  }
}

async function collect(source: AsyncIterable<number>, into: number[] = []): Promise<number[]> {
  for await (const value of untilAborted(source, controller.signal)) into.push(value);
  return into;
}
const turn = () => new Promise<void>(resolve => setImmediate(resolve));

describe('[T6] a stream that can be stopped', () => {
  it('passes everything on, and leaves the source to end by itself', async () => {
    const vendor = new Vendor();
    const all = collect(vendor);
    for (const value of [1, 2, 3]) {
      await turn();
      vendor.say(value);
    }
    await turn();
    vendor.end();
    expect(await all).toEqual([1, 2, 3]);
    expect(vendor.returned).toBe(0);
  });

  it('ends with the reason at once, though the vendor answers nothing ever again', async () => {
    const vendor = new Vendor();
    const got: number[] = [];
    const all = collect(vendor, got);
    await turn();
    vendor.say(1);
    await turn();
    abort();
    await expect(all).rejects.toBe(stop);
    expect(got).toEqual([1]);
    expect(vendor.returned).toBe(1);
  });

  it('lets nothing through that came in the same instant', async () => {
    const vendor = new Vendor();
    const got: number[] = [];
    const all = collect(vendor, got);
    await turn();
    vendor.say(1);
    abort();
    await expect(all).rejects.toBe(stop);
    expect(got).toEqual([]);
  });

  it('asks for nothing when it was stopped before it began', async () => {
    const vendor = new Vendor();
    abort();
    await expect(collect(vendor)).rejects.toBe(stop);
    expect(vendor.asked).toBe(0);
  });

  it('asks for no more when it was stopped while its last value was being used', async () => {
    const vendor = new Vendor();
    const all = (async () => {
      for await (const _ of untilAborted(vendor, controller.signal)) abort();
    })();
    await turn();
    vendor.say(1);
    await expect(all).rejects.toBe(stop);
    expect(vendor.asked).toBe(1);
  });

  it('swallows what the vendor complains about afterwards', async () => {
    const vendor = new Vendor();
    const all = collect(vendor);
    await turn();
    abort();
    await expect(all).rejects.toBe(stop);
    vendor.fail(new Error('connection reset'));
    await turn();
  });

  it('passes the vendor’s own failure on', async () => {
    const vendor = new Vendor();
    const all = collect(vendor);
    await turn();
    vendor.fail(new Error('quota'));
    await expect(all).rejects.toThrow('quota');
  });

  it('asks the source to clean up when its reader has had enough', async () => {
    const vendor = new Vendor();
    const all = (async () => {
      for await (const _ of untilAborted(vendor, controller.signal)) break;
    })();
    await turn();
    vendor.say(1);
    await all;
    expect(vendor.returned).toBe(1);
  });

  it('leaves no listener on the signal', async () => {
    const { signal } = controller;
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    async function* three() {
      yield* [1, 2, 3];
    }
    expect(await collect(three())).toEqual([1, 2, 3]);
    await unlessAborted(Promise.resolve(1), signal);
    expect(listeners).toBe(0);
  });
});

describe('[T6] work that can be stopped', () => {
  it('gives its value', async () => {
    expect(await unlessAborted(Promise.resolve(5), controller.signal)).toBe(5);
  });

  it('is not waited for when the signal fires', async () => {
    const work = Promise.withResolvers<number>();
    const waiting = unlessAborted(work.promise, controller.signal);
    abort();
    await expect(waiting).rejects.toBe(stop);
    work.reject(new Error('too late'));
  });

  it('may fail unseen when the signal had fired before', async () => {
    abort();
    await expect(unlessAborted(Promise.reject(new Error('too late')), controller.signal)).rejects.toBe(stop);
  });

  it('passes its own failure on', async () => {
    await expect(unlessAborted(Promise.reject(new Error('quota')), controller.signal)).rejects.toThrow('quota');
  });
});
