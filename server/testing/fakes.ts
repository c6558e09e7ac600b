/** A room engine and agent hosts without media, for tests of everything around them. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { HostStatus, JobAnswer } from '../../protocol/agents.ts';
import type { LogEntry } from '../../protocol/conversation.ts';
import type { ProducerInfo, TransportInfo } from '../../protocol/signaling.ts';
import type { Admission } from '../auth/tokens.ts';
import { LocalCounters } from '../cluster/local-counters.ts';
import type { Directory, Owner } from '../cluster/port.ts';
import { Host } from '../hosts/host.ts';
import { Gates } from '../limits/gate.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { MediaAgent, MediaPeer, MediaRoom, MediaRoomEvents, RoomControl } from '../rooms/room-control.ts';

export const silentLog = pino({ level: 'silent' });

/** Lets everything that is already promised happen. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

const transport = (): TransportInfo => ({
  id: randomUUID(),
  iceParameters: {},
  iceCandidates: [],
  dtlsParameters: {},
});

export class FakePeer implements MediaPeer {
  readonly tracks: ProducerInfo[] = [];
  closed = false;
  async createTransports() {
    return { send: transport(), recv: transport() };
  }
  async connectTransport(): Promise<void> {}
  async restartIce() {
    return {};
  }
  async produce({ kind, source, paused }: Parameters<MediaPeer['produce']>[0]): Promise<ProducerInfo> {
    const producer = { producerId: randomUUID(), kind, source, paused };
    this.tracks.push(producer);
    return producer;
  }
  async setProducerPaused(producerId: string, paused: boolean): Promise<ProducerInfo> {
    return { ...this.tracks.find(track => track.producerId === producerId)!, paused };
  }
  closeProducer(): void {}
  async consume(): Promise<never> {
    throw new Error('nothing to consume');
  }
  async setConsumerPaused(): Promise<void> {}
  async setPreferredLayer(): Promise<void> {}
  async connectPlain(_ssrc: number, bind: (ip: string) => Promise<number>) {
    await bind('127.0.0.1');
    const microphone = await this.produce({
      transportId: '',
      kind: 'audio',
      source: 'microphone',
      rtpParameters: {},
      paused: false,
    });
    return { ip: '127.0.0.1', port: 5000, microphone, listen: async () => ({ ssrc: 77 }) };
  }
  producers(): ProducerInfo[] {
    return this.tracks;
  }
  close(): void {
    this.closed = true;
  }
}

export class FakeAgent implements MediaAgent {
  readonly ip = '127.0.0.1';
  readonly port = 5000;
  readonly heard: string[] = [];
  /** Cameras and screens that are sent now. */
  readonly seen = new Map<string, { detail: boolean }>();
  closed = false;
  producers(): ProducerInfo[] {
    return [
      { producerId: 'voice', kind: 'audio', source: 'avatar-voice', paused: false },
      { producerId: 'face', kind: 'video', source: 'avatar-face', paused: false },
    ];
  }
  async listen(producerId: string) {
    this.heard.push(producerId);
    return { ssrc: 1000 + this.heard.length, payloadType: 100 };
  }
  async see(producerId: string, detail: boolean) {
    this.seen.set(producerId, { detail });
    return { ssrc: 2000 + this.seen.size, payloadType: 101, codec: 'vp8' as const };
  }
  unsee(producerId: string): void {
    this.seen.delete(producerId);
  }
  async viewers() {
    return { count: 1, bitrate: 500_000 };
  }
  close(): void {
    this.closed = true;
  }
}

export class FakeMediaRoom implements MediaRoom {
  readonly rtpCapabilities = {};
  readonly events: MediaRoomEvents;
  readonly peers: FakePeer[] = [];
  readonly agents: FakeAgent[] = [];
  /** Set to hold connecting agents up. */
  agentGate: Promise<void> | undefined;
  closed = false;
  constructor(events: MediaRoomEvents) {
    this.events = events;
  }
  addPeer(): FakePeer {
    const peer = new FakePeer();
    this.peers.push(peer);
    return peer;
  }
  async addAgent(): Promise<FakeAgent> {
    await this.agentGate;
    const agent = new FakeAgent();
    this.agents.push(agent);
    return agent;
  }
  close(): void {
    this.closed = true;
  }
}

