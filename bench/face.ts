/**
 * What a face costs, and whether it goes on moving where the machine is full: CPU of drawing and encoding at several sizes, how many speaking faces one core carries, memory,
 * and how long a portrait takes from upload to preview. Pictures are those of a call: the same rig, the same
 * encoder, a spoken sentence.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SPEECH_RATE } from '../agents/base/rates.ts';
import { Actor } from '../agents/face/actor.ts';
import type { Size } from '../agents/face/fit.ts';
import { Performer } from '../agents/face/performer.ts';
import { loadRig } from '../agents/face/rig-load.ts';
import { Vp8Encoder } from '../agents/face/vp8.ts';
import { Flite } from '../agents/providers/flite/flite.ts';
import { type Spoken, speakWhole } from '../studio/clip/spoken.ts';
import { rigPortrait } from '../studio/portrait/rig-portrait.ts';
import { Studio } from '../studio/portrait/studio.ts';
import { CROWD_QUESTIONS, Crowd, type Shown } from '../test/harness/crowd.ts';
import { SHORT } from './load/product.ts';
import { portraitTruth } from './portrait-truth.ts';

const TEXT =
  'Hello there! I would really like to know how your morning has been, because mine was full of bubbles, and of very big waves.';
const FRAMES = SHORT ? 250 : 500;
const WARM_UP = 100;
/** Runs of each kind; their median counts. */
const RUNS = SHORT ? 1 : 3;
const SIZES: Record<string, Size> = { '512': { width: 512, height: 512 }, '720': { width: 1280, height: 720 } };
const PORTRAIT = 'agents/testing/pictures/astronaut.jpg';
const PORTRAITS = SHORT ? 1 : 5;
/** One core's faces: seconds of each try, and the share of late pictures that noise alone makes. */
const LOAD_S = SHORT ? 4 : 8;
const TOLERATED = 0.005;
const FACES_STEP = SHORT ? 6 : 2;
const MOST = 32;
const TRIES = SHORT ? 1 : 3;

interface Cost {
  renderMs: number;
  encodeMs: number;
  totalMs: number;
}

export async function bench(): Promise<object> {
  const flite = new Flite();
  const spoken = await speakWhole(flite, TEXT, { voice: 'slt', signal: new AbortController().signal });
  const costs: Record<string, Cost> = {};
  for (const rig of ['ollie', 'sarah'])
    for (const [name, size] of Object.entries(SIZES))
      for (const state of ['speaking', 'idle'] as const) {
        const runs: Cost[] = [];
        for (let run = 0; run < RUNS; run++) runs.push(await cost(path.join('avatars', rig), size, state, spoken));
        runs.sort((a, b) => a.totalMs - b.totalMs);
        costs[`${rig} ${name} ${state}`] = runs[Math.floor(RUNS / 2)]!;
        console.log(`${rig} ${name} ${state}: ${JSON.stringify(costs[`${rig} ${name} ${state}`])}`);
      }
  const headMotionDegrees = { speaking: await headMotion(spoken), listening: await headMotion(undefined) };
  const portraitReadyMs = await portraits(flite);
  await flite.close();
  const density = await oneCore();
  const full = await fullMachine();
  const truth = await portraitTruth();
  const worst = (name: string) =>
    Math.max(costs[`ollie ${name} speaking`]!.totalMs, costs[`sarah ${name} speaking`]!.totalMs);
  return {
    cpuMsPerFrame512: worst('512'),
    cpuMsPerFrame720: worst('720'),
    facesPerCore: density.avatars,
    headMotionDegrees,
    ...full,
    ...truth,
    rssMbPerAvatar: density.rssMbPerAvatar,
    portraitReadyMs,
    costs,
    load: density.steps,
  };
}

/** What two people with cameras are shown, and a third who joins, while their browsers take what the machine has. */
async function fullMachine() {
  const crowd = await Crowd.open();
  try {
    const idle = await crowd.idle(SHORT ? 5 : 20);
    const shown: Shown[] = [];
    for (const question of SHORT ? CROWD_QUESTIONS.slice(0, 2) : CROWD_QUESTIONS)
      shown.push(...(await crowd.ask(question)));
    const joinS = await crowd.join('Cem');
    const rates = shown.map(({ perSecond }) => perSecond).toSorted((a, b) => a - b);
    return {
      idlePicturesPerSecond: Math.round(idle * 10) / 10,
      speakingPicturesPerSecond: Math.round(rates[rates.length >> 1]! * 10) / 10,
      longestFreezeMs: Math.round(1000 * Math.max(...shown.map(({ longestGapS }) => longestGapS))),
      joinPictureMs: Math.round(1000 * joinS),
    };
  } finally {
    await crowd.close();
  }
}

