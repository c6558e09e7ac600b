/** A real LiveKit server, and people in its rooms who use LiveKit's own client (libwebrtc): nothing of ours is on their side. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
  VideoStream,
} from '@livekit/rtc-node';
import { AccessToken, AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import { findLiveKit } from '../../infra/setup/livekit.mjs';
import { freePort } from '../../server/testing/postgres.ts';
import { until } from './system.ts';

const BINARY = findLiveKit();
export const HAS_LIVEKIT = BINARY !== undefined;

export const AVATAR = 'visavis-avatar';
const KEY = 'testkey';
const SECRET = 'a-secret-for-tests-of-at-least-32-characters';

/** LiveKit's server on loopback, on ports of its own. */
export class LiveKitServer {
  readonly url: string;
  readonly apiKey = KEY;
  readonly apiSecret = SECRET;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  static async start(): Promise<LiveKitServer> {
    const server = new LiveKitServer(await freePort(), await freePort(), await freePort());
    await server.up();
    return server;
  }

  private constructor(port: number, tcpPort: number, udpPort: number) {
    this.url = `ws://127.0.0.1:${port}`;
    this.#folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-livekit-'));
    fs.writeFileSync(
      path.join(this.#folder, 'livekit.yaml'),
      JSON.stringify({
        port,
        bind_addresses: ['127.0.0.1'],
        rtc: {
          tcp_port: tcpPort,
          udp_port: udpPort,
          use_external_ip: false,
          node_ip: '127.0.0.1',
          enable_loopback_candidate: true,
          interfaces: { includes: ['lo'] },
        },
        keys: { [KEY]: SECRET },
        logging: { level: 'warn' },
      }),
    );
  }

  async up(): Promise<void> {
    const log = process.env.VISAVIS_TEST_LOG === undefined ? 'ignore' : 'inherit';
    this.#process = spawn(BINARY!, ['--config', path.join(this.#folder, 'livekit.yaml')], {
      stdio: ['ignore', log, log],
    });
    const kill = () => this.#process?.kill('SIGKILL');
    process.once('exit', kill);
    await until('the LiveKit server', async () => (await fetch(this.#http).catch(() => undefined))?.ok === true);
  }

  get pid(): number {
    return this.#process!.pid!;
  }
  get #http(): string {
    return this.url.replace('ws', 'http');
  }
  get service(): RoomServiceClient {
    return new RoomServiceClient(this.#http, KEY, SECRET);
  }

  /** Asks for the avatar in a room. */
  async dispatch(room: string, metadata = '', agent = 'visavis'): Promise<void> {
    await new AgentDispatchClient(this.#http, KEY, SECRET).createDispatch(room, agent, { metadata });
  }

  token(identity: string, room: string, attributes: Record<string, string> = {}): Promise<string> {
    const token = new AccessToken(KEY, SECRET, { identity, name: identity, ttl: '1h', attributes });
    token.addGrant({ roomJoin: true, room, canPublish: true, canSubscribe: true, canUpdateOwnMetadata: true });
    return token.toJwt();
  }

  async down(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async close(): Promise<void> {
    await this.down();
    fs.rmSync(this.#folder, { recursive: true });
  }
}

const HEARD_RATE = 16_000;
const SPOKEN_RATE = 16_000;
const FRAME_MS = 20;
/** Root mean square from which on a frame is heard; between it and silence there is nothing on loopback. */
const AUDIBLE_RMS = 300;

export interface Caption {
  from: string;
  text: string;
  attributes: Record<string, string>;
}

/** Somebody in a LiveKit room with a microphone, who sees and hears the avatar. */
export class LiveKitPerson {
  readonly room = new Room();
  readonly captions: Caption[] = [];
  readonly states: string[] = [];
  /** Identities of everybody who was an active speaker. */
  readonly spoke = new Set<string>();
  /** What was heard of the avatar, in pieces of 20 ms with their times. */
  readonly #heard: { atMs: number; pcm: Int16Array; loud: boolean }[] = [];
  readonly pictures: { atMs: number; width: number; height: number }[] = [];
  readonly #source = new AudioSource(SPOKEN_RATE, 1, 200);
  readonly #sees: boolean;
  disconnected = false;

  static async join(
    server: LiveKitServer,
    room: string,
    identity: string,
    { attributes = {}, sees = false }: { attributes?: Record<string, string>; sees?: boolean } = {},
  ): Promise<LiveKitPerson> {
    const person = new LiveKitPerson(sees);
    await person.room.connect(server.url, await server.token(identity, room, attributes), {
      autoSubscribe: true,
      dynacast: false,
    });
    const track = LocalAudioTrack.createAudioTrack('mic', person.#source);
    const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE });
    await person.room.localParticipant!.publishTrack(track, options);
    return person;
  }

  private constructor(sees: boolean) {
    this.#sees = sees;
    const { room } = this;
    room.on(RoomEvent.TrackSubscribed, (track, _publication, participant) => {
      if (participant.identity !== AVATAR) return;
      if (track.kind === TrackKind.KIND_AUDIO)
        void this.#listen(new AudioStream(track, { sampleRate: HEARD_RATE, numChannels: 1, frameSizeMs: FRAME_MS }));
      else if (this.#sees) void this.#look(new VideoStream(track));
    });
    room.on(RoomEvent.ParticipantAttributesChanged, (changed, participant) => {
      const state = changed['lk.agent.state'];
      if (participant.identity === AVATAR && state !== undefined) this.states.push(state);
    });
    room.on(RoomEvent.ActiveSpeakersChanged, speakers => {
      for (const { identity } of speakers) this.spoke.add(identity);
    });
    room.on(RoomEvent.Disconnected, () => {
      this.disconnected = true;
    });
    room.registerTextStreamHandler('lk.transcription', async (reader, { identity }) => {
      const { attributes = {} } = reader.info;
      this.captions.push({ from: identity, text: await reader.readAll(), attributes });
    });
  }

  /** Speaks, at the pace of speech. Resolves when the last sample is on its way. */
  async say(pcm: Int16Array): Promise<number> {
    const size = (SPOKEN_RATE * FRAME_MS) / 1000;
    let dueMs = performance.now();
    for (let at = 0; at < pcm.length; at += size) {
      const frame = new Int16Array(size);
      frame.set(pcm.subarray(at, at + size));
      await this.#source.captureFrame(new AudioFrame(frame, SPOKEN_RATE, 1, size));
      dueMs += FRAME_MS;
      await new Promise(resolve => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
    }
    return performance.now();
  }

  async write(text: string): Promise<void> {
    await this.room.localParticipant!.sendText(text, { topic: 'lk.chat' });
  }

  /** When the first frame after a moment was loud. */
  onsetMs(sinceMs: number): number | undefined {
    return this.#heard.find(({ atMs, loud }) => loud && atMs >= sinceMs)?.atMs;
  }
  /** When the last frame so far was loud. */
  get heardMs(): number {
    return this.#heard.findLast(({ loud }) => loud)?.atMs ?? Number.NEGATIVE_INFINITY;
  }
  get isQuiet(): boolean {
    return performance.now() - this.heardMs > 1200;
  }
  /** How long it was heard since then. */
  loudSeconds(sinceMs: number): number {
    return (this.#heard.filter(({ atMs, loud }) => loud && atMs >= sinceMs).length * FRAME_MS) / 1000;
  }
  /** All that was heard since then. */
  heardSince(sinceMs: number): Int16Array {
    return Int16Array.from(this.#heard.filter(({ atMs }) => atMs >= sinceMs).flatMap(({ pcm }) => [...pcm]));
  }

  /** Whole captions of somebody, the latest text of each. */
  said(by: string): { id: string; text: string; final: boolean }[] {
    const last = new Map<string, { id: string; text: string; final: boolean }>();
    for (const { from, text, attributes } of this.captions) {
      const id = attributes['lk.segment_id'] ?? randomUUID();
      if (from === by) last.set(id, { id, text, final: attributes['lk.transcription_final'] === 'true' });
    }
    return [...last.values()];
  }

  async leave(): Promise<void> {
    await this.room.disconnect();
    await this.#source.close();
  }

  async #listen(stream: AudioStream): Promise<void> {
    for await (const { data } of stream) {
      let sum = 0;
      for (const sample of data) sum += sample * sample;
      const loud = Math.sqrt(sum / data.length) >= AUDIBLE_RMS;
      this.#heard.push({ atMs: performance.now(), pcm: data.slice(), loud });
    }
  }

  async #look(stream: VideoStream): Promise<void> {
    for await (const { frame } of stream)
      this.pictures.push({ atMs: performance.now(), width: frame.width, height: frame.height });
  }
}
