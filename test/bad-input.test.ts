import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../protocol/limits.ts';
import { type RequestName, requests, SIGNALING_VERSION } from '../protocol/signaling.ts';
import { level } from './fuzz/oracle.ts';
import { Caller, type Joined, seeded } from './harness/attacker.ts';
import { type System, startSystem } from './harness/system.ts';

const NAMES = Object.keys(requests) as RequestName[];
/** Of each request, so many random payloads. */
const FUZZ = 45;
const ROOM = 'calm';
/** What is held, and what the process has: the latter depends on when things are collected. */
const MAX_GROWTH = { heapMb: 100, bytes: 400 * 2 ** 20 };

let system: System;
let healthy: Joined;
let pids: number[];
let startBytes: number;
let startHeapMb: number;
const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeAll(async () => {
  process.on('unhandledRejection', note);
  system = await startSystem({
    graceMs: 100,
    limits: { requestsPerSecond: 100, messagesPerSecond: 20, peoplePerRoom: 64 },
  });
  await system.ready();
  healthy = await Caller.join(system, 'healthy', { room: ROOM });
  pids = [...system.engine.workerPids, ...system.spawner.pids];
  startHeapMb = (await level()).heapMb;
  startBytes = process.memoryUsage().rss;
});

/** Whatever happened before: the call of a person who behaves goes on, and nothing had to be restarted. */
async function unharmed(): Promise<void> {
  expect(await healthy.caller.code('rename', { name: 'Still here' })).toBe('ok');
  expect((await fetch(`${system.url}/health`)).status).toBe(200);
  expect([...system.engine.workerPids, ...system.spawner.pids]).toEqual(pids);
  expect(unhandled).toEqual([]);
}

afterAll(async () => {
  if (healthy !== undefined) {
    await unharmed();
    expect((await level()).heapMb - startHeapMb).toBeLessThan(MAX_GROWTH.heapMb);
    expect(process.memoryUsage().rss - startBytes).toBeLessThan(MAX_GROWTH.bytes);
  }
  healthy?.caller.close();
  await system?.close();
  process.off('unhandledRejection', note);
});

const attacker = (room = 'wild') => Caller.join(system, `attacker-${Math.random()}`, { room });
async function within(work: (joined: Joined) => Promise<void>): Promise<void> {
  const joined = await attacker();
  try {
    await work(joined);
  } finally {
    joined.caller.close();
  }
  await unharmed();
}

const WORDS = [
  'transportId',
  'producerId',
  'rtpParameters',
  'codecs',
  'encodings',
  'dtlsParameters',
  'fingerprints',
  'kind',
  'token',
  'text',
  '__proto__',
  'constructor',
  'length',
  '',
];
/** Anything JSON can say, and bytes, which it cannot. */
function anything(random: () => number, depth = 0): unknown {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  switch (Math.floor(random() * (depth > 3 ? 7 : 10))) {
    case 0:
      return null;
    case 1:
      return random() < 0.5;
    case 2:
      return pick([0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308]);
    case 3:
      return pick(['', 'audio', 'video', 'microphone', '\u0000', '\u202e', '../../etc/passwd', "'; drop table", '<b>']);
    case 4:
      return 'x'.repeat(Math.floor(random() * 3000));
    case 5:
      return Buffer.from(Array.from({ length: Math.floor(random() * 50) }, () => random() * 256));
    case 6:
      return pick(WORDS);
    case 7:
      return Array.from({ length: Math.floor(random() * 6) }, () => anything(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: Math.floor(random() * 6) }, () => [pick(WORDS), anything(random, depth + 1)]),
      );
  }
}

const NEED_NOTHING: ReadonlySet<string> = new Set([
  'leave',
  'ping',
  'host.end',
  'animation.subscribe',
  'animation.unsubscribe',
]);

