/**
 * What memory and feelings cost: answers out of the cache, faces read, the way from voice to voice with and without
 * both, and the store. Voices are heard in real Chromium, as in the bench of a call.
 */
import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { Browser } from 'playwright-core';
import { Vp8Encoder } from '../agents/face/vp8.ts';
import { Eyes } from '../agents/sight/eyes.ts';
import { ChatEndpoint } from '../agents/testing/chat-endpoint.ts';
import { toI420 } from '../agents/testing/i420.ts';
import { astronautFile } from '../studio/testing/pictures.ts';
import { Caller, launchChromium } from '../test/harness/browser.ts';
import { encodeSpeech } from '../test/harness/speech.ts';
import { spread } from '../test/harness/stats.ts';
import { type System, startSystem, until } from '../test/harness/system.ts';
import { TestVoice } from '../test/harness/voice.ts';
import { answer } from './call.ts';
import { Crowd } from './load/crowd.ts';
import { pause, SHORT } from './load/product.ts';
import { storeFigures } from './store.ts';

const QUESTIONS = [
  'How does a steam engine work?',
  'How do airplanes stay in the air?',
  'What is the best way to grow tomatoes?',
].slice(0, SHORT ? 1 : 3);
/** How somebody seems to feel shapes answers, too, and becomes clear in the first of them. */
const ROUNDS = SHORT ? 5 : 7;
/** A language model that answers quickly. */
const FIRST_WORD_MS = 350;
const PAIRS = SHORT ? 1 : 16;
const SMALL_TALK = [
  'It is raining outside today.',
  'What do you like to eat?',
  'Can you tell me a joke?',
  'Where do you live?',
];
const CAMERA = { width: 480, height: 272, framesPerSecond: 12 };
const FACE_S = SHORT ? 6 : 30;

export async function bench(): Promise<object> {
  const speaker = new TestVoice();
  const browser = await launchChromium();
  try {
    const cached = await cachedTurns(system => onTheWire(system, speaker));
    const inBrowser = await cachedTurns(system => inChromium(browser, system, speaker));
    const added = await addedLatency(browser, speaker);
    const face = await faceSensing();
    return {
      cachedVoiceToVoiceMsP50: spread(cached.hits).p50,
      uncachedVoiceToVoiceMsP50: spread(cached.misses).p50,
      cachedInBrowserMsP50: spread(inBrowser.hits).p50,
      uncachedInBrowserMsP50: spread(inBrowser.misses).p50,
      faceSensingCpuPercent: face.cpuPercent,
      facesReadPerSecond: face.perSecond,
      addedLatencyMs: added.addedMs,
      voiceToVoiceMsP50: { plain: added.plain, known: added.known },
      ...(await storeFigures()),
    };
  } finally {
    await browser.close();
    await speaker.close();
  }
}

/** Somebody who asks a question and says how long the answer took, ms. */
interface Asker {
  ask(question: string): Promise<number>;
  close(): Promise<void>;
}

/** The same questions again and again: the first of each is worked out, the others are known. */
async function cachedTurns(open: (system: System) => Promise<Asker>): Promise<{ hits: number[]; misses: number[] }> {
  const endpoint = new ChatEndpoint();
  await endpoint.open();
  endpoint.answer = async ({ stream }) => {
    await new Promise(resolve => setTimeout(resolve, FIRST_WORD_MS));
    return stream === true ? 'That takes a little patience, and good tools.' : '{"facts":[]}';
  };
  process.env.OPENAI_BASE_URL = endpoint.baseUrl;
  const system = await startSystem();
  const [hits, misses]: number[][] = [[], []];
  try {
    await system.ready();
    const asker = await open(system);
    for (let round = 0; round < ROUNDS; round++)
      for (const question of QUESTIONS) {
        const before = await hitsOf(system);
        const ms = await asker.ask(question);
        const hit = (await hitsOf(system)) > before;
        (hit ? hits : misses)!.push(ms);
        console.log(`"${question}": ${ms.toFixed(0)} ms${hit ? ', known' : ''}`);
      }
    await asker.close();
  } finally {
    delete process.env.OPENAI_BASE_URL;
    await system.close();
    await endpoint.close();
  }
  return { hits: hits!, misses: misses! };
}

/** At a WebRTC peer without a browser: up to the first audible packet, without a browser's jitter buffer. */
async function onTheWire(system: System, speaker: TestVoice): Promise<Asker> {
  const crowd = await Crowd.create({ url: system.url, video: true }, () => 0);
  const person = await crowd.join();
  return {
    async ask(question) {
      while (performance.now() - person.heardMs < 1000) await pause(50);
      const endMs = await person.say(await encodeSpeech(await speaker.say(question)));
      person.listen();
      for (let i = 0; i < 300 && person.onsetMs === undefined; i++) await pause(20);
      return (person.onsetMs ?? Number.POSITIVE_INFINITY) - endMs!;
    },
    close: () => crowd.close(),
  };
}