export class FakeEngine implements RoomControl {
  healthy = true;
  /** Set to make opening fail. */
  broken: Error | undefined;
  readonly rooms: FakeMediaRoom[] = [];
  async open(events: MediaRoomEvents): Promise<MediaRoom> {
    if (this.broken !== undefined) throw this.broken;
    const room = new FakeMediaRoom(events);
    this.rooms.push(room);
    return room;
  }
  async streams(): Promise<Awaited<ReturnType<RoomControl['streams']>>> {
    return { sampled: [], present: new Set() };
  }
  async close(): Promise<void> {}
}

const ACCEPT: JobAnswer = {
  accepted: true,
  name: 'Ollie',
  line: { kind: 'rtp', ip: '127.0.0.1', port: 4000, cname: 'c', audioSsrc: 1, videoSsrc: 2 },
  takesPictures: false,
  records: false,
};
export const refuse = (reason: string): JobAnswer => ({ accepted: false, reason });

/** An agent host that answers offers as a test says. */
export class FakeHost extends Host {
  readonly sent: { name: string; payload: Record<string, unknown> }[] = [];
  answer: (offer: Record<string, unknown>) => unknown = () => ACCEPT;

  constructor(id: string, status: Partial<HostStatus> = {}, standby = false) {
    super(
      { version: 1, secret: '', hostId: id, capacity: 4, standby, personas: [], avatars: [], ownVoices: false },
      undefined as never,
    );
    this.status = { modelLoaded: true, avatarReady: true, draining: false, jobs: 0, load: 0, lacking: [], ...status };
  }
  override send(name: string, payload: object): void {
    this.sent.push({ name, payload: payload as Record<string, unknown> });
  }
  override async request(name: string, payload: object): Promise<unknown> {
    this.send(name, payload);
    return this.answer(payload as Record<string, unknown>);
  }
  /** What was sent under one name. */
  of(name: string): Record<string, unknown>[] {
    return this.sent.filter(message => message.name === name).map(({ payload }) => payload);
  }
}

export const admission = (identity: string, over: Partial<Admission> = {}): Admission => ({
  identity,
  name: identity.toUpperCase(),
  room: 'red',
  canPublish: true,
  canSubscribe: true,
  canPublishData: true,
  remember: false,
  resume: false,
  ...over,
});

export const entry = (id: string, over: Partial<LogEntry> = {}): LogEntry => ({
  id,
  turnId: id,
  speaker: 'ann',
  speakerName: 'Ann',
  role: 'user',
  source: 'text',
  text: `text of ${id}`,
  final: true,
  atMs: 1,
  ...over,
});

/** One of several servers that know of each other's rooms. */
export class SharedDirectory implements Directory {
  readonly #address: string;
  readonly #owners: Map<string, string>;

  /** What the servers at these two addresses ask. */
  static of(one: string, two: string): [SharedDirectory, SharedDirectory] {
    const owners = new Map<string, string>();
    return [new SharedDirectory(one, owners), new SharedDirectory(two, owners)];
  }
  private constructor(address: string, owners: Map<string, string>) {
    this.#address = address;
    this.#owners = owners;
  }
  async claim(room: string): Promise<boolean> {
    if (!this.#owners.has(room)) this.#owners.set(room, this.#address);
    return this.#owners.get(room) === this.#address;
  }
  async owner(room: string): Promise<Owner | undefined> {
    const address = this.#owners.get(room);
    return address === undefined ? undefined : address === this.#address ? { ours: true } : { ours: false, address };
  }
  async release(room: string): Promise<void> {
    if (this.#owners.get(room) === this.#address) this.#owners.delete(room);
  }
}

/** Limits of a server that is alone. */
export const gatesOf = ({ limits }: Pick<Metrics, 'limits'>): Gates => new Gates(new LocalCounters(), limits);
