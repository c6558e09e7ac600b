import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SPEECH_RATE } from '../../agents/base/rates.ts';
import { Actor } from '../../agents/face/actor.ts';
import type { Instant } from '../../agents/face/avatar.ts';
import { FaceMesh } from '../../agents/face/bend.ts';
import { Performer } from '../../agents/face/performer.ts';
import type { Pose } from '../../agents/face/pose.ts';
import { loadRig, type Rig } from '../../agents/face/rig-load.ts';
import { Flite } from '../../agents/providers/flite/flite.ts';
import { mouthOf } from '../../agents/speak/mouth.ts';
import { NEUTRAL_PROSODY } from '../../agents/speak/ports.ts';
import { toSpeechRate } from '../../agents/speak/resample.ts';
import type { Phone } from '../../protocol/timeline.ts';
import type { Spoken } from '../../studio/clip/spoken.ts';
import { frame } from '../../studio/portrait/frame.ts';
import { rigPortrait } from '../../studio/portrait/rig-portrait.ts';
import { openArea } from './check.ts';
import { draw, readGolden, similarity, writeGolden } from './golden.ts';
import { pose } from './stills.ts';

const SIZE = { width: 512, height: 512 };
const shipped = Object.fromEntries(['ollie', 'sarah', 'june', 'leo'].map(name => [name, `avatars/${name}`]));
const TEXT = 'Mama bought five big apple pies. Give Bill more of my popcorn, move above, have Mary and Bob back.';
/** Stills that differ by more than codecs and rounding do look different. */
const ALIKE = 0.97;

let folder: string;
let spoken: Spoken;
let phones: Phone[];
const rigs = new Map<string, Rig>();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'avatars-'));
  const flite = new Flite();
  const { signal } = new AbortController();
  for await (const speech of flite.speak(TEXT, { voice: 'slt', prosody: NEUTRAL_PROSODY, signal })) {
    const pcm = toSpeechRate(speech.pcm, speech.sampleRate);
    const mouth = mouthOf(speech, pcm, SPEECH_RATE, at => Math.round((at * SPEECH_RATE) / speech.sampleRate));
    spoken = { pcm, events: mouth.events };
    phones = mouth.phones!;
  }
  await flite.close();
  const portrait = path.join(folder, 'portrait');
  const found = await frame(await readFile('agents/testing/pictures/astronaut.jpg'));
  await rigPortrait({ ...found, folder: portrait, name: 'Test' });
  for (const [name, at] of Object.entries({ ...shipped, portrait }))
    rigs.set(name, await loadRig(at, { size: SIZE, cache: path.join(folder, 'cache') }));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The instants of somebody speaking the text, 25 a second. */
function* speaking(emotion: Instant['emotion'] = 'neutral'): Generator<Instant> {
  for (let atMs = 0; (atMs * SPEECH_RATE) / 1000 < spoken.pcm.length; atMs += 40) {
    const speech = { turnId: 't', sample: (atMs * SPEECH_RATE) / 1000 };
    yield {
      atMs,
      state: 'speaking',
      emotion,
      intensity: emotion === 'neutral' ? 0 : 0.8,
      gaze: { x: 0, y: 0 },
      speech,
    };
  }
}

