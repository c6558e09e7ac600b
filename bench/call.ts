/**
 * One person in a call with the avatar, in real Chromium, on this machine: everything is measured from the sound
 * and the pictures that the page hears and sees.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { loadRig } from '../agents/face/rig-load.ts';
import { Hibari } from '../agents/providers/hibari/hibari.ts';
import { loadPersonas } from '../agents/think/personas.ts';
import { speakWhole } from '../studio/clip/spoken.ts';
import { AUDIBLE_RMS, Caller, launchChromium, onset } from '../test/harness/browser.ts';
import { type Spread, spread, wordErrors } from '../test/harness/stats.ts';
import { type System, startSystem, until } from '../test/harness/system.ts';
import { TestVoice } from '../test/harness/voice.ts';
import { offsetMs, sourceSignals } from './av-offset.ts';
import { cpuSeconds, family, residentMb } from './load/processes.ts';
import { SHORT } from './load/product.ts';
import { SMALL_TALK } from './load/small-talk.ts';

const TURNS = SHORT ? 3 : 24;
const BARGE_INS = SHORT ? 2 : 12;
const JOINS = SHORT ? 2 : 7;
const SYNC_TURNS = SHORT ? 2 : 12;
const IDLE_MS = 10_000;
const RECORDINGS = '../shared/speech';
const SPOKEN: Record<string, string> = {
  'cards-001': 'ten of clubs',
  'cards-002': 'four queen of clubs',
  'cards-003': 'seven of clubs',
  'cards-005': 'eight of spades four of clubs seven of hearts',
  'go-forward': 'go forward ten meters',
};

const INTERRUPTION = 'Wait a moment, I have another question for you.';
/** Long, without feelings: the mouth and the voice are compared with how they left the renderer. */
const SYNC_SENTENCE = 'Mama bought a big apple pie, and Papa made more popcorn for Bobby and me.';

interface Measured {
  voiceToVoice: number[];
  bargeIn: number[];
  join: number[];
  offset: number[];
  fps: number[];
  cpuIdle: number[];
  cpuSpeaking: number[];
  rss: number[];
  words: { errors: number; words: number };
  stages: Record<string, number[]>;
}

export async function bench(): Promise<object> {
  const personas = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-personas-'));
  fs.cpSync('personas', personas, { recursive: true });
  const ollie = loadPersonas(personas).get('ollie');
  if (ollie === undefined) throw new Error('there is no persona ollie');
  fs.writeFileSync(path.join(personas, 'sync.rive'), `! version = 2.0\n+ *\n- ${SYNC_SENTENCE}\n`);
  const { voice, avatar } = ollie;
  fs.writeFileSync(
    path.join(personas, 'sync.yaml'),
    JSON.stringify({
      name: 'Sync',
      description: '',
      avatar,
      voice,
      greeting: 'Hello.',
      instructions: 'none',
      script: 'sync.rive',
    }),
  );
  const system = await startSystem({ agent: { personas } });
  const speaker = new TestVoice();
  const browser = await launchChromium();
  const m: Measured = {
    voiceToVoice: [],
    bargeIn: [],
    join: [],
    offset: [],
    fps: [],
    cpuIdle: [],
    cpuSpeaking: [],
    rss: [],
    words: { errors: 0, words: 0 },
    stages: {},
  };
  try {
    await system.ready();
    await joins(system, browser, m);
    await conversation(system, browser, speaker, m);
    await synchrony(system, browser, speaker, m);
  } finally {
    await browser.close();
    await speaker.close();
    await system.close();
    fs.rmSync(personas, { recursive: true });
  }
  report(m);
  const figure = (values: number[]): Spread => spread(values);
  return {
    voiceToVoiceMs: figure(m.voiceToVoice),
    bargeInMs: figure(m.bargeIn),
    joinToFirstFrameMs: figure(m.join),
    avOffsetMs: figure(m.offset.map(Math.abs)),
    framesPerSecond: figure(m.fps),
    agentCpuPercent: { idle: figure(m.cpuIdle), speaking: figure(m.cpuSpeaking) },
    agentRssMb: figure(m.rss),
    werPercent: m.words.words === 0 ? null : Math.round((m.words.errors / m.words.words) * 1000) / 10,
  };
}

