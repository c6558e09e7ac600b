/**
 * How many conversations one machine carries: more and more people, each with an avatar in a room of their own, speak
 * through the real router until answers come late, faces drop pictures or voices stutter. Server, agents and load
 * share the machine.
 */
import { seeded } from '../test/harness/attacker.ts';
import type { ServerProcess } from '../test/harness/server-process.ts';
import { spread } from '../test/harness/stats.ts';
import { Crowd, type Exchange } from './load/crowd.ts';
import { partsOf, shares } from './load/parts.ts';
import { pause, SHORT, withProduct } from './load/product.ts';
import { scrape, total } from './load/scrape.ts';

/** What still counts as a conversation. */
const MUST = { voiceToVoiceMsP95: 1500, picturesPerSecond: 24 };
/** Greetings are over, and faces that did with less while people joined are themselves again. */
const SETTLE_MS = SHORT ? 6000 : 12_000;
const WINDOW_MS = SHORT ? 15_000 : 40_000;
const STEPS = {
  video: SHORT ? [8] : [6, 8, 10, 12, 15, 18, 22, 26],
  audio: SHORT ? [25] : [10, 15, 20, 25, 30, 40, 50, 60],
};
const JOIN_EVERY_MS = 700;

interface Step {
  conversations: number;
  exchanges: number;
  unanswered: number;
  voiceToVoiceMs: { p50: number; p95: number };
  picturesPerSecond: number | null;
  underruns: number;
  lateAudio: number;
  lostAudio: number;
  /** Steps of faces to doing with less. */
  stepsDown: number;
  /** How late the load's own clock was at worst, ms. */
  loadLateMs: number;
  cpuPercent: Record<string, number>;
  ok: boolean;
}

export async function bench(): Promise<object> {
  const video = await carry('video');
  const audio = await carry('audio');
  return {
    conversationsVideo: video.conversations,
    conversationsAudio: audio.conversations,
    video: video.steps,
    audio: audio.steps,
  };
}

function carry(kind: 'video' | 'audio'): Promise<{ conversations: number; steps: Step[] }> {
  return withProduct(async server => {
    const crowd = await Crowd.create({ url: server.url, video: kind === 'video' }, seeded(7));
    const steps: Step[] = [];
    let conversations = 0;
    try {
      for (const count of STEPS[kind]) {
        while (crowd.people.length < count) {
          await crowd.add();
          await pause(JOIN_EVERY_MS);
        }
        // One try says little on a machine that others use.
        let step = await measure(server, crowd, kind);
        if (!step.ok) step = await measure(server, crowd, kind);
        steps.push(step);
        console.log(`${kind}: ${JSON.stringify(step)}`);
        if (!step.ok) break;
        conversations = count;
      }
    } finally {
      await crowd.close();
    }
    return { conversations, steps };
  });
}

async function measure(server: ServerProcess, crowd: Crowd, kind: 'video' | 'audio'): Promise<Step> {
  await pause(SETTLE_MS);
  crowd.lateMs = 0;
  const before = {
    parts: partsOf(server.pid),
    own: process.cpuUsage(),
    samples: await scrape(server.url),
    ms: performance.now(),
  };
  const late = sum(crowd, 'lateAudio');
  const lost = sum(crowd, 'lostAudio');
  await pause(WINDOW_MS);
  const seconds = (performance.now() - before.ms) / 1000;
  const after = { parts: partsOf(server.pid), samples: await scrape(server.url) };
  const own = process.cpuUsage(before.own);
  const exchanges = crowd.exchanges.filter(({ atMs }) => atMs >= before.ms);
  const answered = exchanges.flatMap(({ voiceToVoiceMs }) => voiceToVoiceMs ?? []);
  const grown = (name: string, label?: string) =>
    total(after.samples, name, label) - total(before.samples, name, label);
  const voiceToVoiceMs = spread(answered);
  const picturesPerSecond = kind === 'video' ? rate(exchanges) : null;
  const underruns = grown('visavis_avatar_audio_underruns_total');
  const unanswered = exchanges.length - answered.length;
  return {
    conversations: crowd.people.length,
    exchanges: exchanges.length,
    unanswered,
    voiceToVoiceMs,
    picturesPerSecond,
    underruns,
    lateAudio: sum(crowd, 'lateAudio') - late,
    lostAudio: sum(crowd, 'lostAudio') - lost,
    stepsDown: grown('visavis_face_degradations_total', 'direction="down"'),
    loadLateMs: Math.round(crowd.lateMs),
    cpuPercent: {
      ...shares(before.parts, after.parts, seconds),
      load: Math.round((own.user + own.system) / seconds / 1000) / 10,
    },
    ok:
      answered.length > 0 &&
      unanswered <= exchanges.length * 0.02 &&
      voiceToVoiceMs.p95 < MUST.voiceToVoiceMsP95 &&
      underruns === 0 &&
      (picturesPerSecond === null || picturesPerSecond >= MUST.picturesPerSecond),
  };
}

/** Pictures a second over all that was said. */
function rate(exchanges: Exchange[]): number {
  const counted = exchanges.filter(({ picturesPerSecond }) => picturesPerSecond !== undefined);
  const seconds = counted.reduce((all, { spokenS }) => all + spokenS, 0);
  const pictures = counted.reduce((all, each) => all + each.picturesPerSecond! * each.spokenS, 0);
  return Math.round((pictures / seconds) * 10) / 10;
}

const sum = (crowd: Crowd, key: 'lateAudio' | 'lostAudio') =>
  crowd.people.reduce((all, { received }) => all + received[key], 0);