describe.each([...Object.keys(shipped), 'portrait'])('%s', name => {
  it('looks as it is known to look, in every viseme, feeling, lid, gaze and turn', async () => {
    const file = `infra/avatars/golden/${name}.webp`;
    const cells = draw(rigs.get(name)!);
    if (process.env.UPDATE_GOLDEN) await writeGolden(file, cells);
    const golden = await readGolden(file, cells.length);
    const strange = cells.filter(({ data }, i) => similarity(data, golden[i]!) < ALIKE).map(({ label }) => label);
    // When a change of looks is meant: look at the contact sheet, then UPDATE_GOLDEN=1.
    expect(strange).toEqual([]);
  }, 60_000);

  it('closes its lips on every p, b and m', () => {
    const rig = rigs.get(name)!;
    const actor = new Actor(rig.file, 1);
    actor.speech({ turnId: 't', events: spoken.events });
    const mesh = rig.face && new FaceMesh(rig.face);
    const gap = (posed: Pose) => lipsApart(rig, posed, mesh);
    const wide = gap(pose(rig.file, { viseme: 'aa' }));
    // A mesh may bridge more than the opening itself.
    const none = gap(pose(rig.file, { viseme: 'sil' }));
    expect(none).toBeLessThan(wide / 4);
    const poses = [...speaking()].map(instant => ({ sample: instant.speech!.sample, gap: gap(actor.pose(instant)) }));
    const closures = phones.filter(({ phone }) => /^[pbm]$/.test(phone));
    expect(closures.length).toBeGreaterThan(10);
    const half = 0.02 * SPEECH_RATE;
    const open = closures.filter(({ startSample, endSample }) => {
      const during = poses.filter(({ sample }) => sample >= startSample - half && sample <= endSample + half);
      return Math.min(...during.map(p => p.gap)) - none > 0.08 * (wide - none);
    });
    expect(open).toEqual([]);
  });

  it('moves without a jump, through words, blinks and feelings', () => {
    const actor = new Actor(rigs.get(name)!.file, 3);
    actor.speech({ turnId: 't', events: spoken.events });
    // The finer the steps, the smaller they must be: a jump stays as large as it is.
    const STEP_MS = 2;
    let before: Record<string, number> | undefined;
    let worst = { part: '', change: 0 };
    for (let atMs = 0; (atMs * SPEECH_RATE) / 1000 < spoken.pcm.length; atMs += STEP_MS) {
      const emotion = atMs < 1200 ? 'neutral' : atMs < 2400 ? 'happy' : 'sad';
      const speech = { turnId: 't', sample: (atMs * SPEECH_RATE) / 1000 };
      const now = flat(actor.pose({ atMs, state: 'speaking', emotion, intensity: 0.8, gaze: { x: 0, y: 0 }, speech }));
      for (const part of new Set(Object.keys({ ...now, ...before }))) {
        const change = before ? Math.abs((now[part] ?? 0) - (before[part] ?? 0)) : 0;
        if (change > worst.change) worst = { part, change };
      }
      before = now;
    }
    // The shortest movement of all, lips between two quick sounds, takes about 25 ms.
    expect(worst.change, worst.part).toBeLessThan(0.16);
    expect(worst.change, 'it moves at all').toBeGreaterThan(0.01);
  });

  it('leaves the corners of the picture as they are', () => {
    const performer = new Performer(rigs.get(name)!, 4);
    performer.speech({ turnId: 't', events: spoken.events });
    const corners = (data: Uint8Array) =>
      [0, 1].flatMap(side =>
        Array.from({ length: 24 * 24 }, (_, i) => data[(i % 24) * 512 + Math.floor(i / 24) + side * 488]!),
      );
    let first: number[] | undefined;
    for (const instant of speaking()) {
      const now = corners(performer.picture(instant).data);
      first ??= now;
      expect(now.every((value, i) => Math.abs(value - first![i]!) <= 1)).toBe(true);
    }
    performer.close();
  }, 60_000);
});

/** How far the mouth is open: the area of the mesh's opening, or the share of painted mouths that are. */
function lipsApart(rig: Rig, posed: Pose, mesh: FaceMesh | undefined): number {
  if (mesh) {
    mesh.bend(posed.bend);
    return openArea(mesh, 1 + Object.keys(rig.file.face!.openings).indexOf('mouth'));
  }
  const lips = rig.file.mouth.lips!;
  const total = Object.values(posed.mouth).reduce((a, b) => a + b, 0);
  return Object.entries(posed.mouth).reduce(
    (sum, [texture, weight]) => sum + (weight / total) * (lips[texture]!.lower - lips[texture]!.upper),
    0,
  );
}

/** What a pose consists of: shares of the mouths, shapes of face and mesh, lids. */
function flat({ mouth, bend, shapes, lids, jaw }: Pose): Record<string, number> {
  const total = Object.values(mouth).reduce((sum, weight) => sum + weight, 0);
  const named = (kind: string, weights: Record<string, number>, of = 1) =>
    Object.entries(weights).map(([part, weight]) => [`${kind} ${part}`, weight / of]);
  return Object.fromEntries([
    ...named('mouth', mouth, total),
    ...named('bend', bend),
    ...named('mesh', shapes),
    ['lids', lids],
    ['jaw', jaw],
  ]);
}
