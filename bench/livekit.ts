/**
 * The avatar in a room of a real LiveKit server beside the avatar in one of ours, by turns: the same packets, the same
 * clock, the same agent host; both listeners without a jitter buffer. LiveKit's server, ours and the load share the machine.
 */
import fs from 'node:fs';
import { AVATAR, HAS_LIVEKIT, LiveKitServer } from '../test/harness/livekit.ts';
import { Person } from '../test/harness/person.ts';
import type { ServerProcess } from '../test/harness/server-process.ts';
import { encodeAll, encodeSilence, type Packets } from '../test/harness/speech.ts';
import { type Spread, spread } from '../test/harness/stats.ts';
import { until } from '../test/harness/system.ts';
import { LiveKitTalker } from './load/livekit-talker.ts';
import { cpuSeconds, family } from './load/processes.ts';
import { pause, SHORT, withProduct } from './load/product.ts';
import { SMALL_TALK } from './load/small-talk.ts';

const TURNS = SHORT ? 4 : 12;
const FRAME_MS = 20;
const QUIET_MS = 1500;
const ANSWER_MS = 15_000;
/** How long the avatar has spoken when it is interrupted. */
const INTO_MS = 1200;
const IDLE_MS = SHORT ? 4000 : 10_000;

interface Talker {
  heardMs: number;
  onsetMs: number | undefined;
  tick(): void;
  say(packets: Packets): Promise<number | undefined>;
  listen(): void;
}

export async function bench(): Promise<object> {
  if (!HAS_LIVEKIT) return { skipped: 'there is no LiveKit server: install Go, or set LIVEKIT_SERVER_BIN to its path' };
  const server = await LiveKitServer.start();
  try {
    const env = {
      LIVEKIT_URL: server.url,
      LIVEKIT_API_KEY: server.apiKey,
      LIVEKIT_API_SECRET: server.apiSecret,
      VISAVIS_NO_CACHE: '1',
    };
    return await withProduct(
      async product => {
        const figures = await measure(server, product);
        return { ...figures, takeoverMs: await takeover(server, product, env) };
      },
      { env },
    );
  } finally {
    await server.close();
  }
}

async function measure(server: LiveKitServer, product: ServerProcess): Promise<object> {
  const silence = await encodeSilence();
  const sentences = await encodeAll(SMALL_TALK, ['rms']);
  const [over] = await encodeAll(['Wait a moment please, I would like to say something else.'], ['rms']);
  const [long] = await encodeAll(['Please tell me a long story about the sea.'], ['rms']);
  const ours = await Person.join({ url: product.url, room: 'ours', name: 'Ann', silence, video: true, talks: true });
  const token = await server.token('Ann', 'theirs');
  const theirs = await LiveKitTalker.join({ url: server.url, token, avatar: AVATAR, silence });
  let next = performance.now();
  const clock = setInterval(() => {
    for (; next <= performance.now(); next += FRAME_MS) for (const talker of [ours, theirs]) talker.tick();
  }, 5);
  try {
    const asked = performance.now();
    await server.dispatch('theirs');
    await until('the avatar in the LiveKit room', () => theirs.heardMs > asked);
    const carrier = carrierOf(product.pid);
    await quiet(ours, theirs);
    const cpuIdle = await cpuOf(carrier, () => pause(IDLE_MS));
    const waits: Record<'ours' | 'theirs', number[]> = { ours: [], theirs: [] };
    const speaking: number[] = [];
    for (let i = 0; i < TURNS; i++)
      for (const which of i % 2 === 0 ? (['ours', 'theirs'] as const) : (['theirs', 'ours'] as const)) {
        const talker: Talker = which === 'ours' ? ours : theirs;
        await quiet(ours, theirs);
        const waited = await turn(talker, sentences[i % sentences.length]!);
        if (waited === undefined) continue;
        waits[which].push(waited);
        if (which === 'theirs') speaking.push(await cpuOf(carrier, () => quiet(theirs, undefined, 300)));
      }
    const bargeIns: Record<'ours' | 'theirs', number[]> = { ours: [], theirs: [] };
    for (let i = 0; i < TURNS / 2; i++)
      for (const which of ['ours', 'theirs'] as const) {
        await quiet(ours, theirs);
        const stopped = await bargeIn(which === 'ours' ? ours : theirs, long!, over!);
        if (stopped !== undefined) bargeIns[which].push(stopped);
      }
    const [here, there] = [spread(waits.ours), spread(waits.theirs)];
    return {
      livekitVoiceToVoiceMs: there,
      mediasoupVoiceToVoiceMs: here,
      livekitAddedMs: Math.round(there.p50 - here.p50),
      turns: { livekit: waits.theirs.length, mediasoup: waits.ours.length },
      livekitBargeInMs: orNone(bargeIns.theirs),
      mediasoupBargeInMs: orNone(bargeIns.ours),
      carrierCpuPercent: round(speaking.reduce((sum, each) => sum + each, 0) / speaking.length),
      carrierCpuPercentQuiet: round(cpuIdle),
      carrierMb: residentMb(carrier),
    };
  } finally {
    clearInterval(clock);
    ours.close();
    await theirs.close();
  }
}

