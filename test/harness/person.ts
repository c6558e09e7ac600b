import { createDecoder, type OpusDecoderHandle } from 'libopus-wasm';
import type { Socket } from 'socket.io-client';
import { RtpHeader, RtpPacket } from 'werift';
import type { LogEntry } from '../../protocol/conversation.ts';
import { type ParticipantInfo, SIGNALING_VERSION, type TransportInfo } from '../../protocol/signaling.ts';
import { Line } from './line.ts';
import { connectSocket, request } from './socket.ts';
import type { Packets, Silence } from './speech.ts';
import { Transit } from './transit.ts';

const OPUS = 111;
const VP8 = 96;
const FRAME_MS = 20;
const AUDIO_RATE = 48_000;
const VIDEO_RATE = 90_000;
const HEARD_RATE = 16_000;
const AUDIBLE_RMS = 300;
/** A browser's usual jitter buffer: a packet that comes later than this after the talk spurt's first is a gap. */
const JITTER_BUFFER_MS = 80;

const REJOIN_MS = 200;
/** A minute of them. */
const PICTURES_KEPT = 1500;

const CAPABILITIES = {
  codecs: [
    { kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: OPUS, clockRate: AUDIO_RATE, channels: 2 },
    {
      kind: 'video',
      mimeType: 'video/VP8',
      preferredPayloadType: VP8,
      clockRate: VIDEO_RATE,
      rtcpFeedback: [{ type: 'nack', parameter: 'pli' }],
    },
  ],
  headerExtensions: [],
};

export interface PersonOptions {
  url: string;
  room: string;
  name: string;
  silence: Silence;
  /** Gives the microphone's next packet, 20 ms; then nothing is said by `say`, and there is no other silence. */
  microphone?: () => Buffer;
  /** Receives the avatar's face too. */
  video: boolean;
  /** Sends a microphone and listens to what comes; otherwise packets are only counted. */
  talks: boolean;
  persona?: string;
}

/** What was received so far. */
export interface Received {
  audioPackets: number;
  videoPackets: number;
  pictures: number;
  /** Voice packets that came too late to be played without a gap. */
  lateAudio: number;
  /** Sequence numbers that never came. */
  lostAudio: number;
  bytes: number;
}

/** Somebody in a call: says sentences, hears when the avatar speaks, counts its pictures. */
export class Person {
  readonly received: Received = {
    audioPackets: 0,
    videoPackets: 0,
    pictures: 0,
    lateAudio: 0,
    lostAudio: 0,
    bytes: 0,
  };
  readonly log: LogEntry[] = [];
  /** The latest sound of the avatar, ms of `performance.now()`. */
  heardMs = Number.NEGATIVE_INFINITY;
  /** The first sound after `listen` was called. */
  onsetMs: number | undefined;
  readonly socket: Socket;
  readonly #options: PersonOptions;
  #send: Line | undefined;
  #recv: Line | undefined;
  #decoder: OpusDecoderHandle | undefined;
  readonly #ssrc = Math.floor(Math.random() * 2 ** 31);
  #sequence = Math.floor(Math.random() * 2 ** 15);
  #timestamp = Math.floor(Math.random() * 2 ** 31);
  #silentFrames = 0;
  #saying: { packets: Packets; at: number; said: (endMs?: number) => void } | undefined;
  #streams: { audio?: number; video?: number } = {};
  #spurt: { timestamp: number; atMs: number } | undefined;
  #lastSequence: number | undefined;
  #pictureTime: number | undefined;
  #picturesMs: number[] = [];
  readonly #transit = { audio: new Transit(AUDIO_RATE), video: new Transit(VIDEO_RATE) };
  #closed = false;

  static async join(options: PersonOptions): Promise<Person> {
    const person = new Person(options);
    try {
      await person.#join();
    } catch (error) {
      person.close();
      throw error;
    }
    return person;
  }

  private constructor(options: PersonOptions) {
    this.#options = options;
    this.socket = connectSocket(options.url);
  }

  get room(): string {
    return this.#options.room;
  }

