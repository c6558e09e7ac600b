import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VisemeEvent } from '../../protocol/timeline.ts';
import { phonesToVisemes } from '../speak/visemes.ts';
import { Actor } from './actor.ts';
import type { I420, Instant } from './avatar.ts';
import { Blink } from './blink.ts';
import { Performer } from './performer.ts';
import type { Pose, Weights } from './pose.ts';
import { seeded } from './random.ts';
import { loadRig, type Rig } from './rig-load.ts';

const MS = 48;
let rig: Rig;
let cache: string;

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'rig-'));
  rig = await loadRig('avatars/ollie', { size: { width: 512, height: 512 }, cache });
});
afterAll(() => rm(cache, { recursive: true }));

const calm: Instant = { atMs: 0, state: 'listening', emotion: 'neutral', intensity: 0, gaze: { x: 0, y: 0 } };

function line(): VisemeEvent[] {
  const text = 'pau 120, hh 60, ax 50, l 60, ow 190, pau 90, ay 130, ae 90, m 80, aa 150, l 70, iy 160, pau 200';
  let at = 0;
  const phones = text.split(', ').map(part => {
    const [phone, ms] = part.split(' ');
    const startSample = at;
    at += Number(ms) * MS;
    return { phone: phone!, startSample, endSample: at };
  });
  return phonesToVisemes(phones, { sampleRate: 48_000 });
}

/** A scene: listens, thinks, speaks happily, is cut off, is startled. Seconds 0..6. */
function scene(atMs: number): Instant {
  const instant = { ...calm, atMs };
  if (atMs < 1000) return instant;
  if (atMs < 2000) return { ...instant, state: 'thinking' };
  if (atMs < 3200)
    return {
      ...instant,
      state: 'speaking',
      emotion: 'happy',
      intensity: 0.8,
      speech: { turnId: 't', sample: (atMs - 2000) * MS },
      gaze: { x: 0.4, y: 0.1 },
    };
  if (atMs < 4500) return { ...instant, emotion: 'happy', intensity: 0.8 };
  return { ...instant, emotion: 'surprised', intensity: 1 };
}

/** The textures that have nearly all of a mix. */
function shown(mix: Weights): string[] {
  return Object.keys(mix).filter(name => mix[name]! > 0.99);
}

function play<T>(show: (instant: Instant) => T, stepMs: number): T[] {
  return Array.from({ length: Math.floor(6000 / stepMs) }, (_, i) => show(scene(i * stepMs)));
}

describe('somebody who is about to answer', () => {
  /** Listens for 2 s, thinks for 0.6, and speaks. */
  const answering = (seed: number): Pose[] => {
    const actor = new Actor(rig.file, seed);
    const state = (atMs: number) => (atMs < 2000 ? 'listening' : atMs < 2600 ? 'thinking' : 'speaking');
    return Array.from({ length: 130 }, (_, i) => actor.pose({ ...calm, atMs: i * 40, state: state(i * 40) }));
  };
  const at = (poses: Pose[], atMs: number) => poses[atMs / 40]!;

  it('draws breath for it, more than while listening, and lets it go', () => {
    const { breathe } = rig.file.motion;
    const chest = (pose: Pose) => pose.shapes[breathe!.shape]! / breathe!.depth;
    const poses = answering(3);
    expect(Math.max(...poses.slice(0, 50).map(chest))).toBeLessThan(1.01);
    expect(chest(at(poses, 2560)) - chest(at(poses, 2000))).toBeGreaterThan(0.4);
    expect(Math.max(...poses.slice(-10).map(chest))).toBeLessThan(1.2);
  });

  it('looks away to think, not down, and back again to speak', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const poses = answering(seed);
      const away = (atMs: number) => Math.hypot(at(poses, atMs).gaze.x, at(poses, atMs).gaze.y);
      expect(away(2400), `seed ${seed}`).toBeGreaterThan(2 * away(1960));
      expect(at(poses, 2400).gaze.y).toBeLessThan(at(poses, 1960).gaze.y + 1);
      expect(away(2960)).toBeLessThan(away(2400) * 0.7);
    }
  });
});