/** From the death of the server that has a room to the first sound of the avatar that another one brings. */
async function takeover(server: LiveKitServer, product: ServerProcess, env: NodeJS.ProcessEnv): Promise<number> {
  const silence = await encodeSilence();
  const token = await server.token('Bob', 'taken-over');
  const bob = await LiveKitTalker.join({ url: server.url, token, avatar: AVATAR, silence });
  try {
    const asked = performance.now();
    await server.dispatch('taken-over');
    await until('the avatar', () => bob.heardMs > asked);
    await quiet(bob);
    return await withProduct(
      async other => {
        const registered = async () =>
          /^visavis_livekit_connected 1/m.test(await (await fetch(`${other.url}/metrics`)).text());
        await until('the other server', registered);
        const killedMs = performance.now();
        bob.listen();
        await product.kill('SIGKILL');
        await until('the avatar again', () => bob.onsetMs !== undefined, 60_000);
        return Math.round(bob.onsetMs! - killedMs);
      },
      { env },
    );
  } finally {
    await bob.close();
  }
}

const round = (value: number) => Math.round(value * 10) / 10;
const orNone = (values: number[]): Spread | undefined => (values.length === 0 ? undefined : spread(values));

/** Nobody has been heard for a while. */
async function quiet(one: Talker, other?: Talker, ms = QUIET_MS): Promise<void> {
  await until(
    'quiet',
    () => performance.now() - Math.max(one.heardMs, other?.heardMs ?? Number.NEGATIVE_INFINITY) > ms,
    120_000,
  );
}

/** From the last packet of a question to the first sound of the answer; undefined where none came. */
async function turn(talker: Talker, sentence: Packets): Promise<number | undefined> {
  talker.listen();
  const endMs = await talker.say(sentence);
  await until('an answer', () => talker.onsetMs !== undefined, ANSWER_MS).catch(() => {});
  return talker.onsetMs === undefined || endMs === undefined ? undefined : talker.onsetMs - endMs;
}

/** From the first packet of an interruption to the last sound of the answer. */
async function bargeIn(talker: Talker, question: Packets, over: Packets): Promise<number | undefined> {
  if ((await turn(talker, question)) === undefined) return undefined;
  await pause(INTO_MS);
  const fromMs = performance.now();
  if (fromMs - talker.heardMs > 100) return undefined;
  await talker.say(over);
  // What came while it was interrupted: the answer to that comes later.
  return talker.heardMs - fromMs;
}

/** Of a process, % of a core, while something goes on. */
async function cpuOf(pid: number, meanwhile: () => Promise<unknown>): Promise<number> {
  const [before, beganMs] = [cpuSeconds([pid]) ?? Number.NaN, performance.now()];
  await meanwhile();
  return (((cpuSeconds([pid]) ?? Number.NaN) - before) / (performance.now() - beganMs)) * 100_000;
}

function carrierOf(serverPid: number): number {
  const found = family(serverPid).find(pid => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('carrier/main'));
  if (found === undefined) throw new Error('the carrier does not run');
  return found;
}

function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1024);
}
