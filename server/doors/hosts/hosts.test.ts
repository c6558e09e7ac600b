import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AGENTS_VERSION } from '../../../protocol/agents.ts';
import { DEFAULT_CONSENT } from '../../../protocol/feelings.ts';
import { Dispatcher } from '../../hosts/dispatcher.ts';
import { createMetrics, type Metrics } from '../../metrics/metrics.ts';
import { together } from '../../rooms/listeners.ts';
import { participantInfo } from '../../rooms/participants.ts';
import { Rooms } from '../../rooms/registry.ts';
import type { Room } from '../../rooms/room.ts';
import { admission, entry, FakeEngine, gatesOf, silentLog } from '../../testing/fakes.ts';
import { serveHosts } from './hosts.ts';

const SECRET = 'the secret of the hosts';
const HELLO = { version: AGENTS_VERSION, secret: SECRET, hostId: 'h1', capacity: 2, personas: [], avatars: [] };
const STATUS = { modelLoaded: true, avatarReady: true, draining: false, jobs: 0, load: 0 };
const turn = () => new Promise<void>(resolve => setImmediate(resolve));

class FakeSocket extends EventEmitter {
  readonly data: Record<string, unknown> = {};
  readonly handshake: { auth: unknown; address: string };
  readonly conn = { closed: 0, close: () => (this.conn.closed += 1), transport: { writable: true } };
  /** Whether its main thread runs. */
  alive = true;
  override emit(name: string, ...args: unknown[]): boolean {
    if (name !== 'pulse') return super.emit(name, ...args);
    if (this.alive) (args[1] as () => void)();
    return true;
  }
  offers: { jobId: string; history: { id: string }[] }[] = [];
  constructor(auth: unknown, address: string) {
    super();
    this.handshake = { auth, address };
  }
  disconnect(): void {
    this.emit('disconnect', 'server namespace disconnect');
  }
  timeout() {
    return {
      emitWithAck: async (_name: string, payload: { jobId: string; history: { id: string }[] }) => {
        this.offers.push(payload);
        const line = { kind: 'rtp', ip: '127.0.0.1', port: 1, cname: 'c', audioSsrc: 1, videoSsrc: 2 };
        return { accepted: true, name: 'Ollie', line };
      },
    };
  }
}

type Middleware = (socket: FakeSocket, next: (error?: Error) => void) => void;
class FakeNamespace extends EventEmitter {
  #check: Middleware = () => {};
  last!: FakeSocket;
  use(check: Middleware): void {
    this.#check = check;
  }
  /** The reason a host was refused for, or its socket. */
  connect(auth: unknown, address = '127.0.0.1'): FakeSocket | string {
    const socket = new FakeSocket(auth, address);
    this.last = socket;
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
let killed: string[];
beforeEach(() => {
  killed = [];
  metrics = createMetrics();
  dispatcher = new Dispatcher(silentLog, metrics);
  const listener = together(dispatcher.listener, metrics.listener);
  rooms = new Rooms({ engine: new FakeEngine(), graceMs: 0, maxRooms: 5, maxPeople: 5, listener });
  namespace = new FakeNamespace();
  serveHosts(namespace as never, {
    hostSecret: SECRET,
    dispatcher,
    refusalsPerMinute: 10,
    metrics: metrics.limits,
    gates: gatesOf(metrics),
    processes: { kill: id => void killed.push(id), connected: () => {}, pidOf: () => undefined },
    log: silentLog,
  });
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
    ['no secret', { ...HELLO, secret: undefined }, 'wrong host secret'],
    ['an empty secret', { ...HELLO, secret: '' }, 'wrong host secret'],
    ['a wrong secret', { ...HELLO, secret: 'the secret of the hostz' }, 'wrong host secret'],
    ['a longer secret', { ...HELLO, secret: `${SECRET}x` }, 'wrong host secret'],
    ['a secret of another type', { ...HELLO, secret: { length: SECRET.length } }, 'wrong host secret'],
    ['another version', { ...HELLO, version: 1 }, `this server speaks version ${AGENTS_VERSION}`],
    ['a hello that is none', { secret: SECRET, personas: 'many' }, 'malformed hello'],
    ['nothing to say', undefined, 'wrong host secret'],
  ])('with %s are not let in', (_, auth, reason) => {
    expect(namespace.connect(auth)).toBe(reason);
    expect(dispatcher.hosts).toEqual([]);
  });

  it('that do not know the secret get one try a connection, and are counted', async () => {
    namespace.connect({ ...HELLO, secret: 'a guess' });
    await turn();
    expect(namespace.last.conn.closed).toBe(1);
    expect(await metrics.registry.metrics()).toContain('visavis_agent_hosts_refused_total{reason="secret"} 1');
  });

  it('that guess are not even looked at after a while, while others are', () => {
    for (let i = 0; i < 10; i++) namespace.connect({ ...HELLO, secret: `guess ${i}` }, '192.0.2.1');
    expect(namespace.connect(HELLO, '192.0.2.1')).toBe('too many wrong secrets: wait a minute');
    expect(namespace.connect(HELLO, '192.0.2.2')).toBeInstanceOf(FakeSocket);
    // Nobody on this machine keeps its own hosts out.
    for (let i = 0; i < 20; i++) namespace.connect({ ...HELLO, secret: `guess ${i}` });
    expect(namespace.connect(HELLO)).toBeInstanceOf(FakeSocket);
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

describe('a host that does not answer any more', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  });
  afterEach(() => vi.useRealTimers());

  it('is killed, and its room goes on elsewhere without what it may have hung on, and is told', async () => {
    const { socket, room } = await call();
    const told: unknown[] = [];
    room.seats.get('ann')!.notify = (name, payload) => void (name === 'agent.restarted' && told.push(payload));
    const standby = connect();
    room.logged(entry('before', { atMs: Date.now() - 60_000 }));
    room.logged(entry('answer', { role: 'avatar', atMs: Date.now() - 50_000 }));
    room.logged(entry('poison', { atMs: Date.now() }));
    vi.advanceTimersByTime(1000);
    socket.alive = false;
    vi.advanceTimersByTime(2000);
    await turn();
    expect(killed).toEqual(['h1']);
    expect(dispatcher.hosts).toHaveLength(1);
    expect(standby.offers.map(({ history }) => history.map(({ id }) => id))).toEqual([['before', 'answer']]);
    expect(told).toEqual([{ identity: 'avatar', entryIds: ['poison'] }]);
  });
});