describe('Actor', () => {
  const actor = (seed = 5) => {
    const a = new Actor(rig.file, seed);
    a.speech({ turnId: 't', events: line() });
    return a;
  };

  it('changes no part of a pose by more than a little in 2 ms', () => {
    const a = actor();
    const shares = (pose: Pose) => ({ ...pose.upper, ...prefixed(pose.mouth) });
    const poses = play(instant => a.pose(instant), 2);
    for (let i = 1; i < poses.length; i++) {
      const [before, now] = [poses[i - 1]!, poses[i]!];
      expect(largestStep(shares(before), shares(now)), `shares at ${i * 2} ms`).toBeLessThan(0.2);
      expect(largestStep(before.shapes, now.shapes), `shapes at ${i * 2} ms`).toBeLessThan(0.02);
      expect(Math.hypot(now.gaze.x - before.gaze.x, now.gaze.y - before.gaze.y), `gaze at ${i * 2} ms`).toBeLessThan(1);
    }
  });

  it('shares upper face and mouth out fully', () => {
    const a = actor();
    for (const pose of play(instant => a.pose(instant), 20)) {
      for (const mix of [pose.upper, pose.closed, pose.mouth]) {
        expect(Object.values(mix).reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 6);
        expect(Math.min(...Object.values(mix))).toBeGreaterThanOrEqual(-1e-9);
      }
    }
  });

  it('moves the same way for the same seed, and otherwise for another', () => {
    const shows = (seed: number) => {
      const a = actor(seed);
      return JSON.stringify(play(instant => a.pose(instant), 40));
    };
    expect(shows(5)).toBe(shows(5));
    expect(shows(5)).not.toBe(shows(6));
  });

  it('speaks with a smile when it is happy', () => {
    const a = actor();
    let widest = 0;
    for (const pose of play(instant => a.pose(instant), 20)) widest = Math.max(widest, pose.mouth.aa_smile ?? 0);
    expect(widest).toBeGreaterThan(0.5);
  });

  it('shows a feeling within 400 ms, not at once', () => {
    const a = actor();
    const at = (atMs: number) => a.pose({ ...calm, atMs, emotion: atMs > 0 ? 'sad' : 'neutral', intensity: 1 }).upper;
    at(0);
    expect(at(40).sad ?? 0).toBeLessThan(0.3);
    for (let ms = 80; ms < 400; ms += 40) at(ms);
    expect(at(400).sad).toBeCloseTo(1, 6);
  });

  it('blinks through the half closed lids of a feeling, with its own brows', () => {
    const file = structuredClone(rig.file);
    const { upper, closed } = file.expressions.sad;
    file.expressions.sad.lids = ['wide'];
    const a = new Actor(file, 5);
    const sad = (lids: number) => a.pose({ ...calm, atMs: 1000, emotion: 'sad', intensity: 1 }, { lids });
    for (let atMs = 0; atMs < 1000; atMs += 40) a.pose({ ...calm, atMs, emotion: 'sad', intensity: 1 });
    expect(shown(sad(0).upper)).toEqual([upper]);
    expect(shown(sad(0.5).upper)).toEqual(['wide']);
    expect(shown(sad(1).upper)).toEqual([closed]);
    // Nothing is drawn over what the chain shows.
    expect(sad(0.5).closed).toEqual(sad(0.5).upper);
  });

  it('turns its eyes to where it is told to look, not beyond their travel', () => {
    const a = actor();
    const look = (x: number, y: number, from: number) => {
      let gaze = { x: 0, y: 0 };
      for (let ms = 0; ms < 600; ms += 20) gaze = a.pose({ ...calm, atMs: from + ms, gaze: { x, y } }).gaze;
      return gaze;
    };
    expect(look(-1, 0, 0).x).toBeLessThan(-4);
    expect(look(1, 0, 600).x).toBeGreaterThan(4);
    expect(look(0, 1, 1200).y).toBeLessThan(-3);
    const far = look(1, 1, 1800);
    const { right, up } = rig.file.gaze;
    expect(Math.hypot(far.x / right, far.y / up)).toBeLessThanOrEqual(1 + 1e-9);
  });

  it('goes on from where it was after a long time without a picture', () => {
    const a = actor();
    a.pose({ ...calm, atMs: 0 });
    const pose = a.pose({ ...calm, atMs: 3_600_000 });
    expect(Object.values(pose.shapes).every(w => Math.abs(w) < 3)).toBe(true);
  });
});

