/**
 * How many people may watch one avatar: a talker and more and more viewers in one room, until somebody gets less than
 * the talker does. Server, agent and load share the machine.
 */
import { seeded } from '../test/harness/attacker.ts';
import { Person } from '../test/harness/person.ts';
import type { ServerProcess } from '../test/harness/server-process.ts';
import { encodeSilence } from '../test/harness/speech.ts';
import { spread } from '../test/harness/stats.ts';
import { Crowd } from './load/crowd.ts';
import { partsOf, shares } from './load/parts.ts';
import { pause, SHORT, withProduct } from './load/product.ts';
import { scrape, total } from './load/scrape.ts';

const STEPS = SHORT ? [50] : [10, 25, 50, 75, 100, 150, 200];
const WINDOW_MS = SHORT ? 15_000 : 30_000;
const SETTLE_MS = 4000;
/** Share of the talker's pictures and packets that the least favoured viewer must get. */
const SHARE = 0.99;
const MUST = { voiceToVoiceMsP95: 1500, lateShare: 0.01 };

interface Step {
  viewers: number;
  voiceToVoiceMs: { p50: number; p95: number };
  /** Of the talker, while the avatar speaks. */
  picturesPerSecond: number;
  /** What the least favoured viewer got of the talker's pictures and voice packets. */
  picturesShare: number;
  voiceShare: number;
  /** Voice packets too late for a browser's usual jitter buffer, share of all. */
  lateShare: number;
  underruns: number;
  /** CPU of the router for one stream to one viewer, % of a core. */
  routerPercentPerConsumer: number;
  cpuPercent: Record<string, number>;
  ok: boolean;
}

export async function bench(): Promise<object> {
  const silence = await encodeSilence();
  return withProduct(async server => {
    const crowd = await Crowd.create({ url: server.url, video: true }, seeded(11));
    const viewers: Person[] = [];
    const steps: Step[] = [];
    try {
      const talker = await crowd.add();
      for (const count of STEPS) {
        while (viewers.length < count) {
          const name = `Viewer ${viewers.length}`;
          viewers.push(
            await Person.join({ url: server.url, room: 'load-0', name, silence, video: true, talks: false }),
          );
        }
        const step = await measure(server, crowd, talker, viewers, steps[0]);
        steps.push(step);
        console.log(JSON.stringify(step));
        if (!step.ok) break;
      }
    } finally {
      for (const viewer of viewers) viewer.close();
      await crowd.close();
    }
    return { viewersPerAvatar: steps.findLast(({ ok }) => ok)?.viewers ?? 0, steps };
  });
}

async function measure(
  server: ServerProcess,
  crowd: Crowd,
  talker: Person,
  viewers: Person[],
  first: Step | undefined,
): Promise<Step> {
  await pause(SETTLE_MS);
  const before = {
    ms: performance.now(),
    parts: partsOf(server.pid),
    own: process.cpuUsage(),
    samples: await scrape(server.url),
    talker: { ...talker.received },
    viewers: viewers.map(({ received }) => ({ ...received })),
  };
  await pause(WINDOW_MS);
  const seconds = (performance.now() - before.ms) / 1000;
  const cpu = shares(before.parts, partsOf(server.pid), seconds);
  const own = process.cpuUsage(before.own);
  const samples = await scrape(server.url);
  const got = viewers.map(({ received }, i) => {
    const then = before.viewers[i]!;
    return {
      pictures: received.pictures - then.pictures,
      voice: received.audioPackets - then.audioPackets,
      late: received.lateAudio - then.lateAudio,
    };
  });
  const sent = {
    pictures: talker.received.pictures - before.talker.pictures,
    voice: talker.received.audioPackets - before.talker.audioPackets,
  };
  const exchanges = crowd.exchanges.filter(({ atMs }) => atMs >= before.ms);
  const voiceToVoiceMs = spread(exchanges.flatMap(each => each.voiceToVoiceMs ?? []));
  const rates = exchanges.flatMap(each => each.picturesPerSecond ?? []);
  const share = (key: 'pictures' | 'voice') => hundredths(Math.min(...got.map(each => each[key])) / sent[key]);
  const lateShare = hundredths(sum(got.map(({ late }) => late)) / sum(got.map(({ voice }) => voice)));
  const underruns =
    total(samples, 'visavis_avatar_audio_underruns_total') -
    total(before.samples, 'visavis_avatar_audio_underruns_total');
  const step = {
    viewers: viewers.length,
    voiceToVoiceMs,
    picturesPerSecond: Math.round((sum(rates) / rates.length) * 10) / 10,
    picturesShare: share('pictures'),
    voiceShare: share('voice'),
    lateShare,
    underruns,
    routerPercentPerConsumer: perConsumer(cpu.router ?? 0, viewers.length, first),
    cpuPercent: { ...cpu, load: Math.round((own.user + own.system) / seconds / 1000) / 10 },
  };
  const ok =
    step.picturesShare >= SHARE &&
    step.voiceShare >= SHARE &&
    lateShare <= MUST.lateShare &&
    underruns === 0 &&
    voiceToVoiceMs.p95 < MUST.voiceToVoiceMsP95;
  return { ...step, ok };
}

/** Beyond what the first viewers cost, where there is a step to compare with. */
function perConsumer(percent: number, viewers: number, first: Step | undefined): number {
  const [from, less] = first === undefined ? [0, 0] : [first.viewers, first.cpuPercent.router ?? 0];
  return Math.round(((percent - less) / ((viewers - from) * 2)) * 1000) / 1000;
}

const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);
const hundredths = (value: number) => Math.round(value * 1000) / 1000;
