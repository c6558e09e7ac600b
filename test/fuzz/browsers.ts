/** Attacks on the browsers' namespace. */
import * as fc from 'fast-check';
import { type RequestName, type RequestOutput, requests, SIGNALING_VERSION } from '../../protocol/signaling.ts';
import { Caller, tokenFor } from '../harness/attacker.ts';
import type { System } from '../harness/system.ts';
import { attempt, type ByName, fitting, mutated, rubbish } from './arbitraries.ts';
import { mayBeShown, type Oracle, typedRefusal } from './oracle.ts';
import { type Budget, fuzz } from './run.ts';

const OPUS = { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2, parameters: {} };
const VP8 = { mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000, parameters: {} };
const rightOrNearly = (right: unknown) => fc.oneof(fc.constant(right), mutated(fc.constant(right)));
const track = (codec: object, ssrc: number) => ({ codecs: [codec], encodings: [{ ssrc }], rtcp: { cname: 'me' } });

/** Stand for what only the session knows. */
const KNOWN = ['$send', '$recv', '$producer', '$consumer', '$other', '$token', '$resume'] as const;
const id = fc.constantFrom<string>('$send', '$send', '$recv', '$producer', '$consumer', '$other', 'made-up');
const BY_NAME: ByName = {
  transportId: id,
  producerId: id,
  consumerId: id,
  identity: fc.constantFrom('behaves', 'attacker-0', 'avatar', 'made-up'),
  version: fc.constantFrom(SIGNALING_VERSION, SIGNALING_VERSION, 2),
  token: fc.constantFrom('$token', '$token', 'eyJhbGciOiJub25lIn0.e30.', 'x'),
  resumeKey: fc.constantFrom('$resume', 'x'),
  rtpParameters: fc
    .integer({ min: 1, max: 50 })
    .chain(ssrc => fc.oneof(rightOrNearly(track(OPUS, ssrc)), rightOrNearly(track(VP8, ssrc)))),
  dtlsParameters: rightOrNearly({
    role: 'client',
    fingerprints: [{ algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') }],
  }),
  rtpCapabilities: rightOrNearly({
    codecs: [OPUS, VP8].map(codec => ({
      ...codec,
      kind: codec === OPUS ? 'audio' : 'video',
      preferredPayloadType: codec.payloadType,
      rtcpFeedback: [],
    })),
    headerExtensions: [],
  }),
};

/** Names that socket.io keeps for itself. */
const RESERVED = /^(connect|connect_error|disconnect|disconnecting|newListener|removeListener)$/;
const named = fc.oneof(
  ...(Object.keys(requests) as RequestName[]).map(name =>
    attempt(fitting(requests[name].input, BY_NAME)).map(payload => ({ name: name as string, payload })),
  ),
  fc.record({ name: fc.string({ maxLength: 40 }).filter(name => !RESERVED.test(name)), payload: rubbish }),
);
const attacks = fc.array(fc.record({ request: named, acknowledged: fc.nat(9).map(n => n > 0) }), {
  minLength: 5,
  maxLength: 30,
});

type Known = Partial<Record<(typeof KNOWN)[number], string>>;

function known(value: unknown, by: Known): unknown {
  if (typeof value === 'string') return by[value as keyof Known] ?? value;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(each => known(each, by));
  // Not by assignment: `__proto__` is to stay a key.
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, known(each, by)]));
}

/** Somebody who behaves, and whose tracks others may ask for. */
const ROOM = 'wild';

/** @returns how many messages were sent */
export async function fuzzBrowsers(system: System, oracle: Oracle, budget: Budget): Promise<number> {
  let sent = 0;
  const other = await Caller.join(system, 'behaves', { room: ROOM });
  const { producerId } = await produced(other.caller, other.transports!.send.id);
  await fuzz(attacks, budget, async messages => {
    const $token = await tokenFor(system, `attacker-${sent}`, { room: ROOM });
    const caller = await Caller.connect(system.url);
    const by: Known = { $token, $other: producerId };
    const joined = await caller.send('join', { version: SIGNALING_VERSION, token: $token });
    if (joined.ok) learn(by, 'join', joined.data);
    for (const { request, acknowledged } of messages) {
      const payload = known(request.payload, by);
      sent += 1;
      if (!acknowledged) {
        caller.socket.emit(request.name, payload);
        continue;
      }
      const reply = await caller.send(request.name, payload);
      mayBeShown(reply, oracle.secrets);
      if (reply.ok) learn(by, request.name, reply.data);
      else typedRefusal(reply.error);
    }
    caller.close();
    await oracle.unharmed();
  });
  if ((await other.caller.code('rename', { name: 'Still here' })) !== 'ok') throw new Error('who behaves was harmed');
  other.caller.close();
  return sent;
}

async function produced(caller: Caller, transportId: string): Promise<{ producerId: string }> {
  const rtpParameters = track(OPUS, 1);
  const reply = await caller.send('produce', { transportId, kind: 'audio', source: 'microphone', rtpParameters });
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.data as { producerId: string };
}

function learn(by: Known, name: string, data: unknown): void {
  if (name === 'join') {
    const { transports, resumeKey } = data as RequestOutput<'join'>;
    by.$resume = resumeKey;
    if (transports !== undefined) [by.$send, by.$recv] = [transports.send.id, transports.recv.id];
  }
  if (name === 'produce') by.$producer = (data as { producerId: string }).producerId;
  if (name === 'consume') by.$consumer = (data as { consumerId: string }).consumerId;
}