describe('malformed requests', () => {
  it.each(NAMES)('%s: whatever is in it, the answer is a typed refusal', async name => {
    const random = seeded(name.length * 7919);
    await within(async ({ caller }) => {
      const codes = new Set<string>();
      for (let i = 0; i < FUZZ; i++) codes.add(await caller.code(name, anything(random)));
      // These need nothing, so an object of any kind will do; after leaving one is not there any more, and not all are hosts.
      const fine = NEED_NOTHING.has(name) ? ['ok', 'bad-request', 'not-joined', 'forbidden'] : ['bad-request'];
      expect([...codes].filter(code => !fine.includes(code))).toEqual([]);
    });
  });

  it('with the right shape but descriptions that make no sense are refused, too, and reach no further', async () => {
    const random = seeded(11);
    await within(async ({ caller, transports }) => {
      const { send } = transports!;
      const codes = new Set<string>();
      for (let i = 0; i < 60; i++) {
        codes.add(
          await caller.code('transport.connect', {
            transportId: send.id,
            dtlsParameters: { junk: anything(random), role: anything(random), fingerprints: anything(random) },
          }),
        );
        codes.add(
          await caller.code('produce', {
            transportId: send.id,
            kind: 'audio',
            source: 'microphone',
            rtpParameters: { codecs: anything(random), encodings: anything(random), rtcp: anything(random) },
          }),
        );
        const avatar = healthy.snapshot.participants.find(({ kind }) => kind === 'avatar');
        codes.add(
          await caller.code('consume', {
            producerId: avatar?.producers[0]?.producerId ?? 'none',
            rtpCapabilities: { codecs: anything(random), headerExtensions: anything(random) },
          }),
        );
      }
      expect([...codes].filter(code => !['bad-request', 'not-found'].includes(code))).toEqual([]);
    });
  });

  it.each([
    ['SSRC out of range', { encodings: [{ ssrc: 2 ** 40 }] }],
    ['negative SSRC', { encodings: [{ ssrc: -5 }] }],
    [
      'payload type out of range',
      { codecs: [{ mimeType: 'audio/opus', payloadType: 70_000, clockRate: 48_000, channels: 2 }] },
    ],
    ['a codec that is not offered', { codecs: [{ mimeType: 'audio/evil', payloadType: 100, clockRate: 48_000 }] }],
    ['no codecs', { codecs: [] }],
    ['a thousand encodings', { encodings: Array.from({ length: 1000 }, (_, i) => ({ ssrc: i + 1 })) }],
    ['a name of 20 kB', { rtcp: { cname: 'x'.repeat(20_000) } }],
    ['a MID of 5 kB', { mid: 'm'.repeat(5000) }],
    ['fractions for numbers', { encodings: [{ ssrc: 1.5 }] }],
  ])('a track with %s does not end the media process', async (_, part) => {
    await within(async ({ caller, transports }) => {
      const rtpParameters = {
        codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2, parameters: {} }],
        encodings: [{ ssrc: 1234 }],
        rtcp: { cname: 'me' },
        ...part,
      };
      const code = await caller.code('produce', {
        transportId: transports!.send.id,
        kind: 'audio',
        source: 'microphone',
        rtpParameters,
      });
      expect(['ok', 'bad-request']).toContain(code);
    });
  });

  it('that do not exist, or of which nobody awaits an answer, change nothing', async () => {
    await within(async ({ caller }) => {
      for (const name of ['nonsense', '__proto__', 'toString', 'participant.joined', 'job.log', 'x'.repeat(5000)])
        expect(await caller.code(name, {})).toBe('bad-request');
      expect(await caller.code('leave', {}, {}, {})).toBe('ok');
      caller.socket.emit('join', { version: 1 });
      caller.socket.emit('say');
      caller.socket.emit('say', { text: 'hello' });
      expect(await caller.code('say', { text: 'hello' })).toBe('not-joined');
    });
  });

  it('out of order are refused by name', async () => {
    const caller = await Caller.connect(system.url);
    const id = { transportId: 't', producerId: 'p', consumerId: 'c' };
    const rest = {
      dtlsParameters: {},
      rtpParameters: {},
      rtpCapabilities: {},
      kind: 'audio',
      source: 'microphone',
      spatialLayer: 0,
      text: 'x',
      name: 'x',
      playoutDelayMs: 0,
      feelings: true,
      sight: false,
      raised: true,
      emoji: '👏',
      identity: 'i',
      locked: true,
      on: true,
      admitted: true,
      reduced: true,
    };
    for (const name of NAMES)
      if (name !== 'join') expect([name, await caller.code(name, { ...id, ...rest })]).toEqual([name, 'not-joined']);
    caller.close();
    await unharmed();
  });
});

describe('messages too large', () => {
  it('by a little are refused, and the sender may go on', async () => {
    await within(async ({ caller }) => {
      const reply = await caller.send('say', { text: 'x', pad: 'x'.repeat(LIMITS.messageBytes) });
      expect(reply).toMatchObject({ ok: false, error: { code: 'bad-request' } });
      expect(await caller.code('say', { text: 'x'.repeat(10_000) })).toBe('bad-request');
      expect(await caller.code('say', { text: 'hello' })).toBe('ok');
    });
  });

  it('by a lot end the connection', async () => {
    await within(async ({ caller }) => {
      const gone = caller.hungUp();
      caller.socket.emit('say', { text: 'x'.repeat(LIMITS.messageBytes * 8) });
      await gone;
    });
  });

  it('of many nested brackets are refused', async () => {
    await within(async ({ caller }) => {
      let deep: unknown = 1;
      for (let i = 0; i < 3000; i++) deep = [deep];
      expect(await caller.code('transport.connect', { transportId: 't', dtlsParameters: { deep } })).not.toBe(
        'internal',
      );
    });
  });
});

