import type { SightSource } from '../../protocol/agents.ts';
import { Vp8Receiver } from './rtp/vp8-receiver.ts';
import { type RtpPacket, writeKeyframeRequest } from './rtp/wire.ts';

interface Seen {
  identity: string;
  source: SightSource;
  receiver: Vp8Receiver;
}

export interface SightFeedEvents {
  frame(identity: string, source: SightSource, frame: Uint8Array): void;
  /** RTCP for the router. */
  send(packet: Buffer): void;
}

/** Cameras and screens that arrive on a conversation's RTP socket. Frames are put together here and decoded elsewhere. */
export class SightFeed {
  readonly #seen = new Map<number, Seen>();
  readonly #events: SightFeedEvents;

  constructor(events: SightFeedEvents) {
    this.#events = events;
  }

  see(identity: string, source: SightSource, ssrc: number): void {
    this.unsee(identity, source);
    this.#seen.set(ssrc, { identity, source, receiver: new Vp8Receiver() });
  }

  unsee(identity: string, source?: SightSource): void {
    for (const [ssrc, seen] of this.#seen)
      if (seen.identity === identity && (source === undefined || seen.source === source)) this.#seen.delete(ssrc);
  }

  /** Whoever decodes needs a keyframe. */
  restart(identity: string, source: SightSource): void {
    for (const seen of this.#seen.values())
      if (seen.identity === identity && seen.source === source) seen.receiver.restart();
  }

  /** True when the packet was a picture's. */
  push(packet: RtpPacket, nowMs: number): boolean {
    const seen = this.#seen.get(packet.ssrc);
    if (seen === undefined) return false;
    for (const frame of seen.receiver.push(packet, nowMs)) this.#events.frame(seen.identity, seen.source, frame);
    if (seen.receiver.wantsKeyframe(nowMs)) this.#events.send(writeKeyframeRequest(packet.ssrc));
    return true;
  }
}
