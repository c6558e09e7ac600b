/** A room whose media a LiveKit server routes: the avatar is a participant of it, carried by a process of ours. */
import type { Carrier } from '../../../livekit/carrier/carrier.ts';
import type { RemoteTrack } from '../../../livekit/participants.ts';
import { AGENT_RTP } from '../../../protocol/agents.ts';
import type { ProducerInfo, Source } from '../../../protocol/signaling.ts';
import type { AgentEndpoint, MediaAgent, MediaPerson, MediaRoom, MediaRoomEvents, Opaque } from '../room-control.ts';

/** LiveKit itself gives slow viewers less; an agent has its own limit for the size of its picture. */
const BITRATE = 8_000_000;

const SOURCES: Partial<Record<RemoteTrack['place'], Source>> = {
  microphone: 'microphone',
  camera: 'camera',
  screen: 'screen',
};

/** A track as the rest of the server knows it; undefined: none that concerns it. */
export function producerOf({ sid, kind, place, muted }: RemoteTrack): ProducerInfo | undefined {
  const source = SOURCES[place];
  if (source === undefined || (source === 'microphone') !== (kind === 'audio')) return undefined;
  return { producerId: sid, kind, source, paused: muted };
}

/** One person of a LiveKit room. */
export class LiveKitPerson implements MediaPerson {
  tracks: readonly RemoteTrack[] = [];
  readonly #left: () => void;

  /** @param left told when they are gone */
  constructor(left: () => void) {
    this.#left = left;
  }

  producers(): ProducerInfo[] {
    return this.tracks.flatMap(track => producerOf(track) ?? []);
  }
  close(): void {
    this.tracks = [];
    this.#left();
  }
}

export interface LiveKitParts {
  carrier: Carrier;
  /** The carrier's number of the room. */
  room: number;
  /** Address on which the carrier's side of the agent's RTP listens. */
  agentIp: string;
}

export class LiveKitMediaRoom implements MediaRoom {
  readonly rtpCapabilities: Opaque = {};
  /** Whether anybody watches the face; until the server says, somebody does. */
  watched = true;
  readonly events: MediaRoomEvents;
  readonly #parts: LiveKitParts;
  readonly #people = new Set<LiveKitPerson>();
  #agent: LiveKitAgent | undefined;

  constructor(parts: LiveKitParts, events: MediaRoomEvents) {
    this.#parts = parts;
    this.events = events;
  }

  addPeer(): LiveKitPerson {
    const person = new LiveKitPerson(() => this.#people.delete(person));
    this.#people.add(person);
    return person;
  }

  async addAgent(_identity: string, { ip, port, audioSsrc, videoSsrc }: AgentEndpoint): Promise<MediaAgent> {
    const { carrier, room, agentIp } = this.#parts;
    const line = await carrier.ask('serve', { room, ip: agentIp, agent: { ip, port, audioSsrc, videoSsrc } });
    const agent = new LiveKitAgent(line, this.#parts, this);
    this.#agent = agent;
    return agent;
  }

  /** A track of somebody who is here. */
  track(trackSid: string): RemoteTrack | undefined {
    return [...this.#people].flatMap(({ tracks }) => tracks).find(({ sid }) => sid === trackSid);
  }

  get count(): number {
    return this.#people.size;
  }

  /** An agent that has been followed by another one does not end its line. */
  isServed(agent: LiveKitAgent): boolean {
    return this.#agent === agent;
  }

  close(): void {
    this.#agent?.close();
  }
}

class LiveKitAgent implements MediaAgent {
  readonly ip: string;
  readonly port: number;
  readonly #parts: LiveKitParts;
  readonly #room: LiveKitMediaRoom;
  #closed = false;

  constructor({ ip, port }: { ip: string; port: number }, parts: LiveKitParts, room: LiveKitMediaRoom) {
    [this.ip, this.port] = [ip, port];
    this.#parts = parts;
    this.#room = room;
  }

  producers(): ProducerInfo[] {
    return [
      { producerId: 'voice', kind: 'audio', source: 'avatar-voice', paused: false },
      { producerId: 'face', kind: 'video', source: 'avatar-face', paused: false },
    ];
  }

  async listen(producerId: string): Promise<{ ssrc: number; payloadType: number }> {
    const { carrier, room } = this.#parts;
    const { ssrc } = await carrier.ask('pass', { room, trackSid: producerId });
    return { ssrc, payloadType: AGENT_RTP.audio.payloadType };
  }

  async see(producerId: string, detail: boolean): Promise<{ ssrc: number; payloadType: number; codec: 'vp8' }> {
    const mimeType = this.#room.track(producerId)?.mimeType;
    if (mimeType?.toLowerCase() !== 'video/vp8') throw new Error(`a camera that sends ${mimeType} cannot be seen`);
    const { carrier, room } = this.#parts;
    const { ssrc } = await carrier.ask('pass', { room, trackSid: producerId, quality: detail ? 'high' : 'medium' });
    return { ssrc, payloadType: AGENT_RTP.video.payloadType, codec: 'vp8' };
  }

  unsee(producerId: string): void {
    this.#parts.carrier.tell('stop', { room: this.#parts.room, trackSid: producerId });
  }

  async viewers(): Promise<{ count: number; bitrate: number }> {
    return { count: this.#room.watched ? this.#room.count : 0, bitrate: BITRATE };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { carrier, room, agentIp } = this.#parts;
    if (this.#room.isServed(this)) carrier.tell('serve', { room, ip: agentIp, agent: undefined });
  }
}