async function joins(system: System, browser: Browser, m: Measured): Promise<void> {
  for (let i = 0; i < JOINS; i++) {
    const caller = await Caller.open(browser, `${system.url}/r/join-${i}?name=Ann`);
    // A person looks at the lobby for a moment.
    await caller.page.waitForTimeout(1500);
    await caller.join();
    await until('the first picture', () =>
      caller.page.evaluate(() => window.probe.joinToFirstPictureMs() !== undefined),
    );
    const ms = await caller.page.evaluate(() => window.probe.joinToFirstPictureMs());
    m.join.push(ms ?? Number.NaN);
    console.log(`join ${i + 1}/${JOINS}: ${ms?.toFixed(0)} ms`);
    await caller.close();
    // The host makes its next warm threads.
    await new Promise(resolve => setTimeout(resolve, 3000));
  }
}

async function conversation(system: System, browser: Browser, speaker: TestVoice, m: Measured): Promise<void> {
  const caller = await Caller.open(browser, `${system.url}/r/talk?name=Ann`);
  await caller.join();
  await caller.page.waitForTimeout(1500);
  await caller.avatarQuiet();
  const pids = () => system.spawner.pids.flatMap(family);

  // The host makes the next warm threads a little after somebody joined: that is not this call's doing.
  await caller.page.waitForTimeout(5000);
  const idleFrom = { cpu: cpuSeconds(pids()), ms: performance.now() };
  await caller.page.waitForTimeout(IDLE_MS);
  pushCpu(m.cpuIdle, pids(), idleFrom);

  for (let i = 0; i < TURNS; i++) {
    const { endS } = await caller.speak(await speaker.say(SMALL_TALK[i % SMALL_TALK.length]!));
    const heardS = await answer(caller, endS);
    if (heardS === undefined) {
      console.log(`turn ${i + 1}/${TURNS}: no answer`);
      m.voiceToVoice.push(Number.POSITIVE_INFINITY);
      continue;
    }
    const from = {
      cpu: cpuSeconds(pids()),
      ms: performance.now(),
      s: await caller.now(),
      frames: await decoded(caller),
    };
    await caller.page.waitForTimeout(1000);
    const spoken = { s: await caller.now(), frames: await decoded(caller) };
    if (onset(await caller.loudness(spoken.s - 0.15), 0) !== undefined)
      m.fps.push((spoken.frames - from.frames) / (spoken.s - from.s));
    await caller.avatarQuiet(300);
    const quietS = (await caller.now()) - 0.3;
    if (quietS - from.s > 1) {
      pushCpu(m.cpuSpeaking, pids(), from);
    }
    m.voiceToVoice.push((heardS - endS) * 1000);
    m.rss.push(residentMb(pids()) ?? Number.NaN);
    console.log(`turn ${i + 1}/${TURNS}: ${((heardS - endS) * 1000).toFixed(0)} ms`);
    await caller.avatarQuiet(700);
  }
  await stages(system, m);
  await bargeIns(caller, speaker, m);
  await recordings(caller, m);
  await caller.close();
}

const decoded = (caller: Caller): Promise<number> => caller.page.evaluate(() => window.probe.framesDecoded());

/** When the avatar was first heard after the question's end, s on the page's clock. */
export async function answer(caller: Caller, endS: number): Promise<number | undefined> {
  for (let i = 0; i < 60; i++) {
    const heard = onset(await caller.loudness(endS), endS);
    if (heard !== undefined) return heard;
    await caller.page.waitForTimeout(100);
  }
  return undefined;
}

async function bargeIns(caller: Caller, speaker: TestVoice, m: Measured): Promise<void> {
  const question = await speaker.say('Please tell me a long story about the sea.');
  const interruption = await speaker.say(INTERRUPTION);
  for (let i = 0; i < BARGE_INS; i++) {
    const { endS } = await caller.speak(question);
    if ((await answer(caller, endS)) === undefined) continue;
    await caller.page.waitForTimeout(400);
    const { startS } = await caller.speak(interruption);
    const after = (await caller.loudness(startS)).filter(([time]) => time < startS + 1.2);
    const loud = after.filter(([, rms]) => rms >= AUDIBLE_RMS);
    const [firstQuietS] = after.find(
      ([time], k) => after.slice(k, k + 20).every(([, rms]) => rms < AUDIBLE_RMS) && time >= startS,
    ) ?? [Number.NaN];
    if (loud.length > 0 && firstQuietS - startS > 0.02) {
      m.bargeIn.push((firstQuietS - startS) * 1000);
      console.log(`barge-in ${i + 1}/${BARGE_INS}: ${((firstQuietS - startS) * 1000).toFixed(0)} ms`);
    } else console.log(`barge-in ${i + 1}/${BARGE_INS}: the avatar had finished by itself`);
    await caller.page.waitForTimeout(600);
    await caller.avatarQuiet(900);
  }
}

