/**
 * Breaks one part after another while people talk, in the middle of the avatar's sentence, and measures what somebody
 * in a call notices: how long until a question that they begin is heard and answered.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ChatEndpoint } from '../agents/testing/chat-endpoint.ts';
import { HAS_POSTGRES, TestPostgres } from '../server/testing/postgres.ts';
import { seeded } from '../test/harness/attacker.ts';
import type { Person } from '../test/harness/person.ts';
import type { ServerProcess } from '../test/harness/server-process.ts';
import { encodeSpeech, type Packets } from '../test/harness/speech.ts';
import { wordErrors } from '../test/harness/stats.ts';
import { TestVoice } from '../test/harness/voice.ts';
import { Crowd } from './load/crowd.ts';
import { Inspector } from './load/inspector.ts';
import { pidsOf } from './load/parts.ts';
import { pause, SHORT, withProduct } from './load/product.ts';
import { hostsReady } from './load/scrape.ts';

/** Conversations that go on beside the one that is watched. */
const BESIDE = SHORT ? 1 : 3;
const STORY = 'Please tell me a long story about the sea.';
const QUESTION = 'What is your name?';
/** The avatar is this far into its answer. */
const INTO_MS = 700;
/** Still heard after this: nothing was noticed. */
const NOTICED_MS = [200, 500] as const;
const ANSWER_MS = 2500;
/** Providers are waited for: a person would see the avatar think. */
const PROVIDER_MS = 7000;
const GIVE_UP_MS = 30_000;
const HEAL_MS = 6000;
const DISK_MB = 64;

interface Fault {
  name: string;
  /** One process of the product ends. */
  kill?: boolean;
  strike(context: Context): Promise<unknown> | unknown;
  heal?(context: Context): Promise<unknown> | unknown;
}

interface Context {
  server: ServerProcess;
  endpoint: ChatEndpoint;
  postgres: TestPostgres | undefined;
  dataDir: string;
}

interface Outcome {
  fault: string;
  /** The avatar was heard on, as if nothing had happened. */
  unnoticed: boolean;
  /** How long after the fault a question was begun that was answered; 0 when nothing was noticed. */
  goesOnAfterMs: number | null;
  /** Silence where the avatar had been speaking. */
  silentMs: number;
}

/** Ends the part's first process, or all that there are. */
const killPart =
  (part: string, most = 1) =>
  ({ server }: Context) => {
    const pids = pidsOf(server.pid, part).slice(0, most);
    if (pids.length === 0) throw new Error(`there is no ${part}`);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
  };

const endThread =
  (name: string) =>
  async ({ server }: Context) => {
    const inspector = await Inspector.attach(pidsOf(server.pid, 'host')[0]!);
    const found = await inspector.endThreads(name);
    inspector.close();
    if (found === 0) throw new Error(`the host has no thread named ${name}`);
  };

const HANG = new Promise<never>(() => {});
const KINDLY = 'Well, that is a fine question, and I am happy to think about it with you for a good long while today.';

const FAULTS: Fault[] = [
  // Nobody outside knows which of them has the witness's room.
  { name: 'all routers killed', kill: true, strike: killPart('router', Number.POSITIVE_INFINITY) },
  { name: 'recognizer killed', kill: true, strike: killPart('recognizer') },
  { name: 'media thread ended', strike: endThread('media') },
  { name: 'face thread ended', strike: endThread('face') },
  {
    name: 'database killed',
    kill: true,
    strike: ({ postgres }) => postgres?.down(),
    heal: ({ postgres }) => postgres?.up(),
  },
  ...(
    [
      ['slow', () => pause(3000).then(() => KINDLY)],
      ['answers 429', () => ({ status: 429, problem: 'too many requests' })],
      ['answers 500', () => ({ status: 500, problem: 'broken' })],
      ['hangs', () => HANG],
      ['answers rubbish', () => ({ message: { role: 'assistant', content: null, tool_calls: [{ id: 7 }] } })],
    ] as const
  ).map(([how, answer]) => ({
    name: `provider ${how}`,
    strike: ({ endpoint }: Context) => {
      endpoint.answer = answer as ChatEndpoint['answer'];
    },
    heal: ({ endpoint }: Context) => {
      endpoint.answer = () => KINDLY;
    },
  })),
  { name: 'agent host killed', kill: true, strike: killPart('host') },
  {
    name: 'disk full',
    strike: ({ dataDir }) => {
      try {
        fs.writeFileSync(path.join(dataDir, 'filler'), Buffer.alloc(DISK_MB << 20));
      } catch {
        // That is the point.
      }
    },
    heal: ({ dataDir }) => fs.rmSync(path.join(dataDir, 'filler'), { force: true }),
  },
  {
    name: 'clock jumps by an hour',
    strike: async ({ server }) => {
      const inspector = await Inspector.attach(pidsOf(server.pid, 'host')[0]!);
      await inspector.shiftClock(3_600_000);
      inspector.close();
    },
  },
];

