import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from './harness/browser.ts';
import { CROWD_QUESTIONS, Crowd, type Shown } from './harness/crowd.ts';

describe.skipIf(CHROMIUM === undefined)('two people with cameras, their browsers on the server’s machine', () => {
  let crowd: Crowd | undefined;

  beforeAll(async () => {
    crowd = await Crowd.open();
  });
  afterAll(() => crowd?.close());

  it('the face goes on moving while it speaks', { timeout: 180_000 }, async () => {
    const each: Shown[] = [];
    for (const question of CROWD_QUESTIONS) each.push(...(await crowd!.ask(question)));
    const told = each
      .map(one => `${one.perSecond.toFixed(1)} a second, gap ${one.longestGapS.toFixed(2)} s`)
      .join('; ');
    const rates = each.map(({ perSecond }) => perSecond).toSorted((a, b) => a - b);
    expect(rates[rates.length >> 1], told).toBeGreaterThan(8);
    expect(Math.max(...each.map(({ longestGapS }) => longestGapS)), told).toBeLessThan(3);
  });
});
