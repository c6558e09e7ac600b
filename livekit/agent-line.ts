/**
 * Between an agent's plain RTP on this machine and a participant of a LiveKit room: what the agent sends goes out as
 * it is, of what comes in it gets what it listens to. It outlives the participant: after a lost line there is another.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  PictureLossIndication,
  type RtcpPacket,
  RtcpPayloadSpecificFeedback,
  RtcpRrPacket,
  type RtpPacket,
} from 'werift';
import { Continuation } from './continuation.ts';
import type { Participant } from './participant.ts';

/** Where an agent's socket is, and what it sends. */
export interface AgentEnd {
  ip: string;
  port: number;
  audioSsrc: number;
  videoSsrc: number;
}

const RTP_HEADER = 12;
const SENDER_REPORT = 200;
const PAYLOAD_FEEDBACK = 206;
const PICTURE_LOSS = 1;
/** Bytes of the one header extension that agents write: profile, length, a level. */
const EXTENSION_BYTES = 8;

export class AgentLine {
  readonly #socket: Socket;
  readonly #participant: () => Participant | undefined;
  readonly #voice = new Continuation(48_000);
  readonly #face = new Continuation(90_000);
  /** By track: under which SSRC the agent knows it. */
  readonly #tracks = new Map<string, number>();
  #nextSsrc = 1;
  #agent: AgentEnd | undefined;

  /** @param ip where the agent finds us @param participant of the moment */
  static async open(ip: string, participant: () => Participant | undefined): Promise<AgentLine> {
    const socket = createSocket({ type: ip.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 1 << 19 });
    socket.bind(0, ip);
    await once(socket, 'listening');
    return new AgentLine(socket, participant);
  }

  private constructor(socket: Socket, participant: () => Participant | undefined) {
    this.#socket = socket;
    this.#participant = participant;
    socket.on('error', () => {});
    socket.on('message', (data, from) => this.#fromAgent(data, from));
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Another agent speaks from now on, or none. */
  serve(agent: AgentEnd | undefined): void {
    this.#agent = agent;
    this.#tracks.clear();
  }

  /** @returns the SSRC under which the agent gets it */
  pass(trackSid: string): number {
    const ssrc = this.#tracks.get(trackSid) ?? this.#nextSsrc++;
    this.#tracks.set(trackSid, ssrc);
    return ssrc;
  }

  stop(trackSid: string): void {
    this.#tracks.delete(trackSid);
  }

  /** The tracks that the agent gets. */
  get passed(): string[] {
    return [...this.#tracks.keys()];
  }

  /** From the room, of any track. */
  rtp(trackSid: string, packet: RtpPacket): void {
    const ssrc = this.#tracks.get(trackSid);
    if (ssrc === undefined) return;
    const { sequenceNumber, timestamp, marker, payloadType } = packet.header;
    const out = Buffer.allocUnsafe(RTP_HEADER + packet.payload.length);
    out[0] = 0x80;
    out[1] = (marker ? 0x80 : 0) | payloadType;
    out.writeUInt16BE(sequenceNumber, 2);
    out.writeUInt32BE(timestamp, 4);
    out.writeUInt32BE(ssrc, 8);
    packet.payload.copy(out, RTP_HEADER);
    this.#toAgent(out);
  }

  /** From the room, about what we publish: wishes for a keyframe, and how much is lost. */
  rtcp(packet: RtcpPacket): void {
    const participant = this.#participant();
    const agent = this.#agent;
    if (participant === undefined || agent === undefined) return;
    const { face, voice } = participant;
    if (packet instanceof RtcpPayloadSpecificFeedback) {
      const { feedback } = packet;
      if (feedback instanceof PictureLossIndication && feedback.mediaSsrc === face?.ssrc)
        this.#toAgent(pictureLoss(agent.videoSsrc));
    } else if (packet instanceof RtcpRrPacket) {
      for (const report of packet.reports)
        if (report.ssrc === voice?.ssrc) report.ssrc = agent.audioSsrc;
        else if (report.ssrc === face?.ssrc) report.ssrc = agent.videoSsrc;
      this.#toAgent(packet.serialize());
    }
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #toAgent(packet: Buffer): void {
    if (this.#agent !== undefined) this.#socket.send(packet, this.#agent.port, this.#agent.ip, () => {});
  }

  #fromAgent(data: Buffer, { address, port }: RemoteInfo): void {
    const agent = this.#agent;
    const participant = this.#participant();
    if (agent === undefined || participant === undefined || port !== agent.port || address !== agent.ip) return;
    if (data.length < RTP_HEADER) return;
    const { voice, face } = participant;
    if (data[1]! >= 192 && data[1]! <= 223) {
      this.#reportFromAgent(data, participant);
    } else if (data.readUInt32BE(8) === agent.audioSsrc && voice !== undefined) {
      this.#voice.packet(data, voice.ssrc);
      voice.send(data, payloadAt(data, voice.levelId));
    } else if (data.readUInt32BE(8) === agent.videoSsrc && face !== undefined) {
      this.#face.packet(data, face.ssrc);
      face.send(data, RTP_HEADER);
    }
  }

  #reportFromAgent(data: Buffer, participant: Participant): void {
    const { voice, face } = participant;
    if (data[1] === SENDER_REPORT && data.length >= 28) {
      if (voice !== undefined && this.#voice.report(data, voice.ssrc)) voice.sendRtcp(data);
      else if (face !== undefined && this.#face.report(data, face.ssrc)) face.sendRtcp(data);
    } else if (data[1] === PAYLOAD_FEEDBACK && (data[0]! & 0x1f) === PICTURE_LOSS) {
      const ssrc = data.readUInt32BE(8);
      for (const [trackSid, known] of this.#tracks) if (known === ssrc) participant.requestKeyframe(trackSid);
    }
  }
}

/** Where the payload begins; the one header extension gets the number that was agreed for it. */
function payloadAt(packet: Buffer, levelId: number | undefined): number {
  if ((packet[0]! & 0x10) === 0) return RTP_HEADER;
  if (levelId !== undefined) packet[RTP_HEADER + 4] = (levelId << 4) | (packet[RTP_HEADER + 4]! & 0x0f);
  return RTP_HEADER + EXTENSION_BYTES;
}

/** RFC 4585 6.3.1. */
function pictureLoss(ssrc: number): Buffer {
  const out = Buffer.alloc(12);
  out[0] = 0x80 | PICTURE_LOSS;
  out[1] = PAYLOAD_FEEDBACK;
  out.writeUInt16BE(2, 2);
  out.writeUInt32BE(ssrc >>> 0, 8);
  return out;
}