  /** One frame of the microphone; called every 20 ms for everybody by one clock. */
  tick(): void {
    if (this.#send === undefined) return;
    const saying = this.#saying;
    this.#silentFrames = saying === undefined ? this.#silentFrames + 1 : 0;
    this.#timestamp = (this.#timestamp + (AUDIO_RATE * FRAME_MS) / 1000) >>> 0;
    const payload = this.#options.microphone?.() ?? saying?.packets[saying.at] ?? this.#silence();
    if (payload === undefined) return;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#send.send(
      new RtpHeader({
        payloadType: OPUS,
        sequenceNumber: this.#sequence,
        timestamp: this.#timestamp,
        ssrc: this.#ssrc,
      }),
      payload,
    );
    if (saying === undefined) return;
    saying.at += 1;
    if (saying.at < saying.packets.length) return;
    this.#saying = undefined;
    saying.said(performance.now());
  }

  /** Of a quiet microphone, where anything is sent at all. */
  #silence(): Buffer | undefined {
    const { frames, packet, rest, restFrames } = this.#options.silence;
    if (this.#silentFrames <= frames) return packet;
    return (this.#silentFrames - frames) % restFrames === 1 ? rest : undefined;
  }

  /** Says a sentence; resolves to when its last packet went out, or to nothing when it left before. */
  say(packets: Packets): Promise<number | undefined> {
    return new Promise(resolve => {
      this.#saying = { packets, at: 0, said: resolve };
    });
  }

  /** From now on the next sound is the answer. */
  listen(): void {
    this.onsetMs = undefined;
  }

  /**
   * How much later pictures came than the sound of the same instant since the last call, ms: both streams' RTP times
   * are of one clock, and the quickest packet of each says how long the way takes. It contains an unknown constant;
   * what matters is whether it changes. Absent where a stream was silent.
   */
  videoAfterAudioMs(): number | undefined {
    const [audio, video] = [this.#transit.audio.takeMs(), this.#transit.video.takeMs()];
    return audio === undefined || video === undefined ? undefined : video - audio;
  }

  /** Pictures that came in a stretch of the last minute. */
  picturesBetween(fromMs: number, toMs: number): number {
    return this.#picturesMs.filter(ms => ms >= fromMs && ms < toMs).length;
  }

  close(): void {
    this.#closed = true;
    this.#saying?.said();
    this.#saying = undefined;
    this.#send?.close();
    this.#recv?.close();
    this.#decoder?.free();
    this.socket.disconnect();
  }

  async #join(): Promise<void> {
    const { url, room, name, talks, persona } = this.#options;
    if (talks) this.#decoder = await createDecoder({ sampleRate: HEARD_RATE, channels: 1 });
    const response = await fetch(`${url}/api/rooms/${room}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, ...(persona !== undefined && { persona }) }),
    });
    if (!response.ok) throw new Error(`no token: ${response.status} ${await response.text()}`);
    const { token } = (await response.json()) as { token: string };
    const { socket } = this;
    socket.on('log.entry', ({ entry }) => this.log.push(entry));
    socket.on('room.closed', ({ retryable }) => {
      if (retryable) void this.#again(token);
    });
    await this.#enter(token);
  }

  /** The room ended under its people: as the page does, in again at once. */
  async #again(token: string): Promise<void> {
    this.#send?.close();
    this.#recv?.close();
    [this.#send, this.#recv] = [undefined, undefined];
    while (!this.#closed) {
      try {
        await this.#enter(token);
        return;
      } catch {
        await new Promise(resolve => setTimeout(resolve, REJOIN_MS));
      }
    }
  }

  async #enter(token: string): Promise<void> {
    const { name, talks, video } = this.#options;
    const { socket } = this;
    const seen = new Set<string>();
    const consumeAll = async ({ kind, producers }: ParticipantInfo) => {
      if (kind !== 'avatar') return;
      for (const { producerId, kind: what } of producers)
        if (!seen.has(producerId) && (what === 'audio' || video)) {
          seen.add(producerId);
          await this.#consume(producerId);
        }
    };
    // The avatar may come before the reply to `join` has been worked through.
    const early: ParticipantInfo[] = [];
    let came = (participant: ParticipantInfo): unknown => early.push(participant);
    socket.removeAllListeners('participant.joined');
    socket.on('participant.joined', ({ participant }) => came(participant));
    const joined = await request(socket, 'join', { version: SIGNALING_VERSION, token });
    const { send, recv } = joined.transports!;
    this.#recv = await this.#line(recv);
    if (talks) {
      const line = await this.#line(send);
      await request(socket, 'produce', {
        transportId: send.id,
        kind: 'audio',
        source: 'microphone',
        rtpParameters: {
          codecs: [{ mimeType: 'audio/opus', payloadType: OPUS, clockRate: AUDIO_RATE, channels: 2 }],
          encodings: [{ ssrc: this.#ssrc }],
          rtcp: { cname: name },
        },
      });
      this.#send = line;
    }
    came = participant => consumeAll(participant).catch(() => {});
    for (const participant of [...joined.snapshot.participants, ...early]) await consumeAll(participant);
  }

  #line(transport: TransportInfo): Promise<Line> {
    return Line.open(
      transport,
      dtlsParameters => request(this.socket, 'transport.connect', { transportId: transport.id, dtlsParameters }),
      { rtp: packet => this.#received(packet), rtcp: packet => this.onRtcp?.(packet) },
    );
  }

  /** RTCP of the receiving line, encrypted. */
  onRtcp: ((packet: Buffer) => void) | undefined;
  decryptRtcp(packet: Buffer): Buffer {
    return this.#recv!.decryptRtcp(packet);
  }
  /** Stream of a packet. */
  get ssrcs(): { audio?: number; video?: number } {
    return this.#streams;
  }

  async #consume(producerId: string): Promise<void> {
    const { consumerId, kind, rtpParameters } = await request(this.socket, 'consume', {
      producerId,
      rtpCapabilities: CAPABILITIES,
    });
    const { encodings } = rtpParameters as { encodings: { ssrc: number }[] };
    this.#streams[kind] = encodings[0]!.ssrc;
    this.#transit[kind].restart();
    if (kind === 'audio') [this.#lastSequence, this.#spurt] = [undefined, undefined];
    await request(this.socket, 'consumer.resume', { consumerId });
  }

  #received(packet: Buffer): void {
    if (this.#closed) return;
    const ssrc = packet.readUInt32BE(8);
    this.received.bytes += packet.length;
    if (ssrc === this.#streams.video) this.#picture(packet.readUInt32BE(4));
    else if (ssrc === this.#streams.audio) this.#sound(packet);
  }

  #picture(timestamp: number): void {
    this.received.videoPackets += 1;
    this.#transit.video.packet(timestamp, performance.now());
    if (timestamp === this.#pictureTime) return;
    this.#pictureTime = timestamp;
    this.received.pictures += 1;
    this.#picturesMs.push(performance.now());
    if (this.#picturesMs.length > 2 * PICTURES_KEPT) this.#picturesMs.splice(0, PICTURES_KEPT);
  }

  #sound(packet: Buffer): void {
    const nowMs = performance.now();
    this.received.audioPackets += 1;
    const sequence = packet.readUInt16BE(2);
    const timestamp = packet.readUInt32BE(4);
    this.#transit.audio.packet(timestamp, nowMs);
    if (this.#lastSequence !== undefined) {
      const step = (sequence - this.#lastSequence) & 0xffff;
      if (step > 1 && step < 0x8000) this.received.lostAudio += step - 1;
    }
    this.#lastSequence = sequence;
    const payload =
      this.#decoder === undefined ? undefined : RtpPacket.deSerialize(this.#recv!.decrypt(packet)).payload;
    // Opus' own signs of life in silence.
    const speech = payload === undefined ? packet.length > 60 : payload.length > 8 && this.#loud(payload);
    const marked = (packet[1]! & 0x80) !== 0;
    if (marked || this.#spurt === undefined || nowMs - this.heardMs > 400) this.#spurt = { timestamp, atMs: nowMs };
    const dueMs = this.#spurt.atMs + ((timestamp - this.#spurt.timestamp) | 0) / (AUDIO_RATE / 1000) + JITTER_BUFFER_MS;
    if (!speech) return;
    if (nowMs > dueMs) {
      this.received.lateAudio += 1;
      // A player shifts its clock once it has been late.
      this.#spurt = { timestamp, atMs: nowMs };
    }
    this.heardMs = nowMs;
    this.onsetMs ??= nowMs;
  }

  #loud(payload: Buffer): boolean {
    const pcm = this.#decoder!.decode(payload);
    let sum = 0;
    for (const sample of pcm) sum += sample * sample;
    return Math.sqrt(sum / pcm.length) >= AUDIBLE_RMS;
  }
}