describe('Blink', () => {
  it('closes the lids fully, 2 to 7 s apart, at irregular times, sometimes twice', () => {
    const blink = new Blink(seeded(11));
    const closings: { from: number; to: number }[] = [];
    let open = true;
    for (let ms = 0; ms < 600_000; ms += 5) {
      const closed = blink.at(ms) > 0;
      if (closed && open) closings.push({ from: ms, to: ms });
      if (closed) closings.at(-1)!.to = ms;
      open = !closed;
    }
    const pauses = closings.slice(1).map((c, i) => c.from - closings[i]!.to);
    const between = pauses.filter(pause => pause > 500);
    expect(between.length).toBeGreaterThan(80);
    expect(Math.min(...between)).toBeGreaterThanOrEqual(1990);
    expect(Math.max(...between)).toBeLessThanOrEqual(7010);
    expect(Math.max(...between) - Math.min(...between)).toBeGreaterThan(3000);
    const doubles = pauses.length - between.length;
    expect(doubles).toBeGreaterThan(0);
    expect(doubles).toBeLessThan(between.length / 3);
  });
});

describe('Performer', () => {
  it('draws consecutive frames that differ by less than a bound, through speech, blinks and feelings', () => {
    const performer = new Performer(rig, 5);
    performer.speech({ turnId: 't', events: line() });
    let before: Uint8Array | undefined;
    let most = 0;
    let moved = 0;
    play(instant => {
      const { data } = performer.picture(instant);
      if (before) {
        const step = meanStep(before, data);
        most = Math.max(most, step);
        if (step > 0) moved++;
      }
      before = data.slice();
    }, 40);
    expect(moved).toBeGreaterThan(100);
    expect(most).toBeLessThan(4);
    performer.close();
  });

  it('leaves the background alone where no part of Ollie ever is', () => {
    const performer = new Performer(rig, 5);
    performer.speech({ turnId: 't', events: line() });
    const background = rig.pictures.get(rig.file.background)!;
    const far = [
      [5, 5],
      [256, 8],
      [500, 40],
      [8, 200],
      [505, 180],
    ] as const;
    play(instant => {
      const { data, width } = performer.picture(instant);
      for (const [x, y] of far) expect(data[y * width + x]).toBe(background.data[y * width + x]!);
    }, 200);
  });

  it('turns to small pictures and back without a jump', async () => {
    const small = await loadRig('avatars/ollie', { size: { width: 256, height: 256 }, cache });
    const performer = new Performer(rig, 5);
    performer.addSmall(small);
    const other = new Performer(rig, 5);
    for (const each of [performer, other]) each.speech({ turnId: 't', events: line() });
    play(instant => {
      const detail = Math.floor(instant.atMs / 400) % 2 === 0 ? 'full' : 'small';
      const drawn = performer.picture(instant, detail);
      const expected = other.picture(instant);
      if (detail === 'full') expect(meanStep(expected.data, drawn.data)).toBeLessThan(1);
      else expect(meanStep(halved(expected), drawn.data)).toBeLessThan(3);
    }, 40);
  });

  it('holds still but for mouth and lids, and takes movement up again without a jump', async () => {
    const performer = new Performer(rig, 5);
    performer.speech({ turnId: 't', events: line() });
    let before: Uint8Array | undefined;
    let most = 0;
    // Ollie's shirt moves with his breath; his mouth does not reach it.
    const shirt = (data: Uint8Array) => data.slice(500 * 512, 512 * 512).join();
    const shirts: string[] = [];
    const mouths = new Set<string>();
    play(instant => {
      const still = instant.atMs >= 1600 && instant.atMs < 3200;
      const { data } = performer.picture(instant, still ? 'still' : 'full');
      if (before) most = Math.max(most, meanStep(before, data));
      before = data.slice();
      if (still) shirts.push(shirt(data));
      if (still) mouths.add(before.subarray(0, 512 * 512).join());
    }, 80);
    expect(new Set(shirts).size).toBe(1);
    expect(mouths.size).toBeGreaterThan(8);
    expect(most).toBeLessThan(5);
  });

  it('draws nothing after it was closed', () => {
    const performer = new Performer(rig);
    performer.close();
    performer.close();
    expect(() => performer.picture(calm)).toThrow('closed');
  });
});

