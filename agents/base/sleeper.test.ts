import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { ProviderError } from './errors.ts';
import { Sleeper } from './sleeper.ts';

const never = new AbortController().signal;
const late = new ProviderError('network', 'no answer in time', { retryable: true });
let clock: VirtualClock;

/** An endpoint that takes so long to wake up. */
function endpoint(wakesAfterMs: number) {
  clock = new VirtualClock();
  const woken: AbortSignal[] = [];
  const sleeper = new Sleeper({
    clock,
    coldStartMs: 60_000,
    patienceMs: 4000,
    wake: signal => {
      woken.push(signal);
      return new Promise((resolve, reject) => {
        const cancel = clock.after(wakesAfterMs, resolve);
        signal.addEventListener('abort', () => {
          cancel();
          reject(signal.reason);
        });
      });
    },
  });
  const ready = async (signal = never) =>
    sleeper.ready(signal).then(
      () => 'asked',
      (error: unknown) => (error instanceof ProviderError ? error.category : String(error)),
    );
  return { sleeper, woken, ready };
}
afterEach(() => expect(clock.pending).toBe(0));

describe('an endpoint that sleeps', () => {
  it('is woken once when a conversation begins, and asked as soon as it is awake', async () => {
    const { sleeper, woken, ready } = endpoint(3000);
    sleeper.rouse();
    sleeper.rouse();
    const asked = ready();
    await clock.advance(3000);
    expect(await asked).toBe('asked');
    expect(woken).toHaveLength(1);
    sleeper.rouse();
    expect(woken).toHaveLength(1);
  });

  it('is waited for no longer than another, counted from when it was woken: later ones do not wait at all', async () => {
    const { sleeper, ready } = endpoint(45_000);
    sleeper.rouse();
    await clock.advance(1000);
    const first = ready();
    await clock.advance(3000);
    expect(await first).toBe('asleep');
    expect(await ready()).toBe('asleep');
    await clock.advance(41_000);
    expect(await ready()).toBe('asked');
  });

  it('whose silence is found by a question was asleep, and is woken; it is no failure of its', async () => {
    const { sleeper, woken, ready } = endpoint(45_000);
    expect(await ready()).toBe('asked');
    expect(sleeper.failed(late)).toMatchObject({ category: 'asleep', retryable: true });
    expect(woken).toHaveLength(1);
    await clock.advance(45_000);
    expect(await ready()).toBe('asked');
  });

  it('that has just answered is not asleep: its silence is a failure, until it has been quiet for a minute', async () => {
    const { sleeper } = endpoint(1000);
    sleeper.answered();
    await clock.advance(59_000);
    expect(sleeper.failed(late)).toBe(late);
    await clock.advance(2000);
    expect(sleeper.failed(late).category).toBe('asleep');
    await clock.advance(1000);
  });

  it('that cannot be woken fails as any other, and is tried again', async () => {
    const { sleeper, woken, ready } = endpoint(1_000_000);
    sleeper.rouse();
    await clock.advance(60_000);
    expect(woken[0]!.aborted).toBe(true);
    expect(await ready()).toBe('asked');
    expect(sleeper.failed(late)).toBe(late);
    sleeper.answered();
    await clock.advance(61_000);
    expect(sleeper.failed(late).category).toBe('asleep');
    sleeper.close();
    await clock.advance(0);
  });

  it('that refuses the key, or the question, is awake', () => {
    const { sleeper } = endpoint(1000);
    const refused = new ProviderError('auth', 'no', { retryable: false });
    expect(sleeper.failed(refused)).toBe(refused);
  });

  it('[T6] leaves who does not wait any more at once', async () => {
    const { sleeper, ready } = endpoint(3000);
    sleeper.rouse();
    const stop = new AbortController();
    const asked = ready(stop.signal);
    stop.abort('called off');
    expect(await asked).toBe('called off');
    sleeper.close();
    await clock.advance(0);
    sleeper.rouse();
  });
});
