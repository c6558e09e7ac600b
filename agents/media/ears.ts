import type { SightSource } from '../../protocol/agents.ts';
import type { LineStats } from '../line/port.ts';
import { EchoGate, type SentSound } from './echo-gate.ts';
import type { ToEars } from './messages.ts';
import { OpusReceiver } from './rtp/opus-receiver.ts';
import type { RtpPacket } from './rtp/wire.ts';
import { SightFeed } from './sight-feed.ts';

/** After 1.2 s of silence the session is woken for a fifth of it only: enough for a detector that was restarted. */
const SILENT_FRAMES = 60;
const SILENT_STEP = 5;

/** One person who is listened to. */
interface Microphone {
  identity: string;
  receiver: OpusReceiver;
  echo: EchoGate;
  /** Frames of silence in a row. */
  silentFrames: number;
}

export interface EarsEvents {
  /** 20 ms of a person's voice, 16 kHz; the samples are the taker's. */
  sound(identity: string, pcm: Int16Array, audible: boolean): void;
  saw(identity: string, source: SightSource, frame: Uint8Array): void;
  /** RTCP for the router. */
  send(packet: Buffer): void;
}

/** What comes in on a line: people's voices, put in order and decoded, and their pictures, put together. */
export class LineEars {
  readonly #events: EarsEvents;
  readonly #sent: SentSound;
  readonly #sight: SightFeed;
  readonly #microphones = new Map<number, Microphone>();
  /** Whose voice is to be heard, by identity: making a decoder takes a moment, in which that may change. */
  readonly #wanted = new Map<string, number>();
  #closed = false;

  /** @param sent what the avatar says: it is not for its own ears */
  constructor(events: EarsEvents, sent: SentSound) {
    this.#events = events;
    this.#sent = sent;
    this.#sight = new SightFeed({ frame: events.saw, send: events.send });
  }

  told(message: ToEars): void {
    switch (message.type) {
      case 'listen':
        void this.#listen(message.identity, message.ssrc);
        break;
      case 'unlisten':
        this.#unlisten(message.identity);
        break;
      case 'see':
        this.#sight.see(message.identity, message.source, message.ssrc);
        break;
      case 'unsee':
        this.#sight.unsee(message.identity, message.source);
        break;
      case 'resee':
        this.#sight.restart(message.identity, message.source);
    }
  }

  /** True when the packet was a picture's. */
  see(packet: RtpPacket, nowMs: number): boolean {
    return this.#sight.push(packet, nowMs);
  }

  /** True when the packet was a voice's. */
  hear(packet: RtpPacket, nowMs: number): boolean {
    const microphone = this.#microphones.get(packet.ssrc);
    if (microphone === undefined) return false;
    microphone.receiver.push(packet, nowMs);
    this.#deliver(microphone, nowMs);
    return true;
  }

  /** What is due though no packet came. */
  step(nowMs: number): void {
    for (const microphone of this.#microphones.values()) this.#deliver(microphone, nowMs);
  }

  get stats(): Pick<LineStats, 'rtpReceived' | 'rtpLost' | 'rtpRecovered' | 'rtpLate' | 'jitterMs'> {
    const receivers = [...this.#microphones.values()].map(({ receiver }) => receiver.jitter);
    const sum = (key: 'received' | 'lost' | 'recovered' | 'late') =>
      receivers.reduce((total, { stats }) => total + stats[key], 0);
    return {
      rtpReceived: sum('received'),
      rtpLost: sum('lost'),
      rtpRecovered: sum('recovered'),
      rtpLate: sum('late'),
      jitterMs: Math.max(0, ...receivers.map(({ jitterMs }) => jitterMs)),
    };
  }

  close(): void {
    this.#closed = true;
    for (const { receiver } of this.#microphones.values()) receiver.close();
    this.#microphones.clear();
  }

  async #listen(identity: string, ssrc: number): Promise<void> {
    this.#unlisten(identity);
    this.#wanted.set(identity, ssrc);
    const receiver = await OpusReceiver.create();
    if (this.#closed || this.#wanted.get(identity) !== ssrc || this.#microphones.has(ssrc)) receiver.close();
    else this.#microphones.set(ssrc, { identity, receiver, echo: new EchoGate(this.#sent), silentFrames: 0 });
  }

  #unlisten(identity: string): void {
    this.#wanted.delete(identity);
    for (const [ssrc, microphone] of this.#microphones)
      if (microphone.identity === identity) {
        this.#microphones.delete(ssrc);
        microphone.receiver.close();
      }
  }

  #deliver(microphone: Microphone, nowMs: number): void {
    const frames = microphone.receiver.poll(nowMs).flatMap(frame => microphone.echo.push(frame));
    for (const { pcm, audible } of frames) {
      microphone.silentFrames = audible ? 0 : microphone.silentFrames + 1;
      if (microphone.silentFrames <= SILENT_FRAMES || microphone.silentFrames % SILENT_STEP === 0)
        this.#events.sound(microphone.identity, pcm, audible);
    }
  }
}
