import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIBLE_RMS, Caller, CHROMIUM, launchChromium, onset } from './harness/browser.ts';
import { type System, startSystem, until } from './harness/system.ts';
import { TestVoice } from './harness/voice.ts';

const QUESTIONS = ['What is your name?', 'Tell me about the sea.', 'Do you like to swim?', 'Tell me a joke, please.'];

/** From when to when something was heard. */
const audible = (loudness: [number, number][]): [number, number] => {
  const heard = loudness.filter(([, rms]) => rms >= AUDIBLE_RMS);
  return [heard[0]?.[0] ?? 0, heard.at(-1)?.[0] ?? 0];
};

describe.skipIf(CHROMIUM === undefined)('two people with cameras, their browsers on the server’s machine', () => {
  let system: System;
  let browsers: Browser[];
  let callers: Caller[];
  let voice: TestVoice;

  beforeAll(async () => {
    voice = new TestVoice();
    [system, browsers] = await Promise.all([startSystem(), Promise.all([launchChromium(), launchChromium()])]);
    await system.ready();
    callers = [];
    for (const [i, name] of ['Ann', 'Ben'].entries()) {
      const caller = await Caller.open(browsers[i]!, `${system.url}/r/crowded?name=${name}`);
      await caller.join();
      // It is on, as the lobby had it.
      await caller.page.locator('.tile.self[data-pictured]').waitFor();
      callers.push(caller);
    }
  });
  afterAll(async () => {
    await Promise.all(browsers?.map(browser => browser.close()) ?? []);
    await Promise.all([system?.close(), voice?.close()]);
  });

  it('the face goes on moving while it speaks', { timeout: 180_000 }, async () => {
    const [ann, ben] = callers as [Caller, Caller];
    const gaps: number[] = [];
    const rates: number[] = [];
    for (const question of QUESTIONS) {
      await ann.avatarQuiet();
      const { endS } = await ann.speak(await voice.say(question));
      const benS = await ben.now();
      await until('an answer', async () => onset(await ann.loudness(endS), endS) !== undefined);
      await ann.avatarQuiet(600);
      for (const [each, sinceS] of [
        [ann, endS],
        [ben, benS],
      ] as const) {
        const [began, ended] = audible(await each.loudness(sinceS));
        const times = (await each.pictures(began)).map(([atS]) => atS).filter(atS => atS < ended);
        const marks = [began, ...times, ended];
        gaps.push(Math.max(...marks.slice(1).map((atS, i) => atS - marks[i]!)));
        rates.push(times.length / (ended - began));
      }
    }
    const told = `${rates.map(rate => rate.toFixed(1)).join(' ')} a second; gaps ${gaps.map(s => s.toFixed(2)).join(' ')} s`;
    expect(rates.toSorted((a, b) => a - b)[rates.length >> 1], told).toBeGreaterThan(8);
    expect(Math.max(...gaps), told).toBeLessThan(3);
  });
});
