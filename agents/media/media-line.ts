import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { SightSource } from '../../protocol/agents.ts';
import { LineEars } from './ears.ts';
import { SentSound } from './echo-gate.ts';
import type { FromMedia, MediaLineInit, ToMedia } from './messages.ts';
import { type Paced, type Pacer, TICK_MS } from './pacer.ts';
import { Reception } from './reception.ts';
import { Peer } from './rtp/peer.ts';
import { isRtcp, type RtpPacket, readFeedback, readRtp } from './rtp/wire.ts';
import { MediaClock, type VoiceSender } from './sender.ts';
import { LineStage } from './stage.ts';

/** A step of the clock that came so much later than it should counts as late. */
const LATE_MS = 10;
const REPORT_TICKS = 50;

/** One conversation on a media thread: its socket, whom it hears, its avatar's voice and face. */
export class MediaLine implements Paced {
  readonly #init: MediaLineInit;
  readonly #socket: Socket;
  readonly #voice: VoiceSender;
  readonly #ears: LineEars;
  readonly #stage: LineStage;
  readonly #pacer: Pacer;
  readonly #clock: MediaClock;
  readonly #reception = new Reception();
  /** Who takes what comes in; the first it concerns keeps it. */
  readonly #in: readonly ((packet: RtpPacket, nowMs: number) => boolean)[];
  /** What is done in every step of the clock. */
  readonly #out: readonly ((tick: number, atMs: number) => void)[];
  #target: Peer | undefined;
  readonly #late = { ticks: 0, worstMs: 0 };
  readonly #left: () => void;
  #closed = false;

  /** @param closed called when nothing of it is left */
  constructor(init: MediaLineInit, voice: VoiceSender, pacer: Pacer, closed: () => void) {
    this.#init = init;
    this.#voice = voice;
    this.#pacer = pacer;
    this.#left = closed;
    this.#clock = new MediaClock(pacer.nowMs());
    const send = (packet: Buffer) => this.#send(packet);
    const post = (message: FromMedia) => this.#post(message);
    const sent = new SentSound();
    const heard = {
      sound: (identity: string, pcm: Int16Array, audible: boolean) =>
        this.#post({ type: 'sound', identity, pcm, audible }, [pcm.buffer as ArrayBuffer]),
      saw: (identity: string, source: SightSource, frame: Uint8Array) =>
        this.#post({ type: 'saw', identity, source, frame }, [frame.buffer as ArrayBuffer]),
      send,
    };
    const ears = new LineEars(heard, sent);
    const { face, videoSsrc } = init;
    const stage = new LineStage({ face, videoSsrc, voice, pacer, clock: this.#clock, sent, send, post });
    this.#ears = ears;
    this.#stage = stage;
    this.#in = [(packet, nowMs) => ears.see(packet, nowMs), (packet, nowMs) => ears.hear(packet, nowMs)];
    this.#out = [
      () => ears.step(this.#nowMs()),
      (tick, atMs) => stage.speak(tick, atMs),
      (tick, atMs) => stage.show(tick, atMs),
      (tick, atMs) => this.#report(tick, atMs),
      tick => stage.climb(tick),
    ];
    this.#socket = createSocket({ type: init.listenIp.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 1 << 19 });
    this.#socket.on('message', (data, from) => this.#guarded(() => this.#received(data, from)));
    this.#socket.on('error', error => this.#post({ type: 'failed', message: error.message }));
    this.#socket.bind(0, init.listenIp, () => this.#post({ type: 'bound', port: this.#socket.address().port }));
    init.session.on('message', (message: ToMedia) => this.#guarded(() => this.#told(message)));
    pacer.add(this);
  }

  /** Kept warm for a conversation that has not begun. */
  get standby(): boolean {
    return this.#target === undefined && !this.#stage.watched;
  }

  late(lateMs: number): void {
    if (this.#target === undefined) return;
    this.#stage.late(this.#nowMs(), lateMs);
    if (lateMs >= LATE_MS) this.#late.ticks += 1;
    this.#late.worstMs = Math.max(this.#late.worstMs, lateMs);
  }

  /** What was heard, the voice, then the face. */
  step(): void {
    this.#guarded(() => this.#step());
  }

  #step(): void {
    const { tick } = this.#pacer;
    for (const work of this.#out) work(tick, tick * TICK_MS);
  }

  #told(message: ToMedia): void {
    switch (message.type) {
      case 'connect':
        this.#target = new Peer(message.ip, message.port);
        this.#stage.connect();
        this.#sendReports(this.#nowMs());
        break;
      case 'listen':
      case 'unlisten':
      case 'see':
      case 'unsee':
      case 'resee':
        this.#ears.told(message);
        break;
      case 'stats':
        this.#postStats();
        break;
      case 'close':
        this.#close();
        break;
      default:
        this.#stage.told(message);
    }
  }

  #received(data: Buffer, from: RemoteInfo): void {
    // Streams are told apart by numbers that others may find out; where a packet came from they cannot choose.
    if (this.#target?.sent(from) !== true) return;
    if (isRtcp(data)) {
      for (const feedback of readFeedback(data))
        if (feedback.type === 'loss') this.#reception.report(feedback, this.#clock.unixMs(this.#nowMs()));
        else if (feedback.ssrc === this.#init.videoSsrc) this.#stage.wantKeyframe();
      return;
    }
    const packet = readRtp(data);
    if (packet === undefined) return;
    const nowMs = this.#nowMs();
    for (const takes of this.#in) if (takes(packet, nowMs)) return;
  }

  #report(tick: number, atMs: number): void {
    // Not all lines of the thread at once.
    if ((tick + this.#init.audioSsrc) % REPORT_TICKS === 0) this.#sendReports(atMs);
  }

  #sendReports(atMs: number): void {
    const { cname, audioSsrc, videoSsrc } = this.#init;
    const voice = { ssrc: audioSsrc, packets: this.#voice.packets, octets: this.#voice.octets };
    const { packets, octets } = this.#stage.sent;
    for (const report of this.#clock.reports(atMs, cname, voice, { ssrc: videoSsrc, packets, octets }))
      this.#send(report);
  }

  #send(packet: Buffer): void {
    if (this.#target === undefined || this.#closed) return;
    // UDP to a router that is gone fails now and then; the session hears of that elsewhere.
    this.#socket.send(packet, this.#target.port, this.#target.ip, () => {});
  }

  #nowMs(): number {
    return this.#pacer.nowMs();
  }

  #postStats(): void {
    this.#post({
      type: 'stats',
      stats: {
        ...this.#stage.stats,
        ...this.#ears.stats,
        sentAudioLost: this.#reception.lost.get(this.#init.audioSsrc) ?? 0,
        sentVideoLost: this.#reception.lost.get(this.#init.videoSsrc) ?? 0,
        roundTripMs: this.#reception.roundTripMs,
        ticksLate: this.#late.ticks,
        tickLateMs: this.#late.worstMs,
      },
    });
    this.#late.worstMs = 0;
  }

  /** What breaks here ends this conversation's line, and no other on the thread. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#post({ type: 'failed', message: String(error) });
      this.#close();
    }
  }

  #post(message: FromMedia, transfer: ArrayBuffer[] = []): void {
    this.#init.session.postMessage(message, transfer);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pacer.remove(this);
    this.#ears.close();
    this.#stage.close();
    this.#socket.close(() => {
      this.#init.session.close();
      this.#left();
    });
  }
}
