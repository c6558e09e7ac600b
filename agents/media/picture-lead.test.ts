import { beforeEach, describe, expect, it } from 'vitest';
import { LEAD_TICKS, PictureLead } from './picture-lead.ts';

const PICTURE_TICKS = 2;
let lead: PictureLead;
let tick: number;
beforeEach(() => {
  [lead, tick] = [new PictureLead(), 0];
});

/** Pictures at 25 a second, each made in so many ticks. */
function run(seconds: number, takes: () => number): void {
  for (const end = tick + seconds * 50; tick < end; tick += PICTURE_TICKS)
    lead.made(tick, lead.ticks - 1 - Math.ceil(takes()));
}

describe('how long before it is due a picture is asked for', () => {
  it('is 60 ms where pictures are made in time, also when that takes nearly all of it', () => {
    run(60, () => 0.3);
    run(60, () => 2);
    expect(lead.ticks).toBe(LEAD_TICKS);
  });

  it('grows within half a second where they are late, to 100 ms at most', () => {
    run(0.5, () => 4);
    expect(lead.ticks).toBe(5);
    run(60, () => 40);
    expect(lead.ticks).toBe(5);
  });

  it('grows for one burst of work by one step only', () => {
    let n = 0;
    run(0.2, () => (n++ < 3 ? 9 : 0.3));
    expect(lead.ticks).toBe(LEAD_TICKS + 1);
  });

  it('shrinks again step by step when pictures have come early for ten seconds', () => {
    run(1, () => 9);
    run(9, () => 0.3);
    expect(lead.ticks).toBe(5);
    run(3, () => 0.3);
    expect(lead.ticks).toBe(4);
    run(10, () => 0.3);
    expect(lead.ticks).toBe(3);
    run(60, () => 0.3);
    expect(lead.ticks).toBe(3);
  });

  it('does not shrink while a shorter one would hardly do', () => {
    run(1, () => 9);
    run(60, () => 3);
    expect(lead.ticks).toBe(5);
  });
});
