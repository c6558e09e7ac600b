/**
 * Half an hour of conversations, half as many as the machine carries: memory, descriptors and threads of every part,
 * and how far picture and voice drift apart, sampled all the way.
 */
import fs from 'node:fs';
import path from 'node:path';
import { seeded } from '../test/harness/attacker.ts';
import type { Person } from '../test/harness/person.ts';
import type { ServerProcess } from '../test/harness/server-process.ts';
import { spread } from '../test/harness/stats.ts';
import { Crowd } from './load/crowd.ts';
import { pidsOf } from './load/parts.ts';
import { family, residentMb } from './load/processes.ts';
import { pause, SHORT, withProduct } from './load/product.ts';
import { scrape, total } from './load/scrape.ts';

const MINUTES = Number(process.env.VISAVIS_BENCH_MINUTES ?? (SHORT ? 1 : 30));
/** Caches fill, code is compiled, pools grow: what comes after is growth. */
const SETTLE_MINUTES = Math.min(5, MINUTES / 3);
const EVERY_MS = 10_000;
const DENSITY = path.resolve('bench/results/density.json');
const UNKNOWN_DENSITY = 8;

interface Sample {
  minute: number;
  /** PSS of each part and of all, MB. */
  memoryMb: Record<string, number>;
  descriptors: number;
  threads: number;
  underruns: number;
  /** Median over the people: how much later pictures come than the sound of the same instant, against the start, ms. */
  videoAfterAudioMs: number;
}

export async function bench(): Promise<object> {
  const conversations = half();
  return withProduct(async server => {
    const crowd = await Crowd.create({ url: server.url, video: true }, seeded(13));
    const samples: Sample[] = [];
    try {
      for (let n = 0; n < conversations; n++) {
        await crowd.add();
        await pause(1000);
      }
      const beganMs = performance.now();
      const underrunsBefore = total(await scrape(server.url), 'visavis_avatar_audio_underruns_total');
      while (performance.now() - beganMs < MINUTES * 60_000) {
        await pause(EVERY_MS);
        const sample = await take(server, crowd, (performance.now() - beganMs) / 60_000, underrunsBefore);
        samples.push(sample);
        if (samples.length % 6 === 0) console.log(JSON.stringify(sample));
      }
      const settled = samples.filter(({ minute }) => minute >= SETTLE_MINUTES);
      const exchanges = crowd.exchanges;
      return {
        soakMemoryGrowthPercent: growth(settled.map(({ memoryMb }) => memoryMb.all!)),
        driftMs: ends(settled.map(({ videoAfterAudioMs }) => videoAfterAudioMs).filter(Number.isFinite)).change,
        descriptorGrowth: ends(settled.map(({ descriptors }) => descriptors)).change,
        threadGrowth: ends(settled.map(({ threads }) => threads)).change,
        underruns: samples.at(-1)!.underruns,
        conversations,
        minutes: MINUTES,
        exchanges: exchanges.length,
        unanswered: exchanges.filter(({ voiceToVoiceMs }) => voiceToVoiceMs === undefined).length,
        voiceToVoiceMs: spread(exchanges.flatMap(each => each.voiceToVoiceMs ?? [])),
        growthPercentByPart: Object.fromEntries(
          Object.keys(samples.at(-1)!.memoryMb).map(part => [
            part,
            growth(settled.map(({ memoryMb }) => memoryMb[part] ?? 0)),
          ]),
        ),
        samples,
      };
    } finally {
      await crowd.close();
    }
  });
}

/** Half of what the density bench found on this machine, if it was run. */
function half(): number {
  const given = process.env.VISAVIS_BENCH_CONVERSATIONS;
  if (given !== undefined) return Number(given);
  try {
    const { result } = JSON.parse(fs.readFileSync(DENSITY, 'utf8')) as { result: { conversationsVideo: number } };
    return Math.max(1, Math.floor(result.conversationsVideo / 2));
  } catch {
    return UNKNOWN_DENSITY / 2;
  }
}

/** Everybody's first reading: it contains a constant of their own. */
const atFirst = new Map<Person, number>();

/** How much later than at first somebody's pictures come; absent while they get none. */
function drift(person: Person): number | undefined {
  const nowMs = person.videoAfterAudioMs();
  if (nowMs === undefined) return undefined;
  const firstMs = atFirst.get(person) ?? nowMs;
  atFirst.set(person, firstMs);
  return nowMs - firstMs;
}

async function take(server: ServerProcess, crowd: Crowd, minute: number, underrunsBefore: number): Promise<Sample> {
  const memoryMb: Record<string, number> = { all: 0 };
  for (const part of ['server', 'host', 'recognizer', 'router']) {
    const megabytes = residentMb(pidsOf(server.pid, part)) ?? 0;
    memoryMb[part] = Math.round(megabytes * 10) / 10;
    memoryMb.all! += megabytes;
  }
  memoryMb.all = Math.round(memoryMb.all! * 10) / 10;
  const count = (folder: string) =>
    family(server.pid).reduce((sum, pid) => sum + fs.readdirSync(`/proc/${pid}/${folder}`).length, 0);
  const offsets = crowd.people.flatMap(person => drift(person) ?? []);
  return {
    minute: Math.round(minute * 100) / 100,
    memoryMb,
    descriptors: count('fd'),
    threads: count('task'),
    underruns: total(await scrape(server.url), 'visavis_avatar_audio_underruns_total') - underrunsBefore,
    videoAfterAudioMs: spread(offsets).p50,
  };
}

/** From the first fifth to the last, medians, %. */
function growth(values: number[]): number {
  const { first, change } = ends(values);
  return Math.round((change / first) * 1000) / 10;
}

function ends(values: number[]): { first: number; change: number } {
  const fifth = Math.max(1, Math.floor(values.length / 5));
  const first = spread(values.slice(0, fifth)).p50;
  return { first, change: Math.round((spread(values.slice(-fifth)).p50 - first) * 10) / 10 };
}
