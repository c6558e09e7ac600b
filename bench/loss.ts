/**
 * Calls over bad networks: what is understood of what is said, and how voice and face arrive, at a real browser. The
 * network between is a relay that loses, delays and shuffles packets both ways.
 */
import net from 'node:net';
import { seeded } from '../test/harness/attacker.ts';
import { Caller, launchChromium, onset } from '../test/harness/browser.ts';
import type { Reception } from '../test/harness/page-script.ts';
import { wordErrors } from '../test/harness/stats.ts';
import { startSystem, until } from '../test/harness/system.ts';
import { TestVoice } from '../test/harness/voice.ts';
import { pause, SHORT } from './load/product.ts';
import { type Impairment, Relay } from './load/relay.ts';

const LISTENS = '127.0.0.1';
const ANNOUNCED = '127.0.0.2';
const NETWORKS: Record<string, Impairment> = {
  none: {},
  'loss 1 %': { loss: 0.01 },
  'loss 3 %': { loss: 0.03 },
  'loss 5 %': { loss: 0.05 },
  'loss 10 %': { loss: 0.1 },
  'jitter 30 ms': { delayMs: 30, jitterMs: 30 },
  'jitter 80 ms': { delayMs: 80, jitterMs: 80 },
  'delay 200 ms': { delayMs: 200 },
};
const SHORT_NETWORKS = ['none', 'loss 5 %'];
/** Common words, none of which sounds like another. */
const SENTENCES = [
  'My brother wants to buy a red bicycle next summer.',
  'We had pancakes with honey for breakfast this morning.',
  'The train to the airport leaves at seven in the evening.',
  'She plays the piano, and her sister plays the violin.',
  'I would like to learn how to cook a good soup.',
  'Our garden is full of yellow flowers and green apples.',
  'Yesterday a small bird was sitting on my window.',
  'He works in a hospital, and he likes his job very much.',
].slice(0, SHORT ? 4 : 8);
const ROUNDS = SHORT ? 1 : 2;
const SETTLE_MS = 3000;
const OUTAGE_MS = 5000;

interface Result {
  wordsRight: number;
  words: number;
  /** Relative to no impairment, %. */
  understoodPercent: number;
  /** Voice samples that the browser had to make up, % of all. */
  concealedPercent: number;
  picturesPerSecond: number;
  freezesPerMinute: number;
  frozenPercent: number;
}

export async function bench(): Promise<object> {
  const rtcPort = await freeUdpLikePort();
  const system = await startSystem({
    graceMs: 20_000,
    media: { rtcPort, workers: 1, listenIp: LISTENS, announcedAddress: ANNOUNCED },
  });
  const relay = await Relay.open(ANNOUNCED, { address: LISTENS, port: rtcPort }, seeded(5));
  const voice = new TestVoice();
  const browser = await launchChromium();
  const results: Record<string, Result> = {};
  try {
    await system.ready();
    const caller = await Caller.open(browser, `${system.url}/r/loss?name=Ann`);
    await caller.join();
    await caller.page.waitForTimeout(2000);
    await caller.avatarQuiet();
    for (const [name, impairment] of Object.entries(NETWORKS)) {
      if (SHORT && !SHORT_NETWORKS.includes(name)) continue;
      relay.impairment = impairment;
      await pause(SETTLE_MS);
      results[name] = await talk(caller, voice, results.none);
      console.log(`${name}: ${JSON.stringify(results[name])}`);
    }
    relay.impairment = {};
    await pause(SETTLE_MS);
    const outage = await surviveOutage(relay, caller, voice);
    console.log(`outage of ${OUTAGE_MS / 1000} s: ${JSON.stringify(outage)}`);
    return {
      wordsAtLoss5Percent: results['loss 5 %']!.understoodPercent,
      outageRecoveryMs: outage.recoveryMs,
      networks: results,
    };
  } finally {
    await browser.close();
    await voice.close();
    relay.close();
    await system.close();
  }
}

async function talk(caller: Caller, voice: TestVoice, without: Result | undefined): Promise<Result> {
  const before = await reception(caller);
  const beganMs = performance.now();
  let [right, words] = [0, 0];
  for (let round = 0; round < ROUNDS; round++)
    for (const sentence of SENTENCES) {
      const said = (await finished(caller)).length;
      await caller.speak(await voice.say(sentence));
      await until('the words', async () => (await finished(caller)).length > said, 8000).catch(() => {});
      await caller.avatarQuiet(1000);
      const heard = (await finished(caller)).slice(said).join(' ');
      const counted = wordErrors(sentence, heard);
      right += Math.max(0, counted.words - counted.errors);
      words += counted.words;
    }
  const after = await reception(caller);
  const seconds = (performance.now() - beganMs) / 1000;
  const grown = (key: keyof Reception) => after[key] - before[key];
  const rate = without === undefined ? right / words : without.wordsRight / without.words;
  return {
    wordsRight: right,
    words,
    understoodPercent: tenths((right / words / rate) * 100),
    concealedPercent: tenths((grown('concealedSamples') / grown('totalSamples')) * 100),
    picturesPerSecond: tenths(grown('framesDecoded') / seconds),
    freezesPerMinute: tenths((grown('freezes') / seconds) * 60),
    frozenPercent: tenths((grown('frozenS') / seconds) * 100),
  };
}

/** Cuts the media for a while; how long after it is back until a question is heard and answered. */
async function surviveOutage(
  relay: Relay,
  caller: Caller,
  voice: TestVoice,
): Promise<{ recoveryMs: number; picturesAfterMs: number }> {
  relay.impairment = { outage: true };
  await pause(OUTAGE_MS);
  relay.impairment = {};
  const backMs = performance.now();
  const { framesDecoded } = await reception(caller);
  const pictures = until('pictures', async () => (await reception(caller)).framesDecoded > framesDecoded, 20_000).then(
    () => performance.now() - backMs,
  );
  const question = await voice.say('What is your name?');
  for (let tries = 0; tries < 10; tries++) {
    const askedMs = performance.now();
    const { endS } = await caller.speak(question);
    for (let i = 0; i < 25; i++) {
      await pause(100);
      if (onset(await caller.loudness(endS), endS) === undefined) continue;
      // A question that was begun this long after the network was back was heard.
      return { recoveryMs: Math.round(askedMs - backMs), picturesAfterMs: Math.round(await pictures) };
    }
  }
  throw new Error('the call did not go on after the outage');
}

const reception = (caller: Caller): Promise<Reception> => caller.page.evaluate(() => window.probe.reception());

const finished = async (caller: Caller): Promise<string[]> =>
  (await caller.log()).filter(({ role, final }) => role === 'user' && final).map(({ text }) => text);

/** A port that is free now, for TCP, and therefore most likely for UDP. */
async function freeUdpLikePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>(resolve => server.listen(0, LISTENS, resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

const tenths = (value: number) => Math.round(value * 10) / 10;