/** CPU time per picture, of this process alone; conversion is part of drawing, which makes I420. */
async function cost(folder: string, size: Size, state: 'speaking' | 'idle', spoken: Spoken): Promise<Cost> {
  const performer = new Performer(await loadRig(folder, { size }), 7);
  performer.speech({ turnId: 'bench', events: spoken.events });
  const bitrate = 800_000 * ((size.width * size.height) / 512 ** 2);
  const encoder = new Vp8Encoder({ ...size, frameRate: 25, bitrate });
  let [render, encode] = [0, 0];
  for (let frame = 0; frame < FRAMES; frame++) {
    const sample = (frame * SPEECH_RATE * 0.04) % spoken.pcm.length;
    const before = cpuMs();
    const picture = performer.picture({
      atMs: frame * 40,
      state,
      emotion: frame % 250 < 125 ? 'happy' : 'neutral',
      intensity: 0.7,
      ...(state === 'speaking' && { speech: { turnId: 'bench', sample } }),
    });
    const drawn = cpuMs();
    encoder.encode(picture, frame === 0);
    if (frame < WARM_UP) continue;
    render += drawn - before;
    encode += cpuMs() - drawn;
  }
  performer.close();
  encoder.close();
  const per = (sum: number) => Math.round((sum / (FRAMES - WARM_UP)) * 100) / 100;
  return { renderMs: per(render), encodeMs: per(encode), totalMs: per(render + encode) };
}

/** A portrait's head at full turn, nod and tilt (studio/figure/head.ts), degrees. */
const TURN = { yaw: 8, nod: 6, tilt: 4 };
const WINDOW_S = 2;

/** How far a head gets from where it was within two seconds: the median, degrees. */
async function headMotion(spoken: Spoken | undefined): Promise<number> {
  const { file } = await loadRig(path.join('avatars', 'ollie'), { size: SIZES['512']! });
  const actor = new Actor(file, 7);
  if (spoken) actor.speech({ turnId: 'bench', ...spoken });
  const seconds = spoken ? spoken.pcm.length / SPEECH_RATE : 20;
  const heads: [number, number, number][] = [];
  for (let atMs = 0; atMs < seconds * 1000; atMs += 40) {
    const speech = spoken && { turnId: 'bench', sample: Math.round((atMs * SPEECH_RATE) / 1000) };
    const state = spoken ? 'speaking' : 'listening';
    const { shapes } = actor.pose({ atMs, state, emotion: 'happy', intensity: 0.4, ...(speech && { speech }) });
    const angle = (axis: 'yaw' | 'nod' | 'tilt') => {
      const { positive = '', negative = '' } = file.motion[axis];
      return TURN[axis] * ((shapes[positive] ?? 0) - (shapes[negative] ?? 0));
    };
    heads.push([angle('yaw'), angle('nod'), angle('tilt')]);
  }
  const each = WINDOW_S * 25;
  const furthest = Array.from({ length: Math.floor(heads.length / each) }, (_, i) => {
    const window = heads.slice(i * each, (i + 1) * each);
    return Math.max(...window.flatMap(a => window.map(b => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]))));
  });
  return Math.round(furthest.toSorted((a, b) => a - b)[furthest.length >> 1]! * 10) / 10;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** From a file to its film, warm: the median. */
async function portraits(tts: Flite): Promise<number> {
  const studio = new Studio({ tts, voice: 'slt', rig: rigPortrait });
  await studio.warm();
  const file = fs.readFileSync(PORTRAIT);
  const times: number[] = [];
  for (let n = 0; n <= PORTRAITS; n++) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-portrait-'));
    const began = performance.now();
    await studio.make(file, folder, 'bench');
    if (n > 0) times.push(performance.now() - began);
    fs.rmSync(folder, { recursive: true });
  }
  return Math.round(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!);
}

interface Step {
  faces: number;
  pictures: number;
  late: number;
  cpuMsPerPicture: number;
  rssMb: number;
}

/**
 * More and more faces in a process that is held to one core, until pictures come late. A step fails when most of its
 * tries do: on a machine that others use, one try says little.
 */
async function oneCore(): Promise<{ avatars: number; rssMbPerAvatar: number; steps: Step[] }> {
  const steps: Step[] = [];
  let avatars = 0;
  for (let faces = FACES_STEP; faces <= MOST; faces += FACES_STEP) {
    const tries: Step[] = [];
    const decided = () => {
      const late = tries.filter(step => step.late > TOLERATED * step.pictures).length;
      return Math.max(late, tries.length - late) > TRIES / 2 ? { late: late > TRIES / 2 } : undefined;
    };
    while (!decided()) {
      const step = await load(faces);
      tries.push(step);
      console.log(`${faces} faces on one core: ${step.late} of ${step.pictures} pictures late, ${step.rssMb} MB`);
    }
    steps.push(...tries);
    if (decided()!.late) break;
    avatars = faces;
  }
  return { avatars, rssMbPerAvatar: Math.round(slope(steps) * 10) / 10, steps };
}

/** Memory that one more face takes: the line of least squares through all steps. */
function slope(steps: Step[]): number {
  const mean = (of: (step: Step) => number) => steps.reduce((sum, step) => sum + of(step), 0) / steps.length;
  const [faces, rss] = [mean(step => step.faces), mean(step => step.rssMb)];
  const spread = mean(step => (step.faces - faces) ** 2);
  return spread === 0 ? Number.NaN : mean(step => (step.faces - faces) * (step.rssMb - rss)) / spread;
}

async function load(faces: number): Promise<Step> {
  const program = [process.execPath, 'bench/face-load.ts', String(faces), String(LOAD_S)];
  const pinned = os.platform() === 'linux' ? ['taskset', '-c', '0', ...program] : program;
  const child = spawn(pinned[0]!, pinned.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', chunk => (output += chunk));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`face-load ended with ${code}`);
  return { faces, ...(JSON.parse(output) as Omit<Step, 'faces'>) };
}
