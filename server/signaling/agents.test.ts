import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CONSENT } from '../../protocol/feelings.ts';
import { Dispatcher } from '../hosts/dispatcher.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { together } from '../rooms/listeners.ts';
import { participantInfo } from '../rooms/participants.ts';
import { Rooms } from '../rooms/registry.ts';
import type { Room } from '../rooms/room.ts';
import { admission, entry, FakeEngine, silentLog } from '../testing/fakes.ts';
import { serveAgents } from './agents.ts';

const SECRET = 'the secret of the hosts';
const HELLO = { version: 1, secret: SECRET, hostId: 'h1', capacity: 2, personas: [], avatars: [] };
const STATUS = { modelLoaded: true, avatarReady: true, draining: false, jobs: 0, load: 0 };
const turn = () => new Promise<void>(resolve => setImmediate(resolve));

class FakeSocket extends EventEmitter {
  readonly data: Record<string, unknown> = {};
  readonly handshake: { auth: unknown };
  offers: { jobId: string }[] = [];
  constructor(auth: unknown) {
    super();
    this.handshake = { auth };
  }
  timeout() {
    return {
      emitWithAck: async (_name: string, payload: { jobId: string }) => {
        this.offers.push(payload);
        return { accepted: true, name: 'Ollie', ip: '127.0.0.1', port: 1, cname: 'c', audioSsrc: 1, videoSsrc: 2 };
      },
    };
  }
}

type Middleware = (socket: FakeSocket, next: (error?: Error) => void) => void;
class FakeNamespace extends EventEmitter {
  #check: Middleware = () => {};
  use(check: Middleware): void {
    this.#check = check;
  }
  /** The reason a host was refused for, or its socket. */
  connect(auth: unknown): FakeSocket | string {
    const socket = new FakeSocket(auth);
    let refused: string | undefined;
    this.#check(socket, error => {
      refused = error?.message;
    });
    if (refused !== undefined) return refused;
    this.emit('connection', socket);
    return socket;
  }
}

let namespace: FakeNamespace;
let dispatcher: Dispatcher;
let metrics: Metrics;
let rooms: Rooms;
beforeEach(() => {
  metrics = createMetrics();
  dispatcher = new Dispatcher(silentLog, metrics);
  const listener = together(dispatcher.listener, metrics.listener);
  rooms = new Rooms({ engine: new FakeEngine(), graceMs: 0, maxRooms: 5, maxPeople: 5, listener });
  namespace = new FakeNamespace();
  serveAgents(namespace as never, { hostSecret: SECRET, dispatcher, log: silentLog });
});
afterEach(() => {
  rooms.close();
  dispatcher.close();
});

const connect = (): FakeSocket => {
  const socket = namespace.connect(HELLO);
  if (typeof socket === 'string') throw new Error(socket);
  socket.emit('status', STATUS);
  return socket;
};
async function call(): Promise<{ socket: FakeSocket; room: Room; notices: string[]; jobId: string }> {
  const socket = connect();
  const notices: string[] = [];
  const room = await rooms.enter(admission('ann'));
  room.join(admission('ann'), name => notices.push(name));
  await turn();
  return { socket, room, notices, jobId: socket.offers[0]!.jobId };
}

describe('[S1] agent hosts', () => {
  it.each([
    ['no secret', { ...HELLO, secret: undefined }, 'malformed hello'],
    ['an empty secret', { ...HELLO, secret: '' }, 'wrong host secret'],
    ['a wrong secret', { ...HELLO, secret: 'the secret of the hostz' }, 'wrong host secret'],
    ['a longer secret', { ...HELLO, secret: `${SECRET}x` }, 'wrong host secret'],
    ['a secret of another type', { ...HELLO, secret: { length: SECRET.length } }, 'malformed hello'],
    ['another version', { ...HELLO, version: 2 }, 'this server speaks version 1'],
    ['nothing to say', undefined, 'malformed hello'],
  ])('with %s are not let in', (_, auth, reason) => {
    expect(namespace.connect(auth)).toBe(reason);
    expect(dispatcher.hosts).toEqual([]);
  });

  it('with the secret are let in, and gone when they disconnect', () => {
    const socket = connect();
    expect(dispatcher.hosts.map(({ id, ready }) => [id, ready])).toEqual([['h1', true]]);
    socket.emit('disconnect', 'transport close');
    expect(dispatcher.hosts).toEqual([]);
  });
});