async function recordings(caller: Caller, m: Measured): Promise<void> {
  for (const [name, expected] of Object.entries(SPOKEN)) {
    const file = path.join(RECORDINGS, `${name}.wav`);
    if (!fs.existsSync(file)) {
      console.log(`no ${file}: word error rate not measured on it`);
      continue;
    }
    const wav = fs.readFileSync(file);
    const before = (await caller.log()).filter(({ role }) => role === 'user').length;
    const { endS } = await caller.speak(
      new Int16Array(wav.buffer.slice(wav.byteOffset + 44, wav.byteOffset + wav.length - (wav.length % 2))),
    );
    const said = async () => (await caller.log()).filter(({ role, final }) => role === 'user' && final).slice(before);
    await until(`the words of ${name}`, async () => (await said()).length > 0).catch(() => {});
    // Who goes on before anything is answered has not finished.
    await answer(caller, endS);
    await caller.avatarQuiet(1200);
    const heard = (await said()).map(({ text }) => text).join(' ');
    const { errors, words } = wordErrors(expected, heard.replaceAll(/\d+/g, digits));
    m.words.errors += errors;
    m.words.words += words;
    console.log(`${name}: "${heard}" (${errors} of ${words} words wrong)`);
  }
}

const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const digits = (number: string) => NUMBERS[Number(number)] ?? number;

/** How far the mouth is from the voice, against how they left the renderer. */
async function synchrony(system: System, browser: Browser, speaker: TestVoice, m: Measured): Promise<void> {
  const hibari = new Hibari(path.resolve('models/hibari'));
  const persona = loadPersonas('personas').get('ollie');
  const rig = await loadRig(path.resolve('avatars', persona?.avatar ?? 'ollie'), {
    size: { width: 512, height: 512 },
  });
  const { signal } = new AbortController();
  for (const speech of [await speakWhole(hibari, SYNC_SENTENCE, { voice: 'ollie', signal })]) {
    const source = sourceSignals(speech, rig);
    const caller = await Caller.open(browser, `${system.url}/r/sync?name=Ann&persona=sync`);
    await caller.join();
    await caller.page.waitForTimeout(2500);
    await caller.avatarQuiet();
    const question = await speaker.say('Please say it again.');
    for (let i = 0; i < SYNC_TURNS; i++) {
      const { endS } = await caller.speak(question);
      const heardS = await answer(caller, endS);
      if (heardS === undefined) continue;
      await caller.avatarQuiet(700);
      const offset = offsetMs(source, await caller.loudness(endS), await caller.pictures(endS), heardS);
      m.offset.push(offset);
      console.log(`synchrony ${i + 1}/${SYNC_TURNS}: the mouth is ${offset.toFixed(0)} ms behind the voice`);
    }
    await caller.close();
  }
  await hibari.close();
}

function pushCpu(into: number[], pids: number[], from: { cpu: number | undefined; ms: number }): void {
  const cpu = cpuSeconds(pids);
  if (cpu !== undefined && from.cpu !== undefined)
    into.push(((cpu - from.cpu) / ((performance.now() - from.ms) / 1000)) * 100);
}

/** Where the time went, from the server's own histograms. */
async function stages(system: System, m: Measured): Promise<void> {
  const text = await (await fetch(`${system.url}/metrics`)).text();
  for (const stage of ['endpointing', 'asr', 'dialogue', 'tts', 'playout']) {
    const value = (kind: string) =>
      Number(
        new RegExp(`visavis_turn_stage_seconds_${kind}\\{stage="${stage}"\\} (\\S+)`).exec(text)?.[1] ?? Number.NaN,
      );
    m.stages[stage] = [(value('sum') / value('count')) * 1000];
  }
}

function report(m: Measured): void {
  console.log('\nwhere the time went (means inside the agent, ms)');
  let inside = 0;
  for (const [stage, [mean = 0]] of Object.entries(m.stages)) {
    inside += mean;
    console.log(`  ${stage.padEnd(14)} ${mean.toFixed(0).padStart(5)}`);
  }
  console.log(
    `  ${'network, jitter buffers, sound'.padEnd(14)} ${(spread(m.voiceToVoice).p50 - inside).toFixed(0).padStart(5)} (rest of the median)`,
  );
}
