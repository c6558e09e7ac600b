import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { Detail } from '../face/avatar.ts';
import type { Rung } from '../line/port.ts';
import type { Mood } from '../perform/port.ts';
import { FaceFeed } from './face-feed.ts';
import { Ladder } from './ladder.ts';
import type { FromMedia, MediaLineInit, ToMedia } from './messages.ts';
import { type Paced, type Pacer, TICK_MS } from './pacer.ts';
import { FRAME_SAMPLES, Playout } from './playout.ts';
import { Reception } from './reception.ts';
import { OpusReceiver } from './rtp/opus-receiver.ts';
import { Peer } from './rtp/peer.ts';
import { isRtcp, readFeedback, readRtp } from './rtp/wire.ts';
import { FaceSender, MediaClock, type VoiceSender } from './sender.ts';
import { SightFeed } from './sight-feed.ts';

/** Pictures while the avatar speaks, 25 a second; while it attends to somebody; while nothing happens. */
const PICTURE_TICKS = { speaking: 2, listening: 4, thinking: 4, idle: 8 } as const;
/** What is asked of the face on each rung of the ladder, and how often at most. */
const EFFORT: Record<Rung, { detail: Detail; pictureTicks: number }> = {
  full: { detail: 'full', pictureTicks: 2 },
  'half-rate': { detail: 'full', pictureTicks: 4 },
  'half-size': { detail: 'small', pictureTicks: 4 },
  still: { detail: 'still', pictureTicks: 4 },
  'voice-only': { detail: 'still', pictureTicks: Number.POSITIVE_INFINITY },
};
const LADDER_TICKS = 10;
/** A step of the clock that came so much later than it should counts as late. */
const LATE_MS = 10;
const REPORT_TICKS = 50;
/** After 1.2 s of silence the session is woken for a fifth of it only: enough for a detector that was restarted. */
const SILENT_FRAMES = 60;
const SILENT_STEP = 5;
const PROGRESS_TICKS = 5;
/** Drawn before there is anyone to see it, so that the first picture that counts is drawn by warm code. */
const WARM_UP_PICTURES = 12;

/** One person who is listened to. */
interface Heard {
  identity: string;
  receiver: OpusReceiver;
  /** Frames of silence in a row. */
  silentFrames: number;
}

