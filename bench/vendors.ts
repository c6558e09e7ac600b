/**
 * What our adapters add to vendors' models that hear and speak themselves: to an answer, to silence after an
 * interruption, to a session's end and to a vendor's death. The vendor is a server on this machine that answers at once.
 */
import type { Browser } from 'playwright-core';
import { systemClock } from '../agents/base/clock.ts';
import { SPEECH_RATE } from '../agents/base/rates.ts';
import { realtimeDuplex } from '../agents/providers/openai/realtime/duplex.ts';
import type { Responder } from '../agents/respond/port.ts';
import { resampled } from '../agents/speak/resample.ts';
import { loadPersonas } from '../agents/think/personas.ts';
import { AUDIBLE_RMS, Caller, launchChromium, onset } from '../test/harness/browser.ts';
import { type Spread, spread } from '../test/harness/stats.ts';
import { type System, startSystem, until } from '../test/harness/system.ts';
import { TestVoice } from '../test/harness/voice.ts';
import { type Does, RealtimeServer } from '../test/vendors/realtime.ts';
import { pause, SHORT } from './load/product.ts';

const ANSWERS = SHORT ? 10 : 100;
const ROUNDS = SHORT ? 2 : 10;
const STORY =
  'Once there was a lighthouse, and a very old man who lived in it. Every evening he lit the lamp, and every morning he put it out again.';
/** Questions with a session that has just ended, and as many without, in each round. */
const PAIRS = 2;
/** Of a vendor that dies, after this much of its answer, pieces. */
const DIES_AFTER = 5;

export async function bench(): Promise<object> {
  const { added, truncations } = await adapters();
  const calls = await inCalls();
  return {
    duplexAddedMs: spread(added),
    truncationErrorMs: spread(truncations),
    bargeInMs: spread(calls.bargeIns),
    answerMs: spread(calls.kept),
    renewedAnswerMs: spread(calls.renewed),
    renewalGapMs: between(spread(calls.renewed), spread(calls.kept)),
    fallbackMs: spread(calls.fallbacks),
  };
}

/** How far apart two spreads lie: below zero where the first was the quicker. */
function between(one: Spread, other: Spread): Spread {
  return { p50: one.p50 - other.p50, p95: one.p95 - other.p95 };
}

/** The adapter alone, over a real socket. */
async function adapters() {
  const server = new RealtimeServer();
  await server.open();
  const persona = loadPersonas('personas').get('ollie')!;
  const responder: Responder = realtimeDuplex(
    {
      baseUrl: server.baseUrl,
      apiKey: 'none',
      model: 'gpt-realtime-2.1',
      voice: 'marin',
      dialect: 'ga',
      auth: 'bearer',
      maxTokens: 1024,
      sessionMinutes: 30,
      connectTimeoutMs: 5000,
      silenceTimeoutMs: 5000,
    },
    { clock: systemClock, used: () => {} },
  ).open(persona);
  const [added, truncations]: [number[], number[]] = [[], []];
  let askedMs = 0;
  server.does = () => {
    askedMs = performance.now();
    return { say: 'Hello, I am here, and I am happy to talk to you.' };
  };
  try {
    for (let i = 0; i < ANSWERS; i++) {
      for (let frame = 0; frame < 50; frame++) responder.hear?.('ann', new Int16Array(320).fill(1000), true);
      const turn = [{ role: 'user' as const, speaker: 'ann', name: 'Ann', text: 'Hello', entryId: String(i) }];
      const how = { signal: new AbortController().signal, committed: Promise.resolve(), room: async () => {} };
      const startMs = performance.now();
      let samples = 0;
      let firstMs: number | undefined;
      for await (const each of responder.respond({ persona, history: [], turn }, { turnId: String(i), ...how })) {
        if (each.type !== 'speech') continue;
        firstMs ??= performance.now();
        samples += each.pcm.length;
      }
      // On this machine the vendor takes no time between the two: what is left is ours.
      added.push(firstMs! - startMs);
      if (askedMs === 0) throw new Error('the vendor was not asked');
      const heard = Math.round(samples * ((i + 1) / (ANSWERS + 1)));
      responder.heardUpTo?.(String(i), heard);
      const content = server.last.items.at(-1)!.content[0]!;
      await until('the cut', () => content.transcript === undefined);
      truncations.push(Math.abs(content.audioMs! - (heard * 1000) / SPEECH_RATE));
    }
  } finally {
    responder.close?.();
    await server.close();
  }
  return { added, truncations };
}