export async function bench(): Promise<object> {
  const endpoint = new ChatEndpoint();
  await endpoint.open();
  endpoint.answer = () => KINDLY;
  const postgres = HAS_POSTGRES ? await TestPostgres.start() : undefined;
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-chaos-'));
  const disk = mountSmall(dataDir);
  const env = {
    OPENAI_BASE_URL: endpoint.baseUrl,
    VISAVIS_NO_CACHE: '1',
    ...(postgres !== undefined && { DATABASE_URL: await postgres.database() }),
  };
  const outcomes: Outcome[] = [];
  try {
    const lost = await withProduct(
      async server => {
        const context = { server, endpoint, postgres, dataDir };
        const crowd = await Crowd.create({ url: server.url, video: true }, seeded(3));
        try {
          const witness = await crowd.join();
          for (let n = 0; n < BESIDE; n++) await crowd.add();
          const voice = new TestVoice();
          const [story, question] = [
            await encodeSpeech(await voice.say(STORY)),
            await encodeSpeech(await voice.say(QUESTION)),
          ];
          await voice.close();
          for (const fault of FAULTS) {
            if (fault.name === 'disk full' && !disk) continue;
            if (fault.name === 'database killed' && postgres === undefined) continue;
            const outcome = await suffer(fault, context, witness, story, question);
            outcomes.push(outcome);
            console.log(JSON.stringify(outcome));
          }
          return await missing(server, witness);
        } finally {
          await crowd.close();
        }
      },
      { env, dataDir },
    );
    const after = (each: Outcome) => each.goesOnAfterMs ?? Number.POSITIVE_INFINITY;
    const killed = outcomes.filter(({ fault }) => FAULTS.find(({ name }) => name === fault)?.kill === true);
    return {
      recoveryMsMax: Math.max(...killed.map(after)),
      recoveryMsMaxAnyFault: Math.max(...outcomes.map(after)),
      utterancesMissingInTheStore: lost,
      outcomes,
      skipped: [...(disk ? [] : ['disk full']), ...(postgres ? [] : ['database killed'])],
    };
  } finally {
    if (disk) execFileSync('umount', [dataDir]);
    fs.rmSync(dataDir, { recursive: true, force: true });
    await postgres?.close();
    await endpoint.close();
  }
}

async function suffer(
  fault: Fault,
  context: Context,
  witness: Person,
  story: Packets,
  question: Packets,
): Promise<Outcome> {
  if (fault.kill === true) await hostsReady(context.server.url, 2, GIVE_UP_MS);
  await speaking(witness, story);
  await pause(INTO_MS);
  await fault.strike(context);
  const struckMs = performance.now();
  await pause(NOTICED_MS[1]);
  const unnoticed = witness.heardMs > struckMs + NOTICED_MS[0] && !fault.name.startsWith('provider');
  const silentFrom = Math.max(witness.heardMs, struckMs);
  let goesOnAfterMs: number | null = unnoticed ? 0 : null;
  while (goesOnAfterMs === null && performance.now() - struckMs < GIVE_UP_MS) {
    const askedMs = performance.now();
    await witness.say(question);
    witness.listen();
    const endMs = performance.now() + (fault.name.startsWith('provider') ? PROVIDER_MS : ANSWER_MS);
    while (witness.onsetMs === undefined && performance.now() < endMs) await pause(20);
    if (witness.onsetMs !== undefined) goesOnAfterMs = Math.round(askedMs - struckMs);
  }
  const silentMs = unnoticed ? 0 : Math.round((witness.onsetMs ?? performance.now()) - silentFrom);
  await fault.heal?.(context);
  await pause(HEAL_MS);
  return { fault: fault.name, unnoticed, goesOnAfterMs, silentMs };
}

/** Resolves when the avatar has begun to answer. */
async function speaking(witness: Person, story: Packets): Promise<void> {
  const endMs = performance.now() + GIVE_UP_MS;
  while (performance.now() < endMs) {
    while (performance.now() - witness.heardMs < 1000) await pause(50);
    await witness.say(story);
    witness.listen();
    for (let i = 0; i < 250 && witness.onsetMs === undefined; i++) await pause(20);
    if (witness.onsetMs !== undefined) return;
  }
  throw new Error('the avatar does not answer any more');
}

/** Finished utterances of people that the witness saw in the log, and the API does not have. */
async function missing(server: ServerProcess, witness: Person): Promise<number> {
  const seen = witness.log.filter(({ role, final }) => role === 'user' && final);
  await pause(2000);
  const stored = (await server.conversations(witness.room)).flatMap(({ messages }) => messages);
  return seen.filter(({ text }) => !stored.some(message => wordErrors(text, message.text).errors === 0)).length;
}

/** A small disk of its own for the data directory, so that it can be filled; false where that is not allowed. */
function mountSmall(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