async function inChromium(browser: Browser, system: System, speaker: TestVoice): Promise<Asker> {
  const caller = await settled(browser, system, 'cached');
  return { ask: async question => turn(caller, await speaker.say(question)), close: () => caller.close() };
}

async function hitsOf(system: System): Promise<number> {
  const text = await (await fetch(`${system.url}/metrics`)).text();
  return Number(
    /^visavis_cache_requests_total\{[^}]*cache="answers"[^}]*outcome="hit"[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0,
  );
}

/** Two people in two rooms, in turn: one unknown and unseen, one who is remembered, whose face is read. */
async function addedLatency(browser: Browser, speaker: TestVoice) {
  const system = await startSystem({}, undefined);
  const [plainMs, knownMs]: number[][] = [[], []];
  try {
    await system.ready();
    const plain = await settled(browser, system, 'plain', async caller => {
      await caller.page.evaluate(() =>
        localStorage.setItem(
          'visavis',
          JSON.stringify({ cameraOff: true, consent: { feelings: false, sight: false } }),
        ),
      );
      await caller.page.reload();
    });
    const known = await settled(browser, system, 'known', async caller => {
      await caller.page.getByLabel('Remember me next time').check();
      await caller.page.getByText('Room, devices, language, another face').click();
      await caller.page.getByLabel('may notice how I feel').check();
    });
    const portrait = (await astronautFile()).toString('base64');
    await known.page.evaluate(image => window.probe.show(image), portrait);
    await until('the face to be read', async () => (await known.page.getByLabel(/^You seem /).count()) > 0, 30_000);
    for (let i = 0; i < PAIRS; i++) {
      const question = await speaker.say(SMALL_TALK[i % SMALL_TALK.length]!);
      plainMs!.push(await turn(plain, question));
      knownMs!.push(await turn(known, question));
      console.log(`pair ${i + 1}/${PAIRS}: ${plainMs!.at(-1)!.toFixed(0)} ms, known ${knownMs!.at(-1)!.toFixed(0)} ms`);
    }
    await Promise.all([plain.close(), known.close()]);
  } finally {
    await system.close();
  }
  const [plain, known] = [spread(plainMs!).p50, spread(knownMs!).p50];
  return { plain, known, addedMs: Math.round((known - plain) * 10) / 10 };
}

/** Joined, greeted, and quiet again. */
async function settled(
  browser: Browser,
  system: System,
  room: string,
  prepare: (caller: Caller) => Promise<void> = async () => {},
): Promise<Caller> {
  const caller = await Caller.open(browser, `${system.url}/r/${room}?name=Ann`);
  await prepare(caller);
  await caller.join();
  await caller.page.waitForTimeout(2000);
  await caller.avatarQuiet();
  return caller;
}

/** From the end of a question to the first sound of its answer, ms. */
async function turn(caller: Caller, question: Int16Array): Promise<number> {
  const { endS } = await caller.speak(question);
  const heardS = await answer(caller, endS);
  await caller.avatarQuiet(800);
  return heardS === undefined ? Number.POSITIVE_INFINITY : (heardS - endS) * 1000;
}

/** CPU of one camera being decoded and its face read, as a call has it; without what it takes to send the pictures. */
async function faceSensing(): Promise<{ cpuPercent: number; perSecond: number }> {
  const canvas = createCanvas(CAMERA.width, CAMERA.height);
  const context = canvas.getContext('2d');
  const image = await loadImage(await astronautFile());
  const encoder = new Vp8Encoder({ ...CAMERA, frameRate: CAMERA.framesPerSecond, bitrate: 300_000 });
  const frames = Array.from({ length: 48 }, (_, i) => {
    // People move a little.
    context.drawImage(image, 104 + 8 * Math.sin(i / 4), 4 * Math.cos(i / 4) - 4, CAMERA.height + 8, CAMERA.height + 8);
    return encoder.encode(toI420(context.getImageData(0, 0, CAMERA.width, CAMERA.height)), i === 0).payload;
  });
  encoder.close();
  const eyes = new Eyes();
  eyes.open('camera', true, { reading: () => {}, lost: () => {} });
  const play = async (seconds: number) => {
    for (let i = 0; i < seconds * CAMERA.framesPerSecond; i++) {
      eyes.push('camera', Uint8Array.from(frames[i % frames.length]!));
      await new Promise(resolve => setTimeout(resolve, 1000 / CAMERA.framesPerSecond));
    }
  };
  await play(5);
  const [from, read, startMs] = [process.cpuUsage(), eyes.stats.facesRead, performance.now()];
  await play(FACE_S);
  const used = process.cpuUsage(from);
  const tookMs = performance.now() - startMs;
  const perSecond = (eyes.stats.facesRead - read) / (tookMs / 1000);
  await eyes.close();
  const cpuPercent = Math.round(((used.user + used.system) / 1000 / tookMs) * 1000) / 10;
  console.log(`face sensing: ${cpuPercent} % of a core, ${perSecond.toFixed(2)} faces a second`);
  return { cpuPercent, perSecond: Math.round(perSecond * 100) / 100 };
}
