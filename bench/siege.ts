/**
 * Attacks a running product, with its defaults, while two calls go on: whatever somebody without a right to it can say,
 * send, open, ask or erase. What is measured is what the calls notice, and what the attacks bring.
 */
import { slowestPattern } from '../infra/patterns/slowest.ts';
import { freePort } from '../server/testing/postgres.ts';
import { seeded } from '../test/harness/attacker.ts';
import type { Person } from '../test/harness/person.ts';
import type { ServerProcess } from '../test/harness/server-process.ts';
import { Crowd } from './load/crowd.ts';
import { Inspector } from './load/inspector.ts';
import { pidsOf } from './load/parts.ts';
import { pause, SHORT, withProduct } from './load/product.ts';
import { hostsReady } from './load/scrape.ts';
import { Calls } from './siege/calls.ts';
import { crookedTokens, foreignNames, hoarding, hostSecret, isServed, slowConnections } from './siege/doors.ts';
import type { Loot } from './siege/intruder.ts';
import { erasers, readers } from './siege/strangers.ts';
import { floodOfWords, hostileWords, names, strayMedia } from './siege/words.ts';

const PEACE_MS = SHORT ? 10_000 : 20_000;
const FLOOD_MS = SHORT ? 3000 : 10_000;
const SLOW_CONNECTIONS = 650;
const GIVE_UP_MS = 60_000;
/** An attacker’s own limits per minute are over. */
const BREATH_MS = SHORT ? 0 : 15_000;

export async function bench(): Promise<object> {
  // First, while it has the processor to itself.
  const patterns = await slowestPattern();
  const port = await freePort();
  const besieged = await withProduct(server => besiege(server, `http://127.0.0.1:${port}`), {
    env: { VISAVIS_AGENTS_PORT: String(port) },
    // The defaults: limits are a part of what is tried.
    settings: { limits: {}, agent: {} },
  });
  return {
    ...besieged,
    slowestPatternMs: patterns.ms,
    slowestPattern: `${patterns.file}: ${patterns.source}`.slice(0, 120),
  };
}

async function besiege(server: ServerProcess, agentsUrl: string): Promise<object> {
  const { url } = server;
  const crowd = await Crowd.create({ url, video: true }, seeded(7));
  const witnesses = [await crowd.join(), await crowd.join()];
  const room = witnesses[0]!.room;
  const calls = new Calls(witnesses, url);
  const attacks: Record<string, () => Promise<Loot>> = {
    'hostile words': () => hostileWords(url),
    'reading others': () => readers(server, room, 'Person 0'),
    'erasing others': () => erasers(server, room, witnesses[0]!),
    'foreign names': () => foreignNames(url),
    'crooked tokens': () => crookedTokens(server),
    'taken names': () => names(url, 'of-names', 'Mallory'),
    'stray media': strayMedia,
    'host secret': () => hostSecret(url, agentsUrl, FLOOD_MS),
    'flood of words': () => floodOfWords(url, FLOOD_MS),
    hoarding: () => hoarding(url),
  };
  try {
    const beganMs = performance.now();
    await pause(PEACE_MS);
    const siegeMs = performance.now();
    calls.takeStallMs();
    const slow = slowConnections(url, SLOW_CONNECTIONS);
    const outcomes: Record<string, Loot> = {};
    for (const [name, attack] of Object.entries(attacks)) {
      outcomes[name] = await attack().catch(error => ({ attempts: 0, through: [`failed: ${String(error)}`] }));
      console.log(name, JSON.stringify(outcomes[name]));
      await pause(BREATH_MS);
    }
    const { openAfter60s, taken } = await slow;
    const stallMs = calls.takeStallMs();
    const endMs = performance.now();
    const disturbed = calls.disturbed([beganMs, siegeMs], [siegeMs, endMs]);
    const hungHostReplacedMs = await hangHost(server, witnesses);
    const sum = (what: 'read' | 'erased' | 'attempts') =>
      Object.values(outcomes).reduce((all, each) => all + (each[what] ?? 0), 0);
    return {
      callsDisturbed: disturbed.calls,
      worstDisturbanceMs: disturbed.worstMs,
      exchanges: disturbed.exchanges,
      longestHostStallMs: stallMs,
      hungHostReplacedMs,
      slowConnections: SLOW_CONNECTIONS,
      slowConnectionsTaken: taken,
      slowConnectionsOpenAfter60s: openAfter60s,
      stillServed: await isServed(url),
      wordsReadByStrangers: sum('read'),
      wordsErasedByStrangers: sum('erased'),
      attempts: sum('attempts'),
      through: Object.entries(outcomes).flatMap(([name, { through = [] }]) => through.map(what => `${name}: ${what}`)),
      siegeSeconds: Math.round((endMs - siegeMs) / 1000),
    };
  } finally {
    await calls.close();
    await crowd.close();
  }
}

/** A host whose main thread runs in a circle; resolves to when the last of its rooms has an avatar again, ms. */
async function hangHost(server: ServerProcess, witnesses: readonly Person[]): Promise<number> {
  await hostsReady(server.url, 2, GIVE_UP_MS);
  const back = Promise.all(
    witnesses.map(
      ({ socket }) =>
        new Promise<number>(resolve =>
          socket.on('participant.joined', ({ participant }: { participant: { kind: string } }) => {
            if (participant.kind === 'avatar') resolve(performance.now());
          }),
        ),
    ),
  );
  const inspector = await Inspector.attach(pidsOf(server.pid, 'host')[0]!);
  const hungMs = performance.now();
  await inspector.hang();
  const lost = pause(GIVE_UP_MS).then(() => [Number.POSITIVE_INFINITY]);
  const backMs = Math.max(...(await Promise.race([back, lost])));
  inspector.close();
  return Math.round(backMs - hungMs);
}
