import type { MessagePort } from 'node:worker_threads';
import type { Detail } from '../face/avatar.ts';
import type { LineStats, Rung } from '../line/port.ts';
import type { Mood } from '../perform/port.ts';
import type { SentSound } from './echo-gate.ts';
import { FaceFeed } from './face-feed.ts';
import { Ladder } from './ladder.ts';
import type { FromMedia, ToStage } from './messages.ts';
import { type Pacer, TICK_MS } from './pacer.ts';
import { FRAME_SAMPLES, Playout } from './playout.ts';
import { FaceSender, type MediaClock, type VoiceSender } from './sender.ts';

/** 25 pictures a second while somebody speaks or is waited for; 17 while nothing happens. */
const PICTURE_TICKS = { speaking: 2, listening: 2, thinking: 2, idle: 3 } as const;
/** What is asked of the face on each rung of the ladder, and how often at most. */
const EFFORT: Record<Rung, { detail: Detail; pictureTicks: number }> = {
  full: { detail: 'full', pictureTicks: 2 },
  'half-rate': { detail: 'full', pictureTicks: 4 },
  'half-size': { detail: 'small', pictureTicks: 4 },
  still: { detail: 'still', pictureTicks: 4 },
  slow: { detail: 'still', pictureTicks: 8 },
  // Tried once a second: one that is made in time is the way back.
  'voice-only': { detail: 'still', pictureTicks: 50 },
};
const LADDER_TICKS = 10;
const PROGRESS_TICKS = 5;
/** Drawn before there is anyone to see it, so that the first picture that counts is drawn by warm code. */
const WARM_UP_PICTURES = 12;

export interface StageOptions {
  /** Port to the face. */
  face: MessagePort;
  videoSsrc: number;
  voice: VoiceSender;
  pacer: Pacer;
  clock: MediaClock;
  /** Remembers what is said, for those who listen. */
  sent: SentSound;
  /** Puts a packet on the wire. */
  send(packet: Buffer): void;
  post(message: FromMedia): void;
}

/** What goes out on a line: the avatar's voice every tick, and the pictures that belong to it. */
export class LineStage {
  readonly #options: StageOptions;
  readonly #playout = new Playout();
  readonly #ladder = new Ladder();
  readonly #feed: FaceFeed;
  readonly #sender: FaceSender;
  #mood: Mood = { state: 'idle', emotion: 'neutral', intensity: 0 };
  #connected = false;
  #viewers: number | undefined;
  #bitrate = 0;
  #nextPictureTick = 0;
  #startedTurn: string | undefined;
  #finishedTurn: string | undefined;
  /** Whose speaking mouth was sent last. */
  #shownTurn: string | undefined;
  #reported = -1;

