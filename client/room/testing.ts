/** Stand-ins for the server's wire and the browser's WebRTC, for tests in virtual time. */
import type { types } from 'mediasoup-client';
import { afterEach, beforeEach, vi } from 'vitest';
import { DEFAULT_CONSENT } from '../../protocol/feelings.ts';
import type {
  Notice,
  NoticeName,
  ParticipantInfo,
  RequestInput,
  RequestName,
  RequestOutput,
  RoomSnapshot,
} from '../../protocol/signaling.ts';
import { RoomClient } from './client.ts';
import { RoomFailure } from './failures.ts';
import type { RoomParts } from './parts.ts';
import type { Signaling } from './signaling.ts';
import { Store } from './store.ts';

type Answer = (input: never) => unknown;

/** A wire whose other end is written in the test. */
export class FakeSignaling implements Signaling {
  up = false;
  /** Whether `connect` and `refresh` find the server. */
  reachable = true;
  readonly sent: { name: RequestName; input: unknown }[] = [];
  readonly answers: Partial<Record<RequestName, Answer>> = {};
  #notice: (<N extends NoticeName>(name: N, notice: Notice<N>) => void) | undefined;
  #link: ((up: boolean) => void) | undefined;

  connect(): void {
    if (this.reachable && !this.up) setTimeout(() => this.link(true), 0);
  }
  refresh(): void {
    if (this.up) this.link(false);
    this.connect();
  }
  close(): void {
    this.up = false;
  }
  link(up: boolean): void {
    this.up = up;
    this.#link?.(up);
  }
  notify<N extends NoticeName>(name: N, notice: Notice<N>): void {
    this.#notice?.(name, notice);
  }
  async request<N extends RequestName>(name: N, input: RequestInput<N>): Promise<RequestOutput<N>> {
    if (!this.up) throw new RoomFailure('unreachable', 'down', true);
    this.sent.push({ name, input });
    const answer = this.answers[name];
    return (answer ? await answer(input as never) : {}) as RequestOutput<N>;
  }
  onNotice(listener: <N extends NoticeName>(name: N, notice: Notice<N>) => void): void {
    this.#notice = listener;
  }
  onLink(listener: (up: boolean) => void): void {
    this.#link = listener;
  }
  count(name: RequestName): number {
    return this.sent.filter(request => request.name === name).length;
  }
  inputs(name: RequestName): unknown[] {
    return this.sent.filter(request => request.name === name).map(({ input }) => input);
  }
}

/** A transport that goes through the states a test tells it to. */
export class FakeTransport {
  readonly id: string;
  connectionState = 'new';
  closed = false;
  restarts = 0;
  readonly #listeners = new Map<string, (...args: unknown[]) => void>();
  constructor(id: string) {
    this.id = id;
  }
  on(event: string, listener: (...args: unknown[]) => void): void {
    this.#listeners.set(event, listener);
  }
  move(state: types.ConnectionState): void {
    this.connectionState = state;
    this.#listeners.get('connectionstatechange')?.(state);
  }
  async restartIce(): Promise<void> {
    this.restarts++;
  }
  async consume({ id, kind }: types.ConsumerOptions): Promise<unknown> {
    return { id, kind, track: { id: `track-of-${id}`, kind }, close: () => {} };
  }
  async produce({ track, appData }: types.ProducerOptions): Promise<unknown> {
    const produced = await new Promise<{ id: string }>((done, failed) =>
      this.#listeners.get('produce')?.({ kind: track!.kind, rtpParameters: {}, appData }, done, failed),
    );
    const producer = {
      ...produced,
      track,
      pause() {},
      resume() {},
      close() {},
      async replaceTrack(other: { track: unknown }) {
        producer.track = other.track as MediaStreamTrack;
      },
    };
    return producer;
  }
  async getStats(): Promise<Map<string, unknown>> {
    return new Map();
  }
  close(): void {
    this.closed = true;
  }
}

/** A device that makes {@link FakeTransport}s; the newest are at hand. */
export class FakeDevices {
  readonly made: { send?: FakeTransport; recv?: FakeTransport }[] = [];
  get last(): { send: FakeTransport; recv: FakeTransport } {
    return this.made.at(-1) as { send: FakeTransport; recv: FakeTransport };
  }
  create(): types.Device {
    const pair: { send?: FakeTransport; recv?: FakeTransport } = {};
    this.made.push(pair);
    const device = {
      recvRtpCapabilities: {},
      sendRtpCapabilities: { codecs: [] },
      load: async () => {},
      createSendTransport: ({ id }: { id: string }) => (pair.send = new FakeTransport(id)),
      createRecvTransport: ({ id }: { id: string }) => (pair.recv = new FakeTransport(id)),
    };
    return device as unknown as types.Device;
  }
}

/** A track that only has what the call looks at. */
export const fakeTrack = (kind: 'audio' | 'video', id: string = kind): MediaStreamTrack =>
  ({ id, kind, enabled: true }) as MediaStreamTrack;

export const avatar: ParticipantInfo = {
  identity: 'avatar',
  name: 'Ollie',
  kind: 'avatar',
  presence: 'here',
  producers: [
    { producerId: 'voice', kind: 'audio', source: 'avatar-voice', paused: false },
    { producerId: 'face', kind: 'video', source: 'avatar-face', paused: false },
  ],
};

export const snapshot = (participants: ParticipantInfo[] = [avatar]): RoomSnapshot => ({
  room: 'welcome',
  you: {
    identity: 'ada',
    canPublish: true,
    canSubscribe: true,
    canPublishData: true,
    consent: DEFAULT_CONSENT,
    remembered: false,
  },
  participants,
  log: [],
});

const transport = (id: string) => ({ id, iceParameters: {}, iceCandidates: [], dtlsParameters: {} });

/** What the server answers to `join`. */
export const seat = (resumed = false, participants?: ParticipantInfo[]): RequestOutput<'join'> => ({
  snapshot: snapshot(participants),
  resumeKey: 'key',
  resumed,
  routerRtpCapabilities: {},
  iceServers: [],
  transports: resumed ? undefined : { send: transport('send'), recv: transport('recv') },
});

/** A browser that remembers until the test is over, and whose time is the test's. */
export function rememberingBrowser(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    const kept = new Map<string, string>();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
}

/** A page of Ada's that has joined over this wire, without a microphone. */
export async function joinedOver(wire: FakeSignaling, more: Partial<RoomParts> = {}): Promise<RoomClient> {
  const client = new RoomClient({
    signaling: wire,
    room: 'welcome',
    tokens: { get: async () => 'token', forget: () => {}, renewable: true },
    local: { wanted: () => new Map(), release: () => {}, store: new Store(new Map()) },
    createDevice: () => new FakeDevices().create(),
    ...more,
  });
  client.join({ name: 'Ada' });
  await vi.advanceTimersByTimeAsync(2);
  return client;
}
