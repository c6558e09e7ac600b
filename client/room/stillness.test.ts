import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EVERY_MS, PROBE_MS, Stillness } from './stillness.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
let stillness: Stillness;
afterEach(() => {
  stillness.close();
  vi.useRealTimers();
});

/** A page to which packets come, and a server that answers, until the test says otherwise. */
function open({ comes = true } = {}) {
  const page = { comes, answers: true, told: [] as [what: string, atMs: number][], skew: 0, probes: 0 };
  let packets = 0;
  const nowMs = () => performance.now() + page.skew;
  const startMs = nowMs();
  const tell = (what: string) => page.told.push([what, nowMs() - startMs]);
  stillness = new Stillness({
    stamp: () => {
      if (page.comes) packets++;
      return packets === 0 ? undefined : packets;
    },
    probe: async () => {
      page.probes++;
      await new Promise(resolve => setTimeout(resolve, page.answers ? 20 : PROBE_MS));
      return page.answers;
    },
    lost: isLost => tell(isLost ? 'lost' : 'back'),
    busy: isBusy => tell(isBusy ? 'busy' : 'at ease'),
    nowMs,
  });
  return page;
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a page to which nothing comes any more', () => {
  it('tells within 1.3 s that the network is lost, and at once that it is back', async () => {
    const page = open();
    await pass(2000);
    expect(page.told).toEqual([]);
    Object.assign(page, { comes: false, answers: false });
    await pass(3000);
    expect(page.told.map(([what]) => what)).toEqual(['lost']);
    expect(page.told[0]![1] - 2000).toBeLessThanOrEqual(1300);
    page.comes = true;
    await pass(EVERY_MS);
    expect(page.told.at(-1)![0]).toBe('back');
  });

  it('tells nothing where the server answers: the avatar itself stands still', async () => {
    const page = open();
    await pass(1000);
    page.comes = false;
    await pass(6000);
    expect(page.told).toEqual([]);
    // And does not ask all the time.
    expect(page.probes).toBeLessThanOrEqual(4);
  });

  it('asks at once where the browser says that the network has gone', async () => {
    const page = open();
    await pass(1000);
    Object.assign(page, { comes: false, answers: false });
    stillness.suspect();
    await pass(PROBE_MS + 10);
    expect(page.told.map(([what]) => what)).toEqual(['lost']);
  });

  it('knows nothing where nothing always comes', async () => {
    const page = open({ comes: false });
    page.answers = false;
    await pass(5000);
    expect(page.told).toEqual([]);
  });
});

describe('a page that is not given the processor', () => {
  it('takes what did not come meanwhile for no sign, and says that the computer is busy', async () => {
    const page = open();
    await pass(1000);
    page.comes = false;
    for (let i = 0; i < 4; i++) {
      page.skew += 900;
      await pass(EVERY_MS);
    }
    expect(page.told.map(([what]) => what)).toEqual(['busy']);
    page.comes = true;
    await pass(9000);
    expect(page.told.map(([what]) => what)).toEqual(['busy', 'at ease']);
  });
});