  constructor(options: StageOptions) {
    const { face, videoSsrc, clock, pacer, send, post } = options;
    this.#options = options;
    this.#sender = new FaceSender(videoSsrc);
    this.#feed = new FaceFeed(face, {
      send: (picture, atMs) => {
        for (const packet of this.#sender.frame(picture, clock.videoTimestamp(atMs))) send(packet);
        const { turnId } = picture;
        if (turnId !== undefined && turnId !== this.#shownTurn) post({ type: 'shown', turnId });
        this.#shownTurn = turnId ?? this.#shownTurn;
      },
      ready: loadMs => post({ type: 'face-ready', loadMs }),
      lost: (reason, message, number) => post({ type: 'face-lost', reason, message, face: number }),
      made: (late, costMs) => {
        if (this.#connected) this.#ladder.picture(pacer.nowMs(), late, costMs);
      },
    });
  }

  told(message: ToStage): void {
    switch (message.type) {
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
        this.#feed.setBitrate(message.bitrate, this.#options.pacer.nowMs());
        break;
      case 'face':
        this.#feed.adopt(message.port);
    }
  }

  /** Somebody may look from now on. */
  connect(): void {
    this.#connected = true;
    this.#feed.wantKeyframe();
  }

  /** A viewer asks for a keyframe [M2]. */
  wantKeyframe(): void {
    this.#feed.wantKeyframe();
    this.#pictureSoon();
  }

  /** The clock was so much late. */
  late(nowMs: number, lateMs: number): void {
    this.#ladder.tick(nowMs, lateMs);
  }

  /** Sends the next frame of voice. */
  speak(tick: number, atMs: number): void {
    const { voice, clock, sent, send, post } = this.#options;
    const frame = this.#playout.next();
    sent.push(frame?.pcm);
    const packet = voice.frame(frame?.pcm, clock.audioTimestamp(atMs));
    if (packet !== undefined) send(packet);
    const { turnId } = this.#playout;
    if (turnId === undefined) return;
    // The last, fading frame of the turn before may be going out.
    const started = frame?.turnId === turnId && this.#startedTurn !== turnId;
    if (started) this.#startedTurn = turnId;
    const done = this.#playout.finished;
    const due = tick % PROGRESS_TICKS === 0 && this.#playout.position !== this.#reported;
    if (!started && !done && !due) return;
    this.#reported = this.#playout.position;
    const dueUnixMs = clock.unixMs(atMs + TICK_MS);
    post({ type: 'progress', turnId, samples: this.#playout.position, dueUnixMs, started, done });
    if (done) {
      this.#finishedTurn = turnId;
      this.#playout.cancel(turnId);
      this.#feed.drop(turnId);
    }
  }

  /** Sends the picture that is due, and asks for the next. */
  show(tick: number, atMs: number): void {
    // The last pictures of a turn that was not cut short come after its last sample.
    this.#feed.tick(tick, turnId => turnId === this.#playout.turnId || turnId === this.#finishedTurn);
    if (tick >= this.#nextPictureTick && this.watched) this.#requestPicture(tick, atMs);
  }

  /** The face does with less while time is short, so that the voice never has to. */
  climb(tick: number): void {
    if (tick % LADDER_TICKS !== 0 || !this.#connected) return;
    const step = this.#ladder.decide(this.#options.pacer.nowMs());
    if (step === undefined) return;
    this.#options.post({ type: 'face-step', step });
    if (step.direction === 'up') this.#pictureSoon();
  }

  /** Somebody may be looking, or the code is still warming up. */
  get watched(): boolean {
    if (!this.#connected) return this.#feed.stats.framesSent < WARM_UP_PICTURES;
    return this.#viewers !== 0 || this.#feed.keyframeWanted;
  }

  /** What was sent of the face, for sender reports. */
  get sent(): { packets: number; octets: number } {
    return this.#sender;
  }

  get stats(): FaceFeed['stats'] & Pick<LineStats, 'videoBytes' | 'audioPackets' | 'underruns' | 'targetBitrate'> {
    return {
      ...this.#feed.stats,
      videoBytes: this.#sender.octets,
      audioPackets: this.#options.voice.packets,
      underruns: this.#playout.underruns,
      targetBitrate: this.#bitrate,
    };
  }

  close(): void {
    this.#feed.close();
    this.#options.voice.close();
  }

  #requestPicture(tick: number, atMs: number): void {
    const { turnId, audible, position } = this.#playout;
    const { detail, pictureTicks } = EFFORT[this.#ladder.rung];
    const leadTicks = this.#feed.leadTicks(tick);
    const dueMs = atMs + leadTicks * TICK_MS;
    const aheadSamples = (leadTicks - 1) * FRAME_SAMPLES - this.#options.voice.delaySamples;
    const asked = this.#feed.request(
      {
        ...this.#mood,
        atMs: dueMs,
        ...(turnId !== undefined && audible && { speech: { turnId, sample: Math.max(0, position + aheadSamples) } }),
      },
      dueMs,
      tick + leadTicks,
      detail,
    );
    // A keyframe that somebody waits for is asked for as soon as the face is free [M2].
    const pauseTicks = Math.max(pictureTicks, PICTURE_TICKS[audible ? 'speaking' : this.#mood.state]);
    this.#nextPictureTick = tick + (!asked && this.#feed.keyframeWanted ? 1 : pauseTicks);
  }

  /** Something changed that should be seen at once, not at the idle rate. */
  #pictureSoon(): void {
    this.#nextPictureTick = Math.min(this.#nextPictureTick, this.#options.pacer.tick);
  }
}