function prefixed(weights: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(weights).map(([name, w]) => [`mouth ${name}`, w]));
}

function largestStep(a: Record<string, number>, b: Record<string, number>): number {
  return Math.max(...[...Object.keys(a), ...Object.keys(b)].map(name => Math.abs((a[name] ?? 0) - (b[name] ?? 0))));
}

/** Luma of every other row and column, with room for chroma. */
function halved({ width, height, data }: I420): Uint8Array {
  const out = new Uint8Array((width * height * 3) / 8);
  for (let y = 0; y < height / 2; y++)
    for (let x = 0; x < width / 2; x++) {
      const at = 2 * y * width + 2 * x;
      out[(y * width) / 2 + x] = (data[at]! + data[at + 1]! + data[at + width]! + data[at + width + 1]!) / 4;
    }
  return out;
}

/** Mean change of a luma pixel. */
function meanStep(a: I420['data'], b: I420['data']): number {
  const luma = (a.length * 2) / 3;
  let sum = 0;
  for (let i = 0; i < luma; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / luma;
}

describe('for those who want little movement', () => {
  /** Speaks for half a minute, turned to somebody; the first seconds, in which it comes to rest, are left out. */
  const poses = (reduced: boolean) => {
    const actor = new Actor(rig.file, 5);
    actor.speech({ turnId: 't', events: line() });
    return Array.from({ length: 700 }, (_, i) => {
      const atMs = i * 40;
      const speech = { turnId: 't', sample: (atMs % 1500) * MS };
      return actor.pose({ ...calm, atMs, state: 'speaking', speech, ...(reduced && { reducedMotion: true }) });
    }).slice(100);
  };
  const travelOf = (values: number[]) => Math.max(...values) - Math.min(...values);
  const swayOf = (all: Pose[]) =>
    Math.max(...Object.keys(all[0]!.shapes).map(name => travelOf(all.map(({ shapes }) => shapes[name] ?? 0))));

  it('neither body nor head sways or beats, and the eyes hardly wander', () => {
    const [lively, still] = [poses(false), poses(true)];
    expect(swayOf(lively)).toBeGreaterThan(0.2);
    expect(swayOf(still)).toBeLessThan(0.1 * swayOf(lively));
    const wander = (all: Pose[]) => travelOf(all.map(({ gaze }) => gaze.x));
    expect(wander(still)).toBeLessThan(0.5 * wander(lively));
  });

  it('it speaks and blinks as ever', () => {
    const [lively, still] = [poses(false), poses(true)];
    expect(still.map(({ jaw, lids, mouth }) => ({ jaw, lids, mouth }))).toEqual(
      lively.map(({ jaw, lids, mouth }) => ({ jaw, lids, mouth })),
    );
    expect(Math.max(...still.map(({ lids }) => lids))).toBe(1);
  });
});
