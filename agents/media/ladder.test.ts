import { beforeEach, describe, expect, it } from 'vitest';
import { type FaceStep, RUNGS, type Rung } from '../line/port.ts';
import { Ladder } from './ladder.ts';

const FRAME_MS = 40;
let n = 0;
let ladder: Ladder;
let nowMs: number;
beforeEach(() => {
  ladder = new Ladder();
  nowMs = 0;
  // Settled.
  run(2400, calm);
  nowMs = 2400;
});

type Load = (rung: Rung) => { late?: boolean; costMs?: number | 'none'; tickLateMs?: number };

/** Time passes; on each rung the machine does as `load` says. */
function run(ms: number, load: Load): (FaceStep & { atMs: number })[] {
  const steps: (FaceStep & { atMs: number })[] = [];
  for (const end = nowMs + ms; nowMs < end; nowMs += FRAME_MS) {
    const { rung } = ladder;
    const { late = false, costMs = 5, tickLateMs = 1 } = load(rung);
    ladder.tick(nowMs, tickLateMs);
    const everyFrames = { full: 1, slow: 4, 'voice-only': 25 }[rung as string] ?? 2;
    if ((nowMs / FRAME_MS) % everyFrames === 0) ladder.picture(nowMs, late, costMs === 'none' ? undefined : costMs);
    const step = nowMs % 200 === 0 ? ladder.decide(nowMs) : undefined;
    if (step) steps.push({ ...step, atMs: nowMs });
  }
  return steps;
}
const calm: Load = () => ({});
const overloaded: Load = () => ({ late: true, costMs: 70 });
const starved: Load = () => ({ late: true, costMs: 'none' });
/** The machine can carry this rung and all below it. */
const carries =
  (best: Rung): Load =>
  rung =>
    RUNGS.indexOf(rung) >= RUNGS.indexOf(best) ? { costMs: 9 } : { late: true, costMs: 60 };

describe('the ladder of a face', () => {
  it('stays at the top while pictures are in time, also with a late one now and then', () => {
    n = 0;
    expect(run(60_000, () => ({ late: n++ % 12 === 0 }))).toEqual([]);
    expect(ladder.rung).toBe('full');
  });

  it('takes the first step within a second of overload, and in four those that keep mouth and eyes alive', () => {
    run(5000, calm);
    const beganMs = nowMs;
    const steps = run(10_000, overloaded);
    expect(steps.map(({ rung }) => rung)).toEqual(['half-rate', 'half-size', 'still', 'slow']);
    expect(steps[0]!.atMs - beganMs).toBeLessThanOrEqual(1000);
    expect(steps.at(-1)!.atMs - beganMs).toBeLessThanOrEqual(4000);
    expect(steps[0]!.reason).toMatch(/\d+ of \d+ pictures late/);
  });

  it('leaves the voice alone only where not one picture can be made', () => {
    run(5000, calm);
    const steps = run(8000, starved);
    expect(steps.map(({ rung }) => rung)).toEqual(RUNGS.slice(1));
    expect(steps.at(-1)!.reason).toMatch(/none of \d+ pictures could be made/);
  });

  it('takes no picture away for a late clock alone: fewer are made, and smaller ones where people would hear it', () => {
    expect(run(10_000, () => ({ tickLateMs: n++ % 8 === 0 ? 30 : 1 })).map(({ rung }) => rung)).toEqual(['half-rate']);
    const steps = run(10_000, () => ({ tickLateMs: 40 }));
    expect(steps.at(-1)!.rung).toBe('slow');
    expect(steps[0]!.reason).toMatch(/voice's clock was \d+ ms late/);
  });

  it('does not take the first seconds of a conversation for a load', () => {
    ladder = new Ladder();
    expect(run(2000, overloaded)).toEqual([]);
    expect(run(1200, overloaded)[0]).toMatchObject({ direction: 'down' });
  });

  it('does not mind one long stall', () => {
    n = 0;
    expect(run(5000, () => ({ tickLateMs: n++ === 20 ? 400 : 1 }))).toEqual([]);
  });

  it('steps down before pictures are late, when they nearly are', () => {
    expect(run(1200, () => ({ costMs: 36 }))[0]).toMatchObject({ rung: 'half-rate', direction: 'down' });
  });

  it('stops where the machine can carry it', () => {
    run(3000, carries('half-size'));
    expect(ladder.rung).toBe('half-size');
  });

  it('comes back step by step, within five seconds of the end of the load', () => {
    run(8000, starved);
    const endedMs = nowMs;
    const steps = run(20_000, calm);
    expect(steps.map(({ rung }) => rung)).toEqual([...RUNGS].reverse().slice(1));
    expect(steps.at(-1)!.atMs - endedMs).toBeLessThanOrEqual(6000);
  });

  it('does not flap: a step up that failed is tried again only after twice the time', () => {
    const steps = run(120_000, carries('half-rate'));
    const ups = steps.filter(({ direction }) => direction === 'up').map(({ atMs }) => atMs);
    const waits = ups.slice(1).map((atMs, i) => atMs - ups[i]!);
    expect(ups.length).toBeLessThan(8);
    waits.slice(1).forEach((wait, i) => {
      expect(wait).toBeGreaterThan(waits[i]! * 1.5);
    });
  });

  it('forgets failed attempts when a rung has proved right', () => {
    run(30_000, carries('half-rate'));
    run(70_000, calm);
    expect(ladder.rung).toBe('full');
    const [down] = run(1000, overloaded);
    expect(down!.rung).toBe('half-rate');
    const [up] = run(5000, calm);
    expect(up!.atMs - down!.atMs).toBeLessThan(3000);
  });

  it('does not wait for a rung that failed, once pictures are as cheap again as they were before the load', () => {
    run(60_000, carries('half-rate'));
    expect(ladder.rung).toBe('half-rate');
    run(2000, calm);
    expect(ladder.rung).toBe('full');
  });

  it('does not try the full size while small pictures take so long that large ones would be late', () => {
    run(2400, rung => (rung === 'half-size' ? { costMs: 14 } : overloaded(rung)));
    expect(ladder.rung).toBe('half-size');
    expect(run(20_000, () => ({ costMs: 14 }))).toEqual([]);
    expect(run(2000, calm)[0]).toMatchObject({ rung: 'half-rate', direction: 'up' });
  });
});