/** One conversation on a media thread: its socket, whom it hears, its avatar's voice and face. */
export class MediaLine implements Paced {
  readonly #init: MediaLineInit;
  readonly #socket: Socket;
  readonly #voice: VoiceSender;
  readonly #faceSender: FaceSender;
  readonly #feed: FaceFeed;
  readonly #pacer: Pacer;
  readonly #clock: MediaClock;
  readonly #playout = new Playout();
  readonly #ladder = new Ladder();
  readonly #reception = new Reception();
  readonly #sight = new SightFeed({
    frame: (identity, source, frame) =>
      this.#post({ type: 'saw', identity, source, frame }, [frame.buffer as ArrayBuffer]),
    send: packet => this.#send(packet),
  });
  readonly #receivers = new Map<number, Heard>();
  /** Whose voice is to be heard, by identity: making a decoder takes a moment, in which that may change. */
  readonly #wanted = new Map<string, number>();
  #mood: Mood = { state: 'idle', emotion: 'neutral', intensity: 0 };
  #target: Peer | undefined;
  #viewers: number | undefined;
  #bitrate = 0;
  readonly #late = { ticks: 0, worstMs: 0 };
  readonly #left: () => void;
  #nextPictureTick = 0;
  #startedTurn: string | undefined;
  #finishedTurn: string | undefined;
  /** Whose speaking mouth was sent last. */
  #shownTurn: string | undefined;
  #reported = -1;
  #closed = false;

  /** @param closed called when nothing of it is left */
  constructor(init: MediaLineInit, voice: VoiceSender, pacer: Pacer, closed: () => void) {
    this.#init = init;
    this.#voice = voice;
    this.#pacer = pacer;
    this.#left = closed;
    this.#clock = new MediaClock(pacer.nowMs());
    this.#faceSender = new FaceSender(init.videoSsrc);
    this.#socket = createSocket({ type: init.listenIp.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 1 << 19 });
    this.#feed = new FaceFeed(init.face, {
      send: (picture, atMs) => {
        for (const packet of this.#faceSender.frame(picture, this.#clock.videoTimestamp(atMs))) this.#send(packet);
        const { turnId } = picture;
        if (turnId !== undefined && turnId !== this.#shownTurn) this.#post({ type: 'shown', turnId });
        this.#shownTurn = turnId ?? this.#shownTurn;
      },
      ready: loadMs => this.#post({ type: 'face-ready', loadMs }),
      lost: (reason, message, face) => this.#post({ type: 'face-lost', reason, message, face }),
      made: (late, costMs) => {
        if (this.#target !== undefined) this.#ladder.picture(this.#nowMs(), late, costMs);
      },
    });
    this.#socket.on('message', (data, from) => this.#guarded(() => this.#received(data, from)));
    this.#socket.on('error', error => this.#post({ type: 'failed', message: error.message }));
    this.#socket.bind(0, init.listenIp, () => this.#post({ type: 'bound', port: this.#socket.address().port }));
    init.session.on('message', (message: ToMedia) => this.#guarded(() => this.#told(message)));
    pacer.add(this);
  }

  #told(message: ToMedia): void {
    switch (message.type) {
      case 'connect':
        this.#target = new Peer(message.ip, message.port);
        this.#feed.wantKeyframe();
        this.#sendReports(this.#nowMs());
        break;
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
        break;
      case 'begin':
        if (this.#playout.turnId !== undefined) this.#feed.drop(this.#playout.turnId);
        this.#playout.begin(message.turnId);
        this.#startedTurn = undefined;
        this.#reported = -1;
        break;
      case 'speech':
        if (this.#playout.turnId !== message.turnId) break;
        this.#feed.speech(message.timeline);
        this.#playout.push(message.turnId, message.pcm);
        this.#pictureSoon();
        break;
      case 'complete':
        this.#playout.complete(message.turnId);
        break;
      case 'pause':
        this.#playout.pause(message.turnId);
        break;
      case 'resume':
        this.#playout.resume(message.turnId);
        break;
      case 'cancel':
        this.#playout.cancel(message.turnId);
        this.#feed.drop(message.turnId);
        break;
      case 'mood':
        this.#mood = message.mood;
        this.#pictureSoon();
        break;
      case 'viewers':
        if (this.#viewers === 0 && message.count > 0) this.#pictureSoon();
        this.#viewers = message.count;
        this.#bitrate = message.bitrate;
        this.#feed.setBitrate(message.bitrate, this.#nowMs());
        break;
      case 'face':
        this.#feed.adopt(message.port);
        break;
      case 'stats':
        this.#postStats();
        break;
      case 'close':
        this.#close();
    }
  }

  async #listen(identity: string, ssrc: number): Promise<void> {
    this.#unlisten(identity);
    this.#wanted.set(identity, ssrc);
    const receiver = await OpusReceiver.create();
    if (this.#closed || this.#wanted.get(identity) !== ssrc || this.#receivers.has(ssrc)) receiver.close();
    else this.#receivers.set(ssrc, { identity, receiver, silentFrames: 0 });
  }

  #unlisten(identity: string): void {
    this.#wanted.delete(identity);
    for (const [ssrc, entry] of this.#receivers)
      if (entry.identity === identity) {
        this.#receivers.delete(ssrc);
        entry.receiver.close();
      }
  }

  #received(data: Buffer, from: RemoteInfo): void {
    // Streams are told apart by numbers that others may find out; where a packet came from they cannot choose.
    if (this.#target?.sent(from) !== true) return;
    if (isRtcp(data)) {
      for (const feedback of readFeedback(data))
        if (feedback.type === 'loss') this.#reception.report(feedback, this.#clock.unixMs(this.#nowMs()));
        else if (feedback.ssrc === this.#init.videoSsrc) {
          this.#feed.wantKeyframe();
          this.#pictureSoon();
        }
      return;
    }
    const packet = readRtp(data);
    if (packet === undefined || this.#sight.push(packet, this.#nowMs())) return;
    const entry = this.#receivers.get(packet.ssrc);
    if (entry === undefined) return;
    entry.receiver.push(packet, this.#nowMs());
    this.#deliver(entry);
  }

  #deliver(entry: Heard): void {
    const { identity, receiver } = entry;
    for (const { pcm, audible } of receiver.poll(this.#nowMs())) {
      entry.silentFrames = audible ? 0 : entry.silentFrames + 1;
      if (entry.silentFrames <= SILENT_FRAMES || entry.silentFrames % SILENT_STEP === 0)
        this.#post({ type: 'heard', identity, pcm, audible }, [pcm.buffer as ArrayBuffer]);
    }
  }

  /** Kept warm for a conversation that has not begun. */
  get standby(): boolean {
    return this.#target === undefined && !this.#watched();
  }

  late(lateMs: number): void {
    if (this.#target === undefined) return;
    this.#ladder.tick(this.#nowMs(), lateMs);
    if (lateMs >= LATE_MS) this.#late.ticks += 1;
    this.#late.worstMs = Math.max(this.#late.worstMs, lateMs);
  }

  /** What was heard, the voice, then the face. */
  step(): void {
    this.#guarded(() => this.#step());
  }

  #step(): void {
    const atMs = this.#tick * TICK_MS;
    for (const entry of this.#receivers.values()) this.#deliver(entry);
    this.#speak(atMs);
    // The last pictures of a turn that was not cut short come after its last sample.
    this.#feed.tick(this.#tick, turnId => turnId === this.#playout.turnId || turnId === this.#finishedTurn);
    if (this.#tick >= this.#nextPictureTick && this.#watched()) this.#requestPicture(atMs);
    // Not all lines of the thread at once.
    if ((this.#tick + this.#init.audioSsrc) % REPORT_TICKS === 0) this.#sendReports(atMs);
    if (this.#tick % LADDER_TICKS === 0 && this.#target !== undefined) this.#climb();
  }

  #speak(atMs: number): void {
    const frame = this.#playout.next();
    const packet = this.#voice.frame(frame?.pcm, this.#clock.audioTimestamp(atMs));
    if (packet !== undefined) this.#send(packet);
    const { turnId } = this.#playout;
    if (turnId === undefined) return;
    // The last, fading frame of the turn before may be going out.
    const started = frame?.turnId === turnId && this.#startedTurn !== turnId;
    if (started) this.#startedTurn = turnId;
    const done = this.#playout.finished;
    const due = this.#tick % PROGRESS_TICKS === 0 && this.#playout.position !== this.#reported;
    if (!started && !done && !due) return;
    this.#reported = this.#playout.position;
    const dueUnixMs = this.#clock.unixMs(atMs + TICK_MS);
    this.#post({ type: 'progress', turnId, samples: this.#playout.position, dueUnixMs, started, done });
    if (done) {
      this.#finishedTurn = turnId;
      this.#playout.cancel(turnId);
      this.#feed.drop(turnId);
    }
  }

  /** The face does with less while time is short, so that the voice never has to. */
  #climb(): void {
    const step = this.#ladder.decide(this.#nowMs());
    if (step === undefined) return;
    this.#post({ type: 'face-step', step });
    if (step.direction === 'up') this.#pictureSoon();
  }

  #requestPicture(atMs: number): void {
    const { turnId, audible, position } = this.#playout;
    const { detail, pictureTicks } = EFFORT[this.#ladder.rung];
    const leadTicks = this.#feed.leadTicks(this.#tick);
    const dueMs = atMs + leadTicks * TICK_MS;
    const aheadSamples = (leadTicks - 1) * FRAME_SAMPLES - this.#voice.delaySamples;
    const asked = this.#feed.request(
      {
        ...this.#mood,
        atMs: dueMs,
        ...(turnId !== undefined && audible && { speech: { turnId, sample: Math.max(0, position + aheadSamples) } }),
      },
      dueMs,
      this.#tick + leadTicks,
      detail,
    );
    // A keyframe that somebody waits for is asked for as soon as the face is free [M2].
    const pauseTicks = Math.max(pictureTicks, PICTURE_TICKS[audible ? 'speaking' : this.#mood.state]);
    this.#nextPictureTick = this.#tick + (!asked && this.#feed.keyframeWanted ? 1 : pauseTicks);
  }

  /** Somebody may be looking, or the code is still warming up. */
  #watched(): boolean {
    if (this.#target === undefined) return this.#feed.stats.framesSent < WARM_UP_PICTURES;
    return (this.#viewers !== 0 && this.#ladder.rung !== 'voice-only') || this.#feed.keyframeWanted;
  }

  /** Something changed that should be seen at once, not at the idle rate. */
  #pictureSoon(): void {
    this.#nextPictureTick = Math.min(this.#nextPictureTick, this.#tick);
  }

  #sendReports(atMs: number): void {
    const { cname, audioSsrc, videoSsrc } = this.#init;
    const voice = { ssrc: audioSsrc, packets: this.#voice.packets, octets: this.#voice.octets };
    const face = { ssrc: videoSsrc, packets: this.#faceSender.packets, octets: this.#faceSender.octets };
    for (const report of this.#clock.reports(atMs, cname, voice, face)) this.#send(report);
  }

  #send(packet: Buffer): void {
    if (this.#target === undefined || this.#closed) return;
    // UDP to a router that is gone fails now and then; the session hears of that elsewhere.
    this.#socket.send(packet, this.#target.port, this.#target.ip, () => {});
  }

  #nowMs(): number {
    return this.#pacer.nowMs();
  }

  /** Number of the step that comes next, or is being done. */
  get #tick(): number {
    return this.#pacer.tick;
  }

  #postStats(): void {
    const jitters = [...this.#receivers.values()].map(({ receiver }) => receiver.jitter);
    const sum = (key: 'received' | 'lost' | 'recovered' | 'late') =>
      jitters.reduce((total, jitter) => total + jitter.stats[key], 0);
    this.#post({
      type: 'stats',
      stats: {
        ...this.#feed.stats,
        videoBytes: this.#faceSender.octets,
        audioPackets: this.#voice.packets,
        underruns: this.#playout.underruns,
        rtpReceived: sum('received'),
        rtpLost: sum('lost'),
        rtpRecovered: sum('recovered'),
        rtpLate: sum('late'),
        jitterMs: Math.max(0, ...jitters.map(jitter => jitter.jitterMs)),
        sentAudioLost: this.#reception.lost.get(this.#init.audioSsrc) ?? 0,
        sentVideoLost: this.#reception.lost.get(this.#init.videoSsrc) ?? 0,
        roundTripMs: this.#reception.roundTripMs,
        ticksLate: this.#late.ticks,
        tickLateMs: this.#late.worstMs,
        targetBitrate: this.#bitrate,
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
    for (const { receiver } of this.#receivers.values()) receiver.close();
    this.#receivers.clear();
    this.#feed.close();
    this.#voice.close();
    this.#socket.close(() => {
      this.#init.session.close();
      this.#left();
    });
  }
}
