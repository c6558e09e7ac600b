/** Attacks by agent hosts that know the secret, and have gone mad. */
import * as fc from 'fast-check';
import { AGENTS_NAMESPACE, AGENTS_VERSION, fromHost, HostHello, JobAnswer } from '../../protocol/agents.ts';
import { Caller } from '../harness/attacker.ts';
import type { System } from '../harness/system.ts';
import { asObject, attempt, fitting } from './arbitraries.ts';
import { mayBeShown, type Oracle } from './oracle.ts';
import { type Budget, fuzz } from './run.ts';

const ready = { modelLoaded: true, avatarReady: true, draining: false, jobs: 0, load: 0 };
const RIGHT = { version: AGENTS_VERSION, secret: '$secret', hostId: 'evil', capacity: 9, personas: [], avatars: [] };
const nearly = attempt(
  fitting(HostHello, {
    version: fc.constant(AGENTS_VERSION),
    secret: fc.constantFrom('$secret', '$secret', '$secret', 'guess'),
    hostId: fc.constantFrom('evil-1', 'evil-2'),
  }),
  // Anything else is no packet of socket.io's, and ends the connection without a word.
).map(value => asObject(value) as { secret?: unknown });
const hello = fc.oneof(
  { weight: 2, arbitrary: fc.constant<{ secret?: unknown }>(RIGHT) },
  { weight: 1, arbitrary: nearly },
);
const answer = attempt(
  fitting(JobAnswer, {
    accepted: fc.constantFrom(true, true, false),
    ip: fc.constantFrom('127.0.0.1', '127.0.0.1', '::1', 'nowhere', '255.255.255.255'),
    port: fc.oneof(fc.integer({ min: 1, max: 65_535 }), fc.integer()),
  }),
);
const message = fc.oneof(
  ...Object.entries(fromHost).map(([name, schema]) =>
    attempt(
      fitting(schema, { jobId: fc.constantFrom('$job', '$job', 'x'), identity: fc.constantFrom('victim', 'nobody') }),
    ).map(payload => ({ name, payload })),
  ),
);
const attacks = fc.record({
  hello,
  answers: fc.array(answer, { minLength: 1, maxLength: 3 }),
  messages: fc.array(message, { minLength: 5, maxLength: 30 }),
});

/** @returns how many messages were sent */
export async function fuzzHosts(system: System, oracle: Oracle, budget: Budget): Promise<number> {
  let sent = 0;
  await fuzz(attacks, budget, async ({ hello: greeting, answers, messages }) => {
    const auth = greeting.secret === '$secret' ? { ...greeting, secret: system.hostSecret } : greeting;
    sent += 1;
    const host = await Caller.connect(system.agentsUrl, AGENTS_NAMESPACE, auth).catch((refused: Error) => {
      mayBeShown(refused.message, oracle.secrets);
      return undefined;
    });
    if (host === undefined) return oracle.unharmed();
    let jobId = 'none';
    let offers = 0;
    host.socket.on('job.offer', (offer: { jobId: string }, acknowledge: (value: unknown) => void) => {
      jobId = offer.jobId;
      sent += 1;
      acknowledge(answers[offers++ % answers.length]);
    });
    host.socket.emit('status', ready);
    const { caller } = await Caller.join(system, 'victim', { room: `of-host-${sent}` });
    for (const { name, payload } of messages) {
      sent += 1;
      host.socket.emit(name, withJob(payload, jobId));
    }
    // Answered after everything that was sent before it.
    if ((await caller.code('rename', { name: 'Victim' })) !== 'ok') throw new Error('the room of a mad host is gone');
    await caller.code('leave');
    host.close();
    caller.close();
    await oracle.unharmed();
  });
  return sent;
}

const withJob = (payload: unknown, jobId: string): unknown =>
  typeof payload === 'object' && payload !== null && (payload as { jobId?: unknown }).jobId === '$job'
    ? { ...payload, jobId }
    : payload;