describe('what a host says', () => {
  it('of its job reaches the room', async () => {
    const { socket, room, notices, jobId } = await call();
    socket.emit('job.state', { jobId, state: 'thinking' });
    socket.emit('job.log', { jobId, entry: entry('e1') });
    socket.emit('job.unlog', { jobId, entryId: 'e1' });
    const stages = { endpointingMs: 300, asrMs: 50, dialogueMs: 20, ttsMs: 30, playoutMs: 20 };
    const timing = { turnId: 't', outcome: 'completed', source: 'voice', sounded: true, voiceToVoiceMs: 420, stages };
    socket.emit('job.timing', { jobId, timing });
    expect(notices.slice(-4)).toEqual(['agent.state', 'log.entry', 'log.removed', 'turn.timing']);
    expect(room.agent?.state).toBe('thinking');
    const text = await metrics.registry.metrics();
    expect(text).toContain('visavis_turns_total{outcome="completed",source="voice"} 1');
    expect(text).toContain('visavis_turn_voice_to_voice_seconds_sum 0.42');
  });

  it('of a recording that ended by itself puts the note in the call out', async () => {
    const { socket, room, notices, jobId } = await call();
    const seat = room.seats.get('ann')!;
    room.consent(seat, { ...DEFAULT_CONSENT, recording: true });
    socket.emit('job.unrecorded', { jobId: 'another' });
    expect(seat.consent.recording).toBe(true);
    notices.length = 0;
    socket.emit('job.unrecorded', { jobId });
    expect(seat.consent.recording).toBe(false);
    expect(notices).toEqual(['participant.updated']);
    expect(participantInfo(seat)).not.toHaveProperty('recording');
  });

  it('of its face reaches the room’s animation', async () => {
    const { socket, room, jobId } = await call();
    const seen: unknown[] = [];
    room.animation.subscribe('ann', { ready: true, send: events => seen.push(...events) });
    const gaze = { type: 'gaze', at_ms: 1, x: 0.5, y: 0, duration_ms: 120 };
    socket.emit('job.animation', { jobId, events: [gaze] });
    socket.emit('job.animation', { jobId: 'another', events: [gaze] });
    socket.emit('job.animation', { jobId, events: [gaze, { ...gaze, x: 2 }] });
    expect(seen).toEqual([gaze]);
  });

  it('of a job that is not its own is ignored', async () => {
    const { room, notices, jobId } = await call();
    const other = connect();
    const { length } = notices;
    other.emit('job.log', { jobId, entry: entry('e1') });
    other.emit('job.failed', { jobId, message: 'I do not like it' });
    other.emit('job.state', { jobId: 'no such job', state: 'thinking' });
    expect(notices).toHaveLength(length);
    expect(room.agent).toBeDefined();
  });

  it.each([
    ['status', undefined],
    ['status', { ...STATUS, load: 'none' }],
    ['job.log', { jobId: 5 }],
    ['job.log', { jobId: 'x', entry: { text: 'no id' } }],
    ['job.state', { jobId: 'x', state: 'dancing' }],
    ['job.timing', null],
    ['job.failed', []],
    ['no such message', {}],
  ])('is ignored where it is malformed: %s %j', async (name, payload) => {
    const { socket, room } = await call();
    socket.emit(name, payload);
    expect(dispatcher.ready).toBe(true);
    expect(room.agent?.state).toBe('idle');
  });
});