/** Whole calls, from what the page hears. */
async function inCalls() {
  const server = new RealtimeServer();
  await server.open();
  const voice = new TestVoice();
  let does: Partial<Extract<Does, { say: string }>> = {};
  let tale = STORY;
  server.does = async (_, asked) => {
    const read = (asked.input as { content: { text: string }[] }[] | undefined)?.[0]?.content[0]?.text;
    const say = read ?? tale;
    const pcm = resampled(await voice.say(say, 'slt'), 16_000, 24_000);
    return { say, pcm, ...(read === undefined && does) };
  };
  const duplex = [{ use: 'openai', baseUrl: server.baseUrl }];
  const [system, browser] = await Promise.all([startSystem({ agent: { duplex } }), launchChromium()]);
  const measured = {
    bargeIns: [] as number[],
    renewed: [] as number[],
    kept: [] as number[],
    fallbacks: [] as number[],
  };
  try {
    await system.ready();
    for (let i = 0; i < ROUNDS; i++) {
      measured.bargeIns.push(...(await interrupted(system, browser, voice, i)));
      tale = 'There was once a lighthouse.';
      const { renewed, kept } = await renewals(system, browser, voice, server, i);
      measured.renewed.push(...renewed);
      measured.kept.push(...kept);
      tale = STORY;
      does = { stopAfterPieces: DIES_AFTER, finally: 'die' };
      measured.fallbacks.push(...(await died(system, browser, voice, i)));
      does = {};
      console.log(`round ${i + 1}/${ROUNDS}: ${JSON.stringify(Object.values(measured).map(each => each.at(-1)))}`);
    }
  } finally {
    await browser.close();
    await Promise.all([system.close(), voice.close()]);
    await server.close();
  }
  return measured;
}

async function asked(system: System, browser: Browser, voice: TestVoice, room: string) {
  const caller = await Caller.open(browser, `${system.url}/r/${room}?name=Ann`);
  await caller.join();
  await until('the greeting', async () => (await caller.log()).some(({ role }) => role === 'avatar'));
  await caller.avatarQuiet();
  return { caller, answered: await ask(caller, voice) };
}

/** When the question ended, and when its answer began, s. */
async function ask(caller: Caller, voice: TestVoice): Promise<{ endS: number; fromS: number }> {
  const { endS } = await caller.speak(await voice.say('Please tell me a story.'));
  await until('an answer', async () => onset(await caller.loudness(endS), endS) !== undefined);
  return { endS, fromS: onset(await caller.loudness(endS), endS)! };
}

async function interrupted(system: System, browser: Browser, voice: TestVoice, round: number): Promise<number[]> {
  const { caller } = await asked(system, browser, voice, `barge-${round}`);
  await pause(1500);
  const { startS, endS } = await caller.speak(await voice.say('Wait a moment, I have another question for you.'));
  const heard = (await caller.loudness(startS)).filter(([time, rms]) => time < endS && rms >= AUDIBLE_RMS);
  await caller.close();
  return [Math.round(((heard.at(-1)?.[0] ?? startS) - startS) * 1000)];
}

/** How long answers take where the session has just ended, and, by turns, where it goes on; ms. */
async function renewals(system: System, browser: Browser, voice: TestVoice, server: RealtimeServer, round: number) {
  const { caller } = await asked(system, browser, voice, `renewed-${round}`);
  const [renewed, kept]: [number[], number[]] = [[], []];
  for (let i = 0; i < 2 * PAIRS; i++) {
    await caller.avatarQuiet();
    const ends = i % 2 === round % 2;
    if (ends) server.expire(server.last);
    const { endS, fromS } = await ask(caller, voice);
    (ends ? renewed : kept).push(Math.round((fromS - endS) * 1000));
  }
  await caller.close();
  return { renewed, kept };
}

/** From the last that the dying vendor's voice was heard to the first of whoever goes on. */
async function died(system: System, browser: Browser, voice: TestVoice, round: number): Promise<number[]> {
  const { caller, answered } = await asked(system, browser, voice, `died-${round}`);
  await pause(6000);
  const audible = (await caller.loudness(answered.fromS)).filter(([, rms]) => rms >= AUDIBLE_RMS).map(([time]) => time);
  const gaps = audible.slice(1).map((time, i) => time - audible[i]!);
  await caller.close();
  return [Math.round(Math.max(...gaps) * 1000)];
}