describe('floods', () => {
  it('of messages are refused with a typed error', async () => {
    await within(async ({ caller }) => {
      const codes = await Promise.all(
        Array.from({ length: 90 }, (_, i) => caller.code('say', { text: `message ${i}` })),
      );
      expect(codes.slice(0, 60).every(code => code === 'ok')).toBe(true);
      expect(codes.at(-1)).toBe('rate-limited');
    });
  });

  it('of requests are refused, then cut off, while others are served', async () => {
    const { caller } = await attacker();
    const first = await Promise.all(
      Array.from({ length: 1000 }, () => caller.code('producer.pause', { producerId: 'x' })),
    );
    expect(first).toContain('rate-limited');
    const gone = caller.hungUp();
    for (let i = 0; i < 20_000; i++) caller.socket.emit('producer.pause', { producerId: 'x' }, () => {});
    const begin = performance.now();
    await gone;
    await unharmed();
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  it('of connections that say nothing are bounded and go away', async () => {
    const sockets = await Promise.all(Array.from({ length: 60 }, () => Caller.connect(system.url)));
    await unharmed();
    for (const socket of sockets) socket.close();
  });
});

describe('garbage', () => {
  it('on the media ports, UDP and TCP, disturbs nobody', async () => {
    const random = seeded(5);
    const ports = healthy.transports!.send.iceCandidates as { protocol: string; ip: string; port: number }[];
    const udp = createSocket('udp4');
    const target = ports.find(({ protocol }) => protocol === 'udp')!;
    for (let i = 0; i < 2000; i++) {
      const junk = Buffer.from(Array.from({ length: 1 + Math.floor(random() * 200) }, () => random() * 256));
      // STUN, DTLS, RTP, RTCP by the first byte; then anything.
      junk[0] = [0, 22, 0x80, 0x81, junk[0]!][i % 5]!;
      if (i % 5 === 0 && junk.length > 8) junk.writeUInt32BE(0x2112_a442, 4);
      await new Promise<void>(resolve => udp.send(junk, target.port, target.ip ?? '127.0.0.1', () => resolve()));
    }
    udp.close();
    const tcp = ports.find(({ protocol }) => protocol === 'tcp')!;
    for (let i = 0; i < 10; i++)
      await new Promise<void>(resolve => {
        const socket = connect(tcp.port, '127.0.0.1', () => {
          socket.write(Buffer.from(Array.from({ length: 3000 }, () => random() * 256)));
          socket.end();
        });
        socket.on('close', () => resolve());
        socket.on('error', () => resolve());
        socket.resume();
      });
    await unharmed();
  });

  it('on the HTTP port disturbs nobody', async () => {
    const random = seeded(6);
    const { hostname, port } = new URL(system.url);
    const texts = [
      'GET / HTTP/9.9\r\n\r\n',
      `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      'POST /api/rooms/red/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n',
      'POST /api/rooms/red/token HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nzz\r\n',
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: no\r\nSec-WebSocket-Version: 1\r\n\r\n',
      `GET /socket.io/?EIO=4&transport=polling&sid=${'x'.repeat(3000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    ];
    for (let i = 0; i < 30; i++)
      await new Promise<void>(resolve => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(texts[i] ?? Buffer.from(Array.from({ length: 500 }, () => random() * 256)));
          socket.end();
        });
        socket.on('close', () => resolve());
        socket.on('error', () => resolve());
        socket.resume();
      });
    await unharmed();
  });

  it('in the frames of the signalling transport ends that connection only', async () => {
    for (const frame of [
      'garbage',
      '4',
      '42["say"',
      '42/client,["say"]',
      '451-["x",{"_placeholder":true,"num":0}]',
      '4{}',
      '459999999-["x"]',
      '2probe',
      '6',
      `4${'['.repeat(10_000)}`,
    ]) {
      const socket = new WebSocket(`${system.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
      await new Promise<void>(resolve => {
        socket.onopen = () => {
          socket.send('40/client,');
          socket.send(frame);
          socket.send(new Uint8Array(100));
          socket.close();
        };
        socket.onclose = () => resolve();
        socket.onerror = () => resolve();
      });
    }
    await unharmed();
  });
});

describe('hostile names and messages', () => {
  it('reach others cleaned, as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>\u202e\u0000';
    const { caller } = await Caller.join(system, 'mallory', { room: ROOM }, hostile);
    expect(await caller.code('say', { text: `${hostile}\n\n{{constructor}}` })).toBe('ok');
    expect(await caller.code('rename', { name: '\u200b\u202e' })).toBe('bad-request');
    expect(await caller.code('rename', { name: 'x'.repeat(10_000) })).toBe('bad-request');
    await unharmed();
    const texts = JSON.stringify(healthy.caller.notices);
    expect(texts).toContain('<img src=x onerror=alert(1)>');
    expect(texts).not.toMatch(/\\u0000|\u202e|\\n/);
    caller.close();
  });

  it('in a token, too', async () => {
    const { caller, snapshot } = await Caller.join(system, 'x'.repeat(128), { room: 'wild' }, 'y'.repeat(4000));
    expect(snapshot.participants.find(({ kind }) => kind === 'human')?.name.length).toBeLessThanOrEqual(64);
    caller.close();
    await unharmed();
  });
});

it('everybody who should be gone is gone', async () => {
  expect(system.rooms.find(ROOM)?.seats.has('healthy')).toBe(true);
  const again = await attacker('quiet');
  expect(again.snapshot.participants.filter(({ kind }) => kind === 'human')).toHaveLength(1);
  expect(await again.caller.code('join', { version: SIGNALING_VERSION, token: 'x' })).toBe('already-joined');
  again.caller.close();
});
