import type { MessagePort } from 'node:worker_threads';
import type { Detail, Instant, SpeechTimeline } from '../face/avatar.ts';
import type { FromFace, ToFace } from '../face/messages.ts';
import { PictureLead } from './picture-lead.ts';

export type Picture = Extract<FromFace, { type: 'picture' }>;

/** While somebody speaks, a picture is asked for in every second tick. */
const PICTURE_TICKS = 2;
/** Re-opening the encoder costs a keyframe: only for a real change, and not often. */
const BITRATE_STEP = 0.25;
const BITRATE_EVERY_MS = 2000;
/** A picture that has not come after so many ticks (3 s) does not come any more. */
const HUNG_TICKS = 150;
/** One picture that cannot be drawn is an accident, so many in a row are not. */
const FAILED_IN_A_ROW = 5;

export interface FeedEvents {
  /** Puts one encoded frame on the wire with the given media time. */
  send(picture: Picture, atMs: number): void;
  /** The face can draw. */
  ready(loadMs: number): void;
  /** Another face is needed: this one, number `face` from 1 on, hangs, fails again and again, or could not start. */
  lost(reason: FaceLoss, message: string, face: number): void;
  /** How a picture went; without a cost there was no time for it at all. */
  made(late: boolean, costMs?: number): void;
}

export type FaceLoss = 'hung' | 'failing' | 'not-started';

/** Asks the face thread for pictures and holds each until it is due. */
export class FaceFeed {
  #port: MessagePort;
  readonly #events: FeedEvents;
  #faces = 1;
  #frame = 0;
  readonly #lead = new PictureLead();
  /** The step of the clock that was done last, and the one in which the last picture that was asked for is due. */
  #tick = 0;
  #dueTick = Number.NEGATIVE_INFINITY;
  /** Asked for and not made yet, oldest first; as many as are due within the lead at most [C2]. */
  #asked: { frame: number; dueMs: number; tick: number; keyframe: boolean; waitedTicks: number; refused: boolean }[] =
    [];
  /** Made, but not due yet; no more than fit into the lead [C2]. */
  #held: { picture: Picture; dueMs: number; tick: number }[] = [];
  /** What the live turn's mouth does, for a face that comes in the middle of it. */
  readonly #timelines = new Map<string, SpeechTimeline[]>();
  #keyframeWanted = true;
  #broken = false;
  #failures = 0;
  #bitrate = 0;
  #bitrateAtMs = Number.NEGATIVE_INFINITY;
  ready = false;
  readonly stats = {
    framesSent: 0,
    framesDropped: 0,
    framesLate: 0,
    framesFailed: 0,
    keyframes: 0,
    renderMs: 0,
    encodeMs: 0,
  };

  constructor(port: MessagePort, events: FeedEvents) {
    this.#port = port;
    this.#events = events;
    this.#listen(port);
  }

  /** True while no more pictures can be asked for: a face thread that was held up for a moment makes them all in time. */
  get busy(): boolean {
    return this.#asked.length >= Math.ceil(this.#lead.ticks / PICTURE_TICKS);
  }
  get keyframeWanted(): boolean {
    return this.#keyframeWanted;
  }

  /** The next picture will be a keyframe [M2]. */
  wantKeyframe(): void {
    this.#keyframeWanted = true;
  }

  /** Another face takes over, in the middle of a word if need be. */
  adopt(port: MessagePort): void {
    this.#leave();
    this.#port.close();
    this.#port = port;
    this.#faces += 1;
    this.#listen(port);
    if (this.#bitrate > 0) this.#post({ type: 'bitrate', bitrate: Math.round(this.#bitrate) });
    for (const timelines of this.#timelines.values())
      for (const timeline of timelines) this.#post({ type: 'speech', timeline });
  }

  /** So many ticks after `tick` a picture is due that is asked for in it. */
  leadTicks(tick: number): number {
    return Math.max(this.#lead.ticks, this.#dueTick + 1 - tick);
  }

  /** Asks for the picture of an instant that will be due in step `tick`; false while too many are being made. */
  request(instant: Instant, dueMs: number, tick: number, detail: Detail = 'full'): boolean {
    if (!this.ready) return false;
    if (this.busy) {
      const oldest = this.#asked[0]!;
      this.stats.framesDropped += 1;
      // Asked for at every tick while a keyframe is wanted, it is one picture in trouble, not many.
      if (!oldest.refused) this.#events.made(true);
      oldest.refused = true;
      return false;
    }
    this.#dueTick = tick;
    const keyframe = this.#keyframeWanted;
    this.#frame += 1;
    this.#asked.push({ frame: this.#frame, dueMs, tick, keyframe, waitedTicks: 0, refused: false });
    this.#post({ type: 'render', frame: this.#frame, instant, detail, keyframe });
    this.#keyframeWanted = false;
    return true;
  }

  /** Sends what is due. Pictures of a turn that is not live are not shown [T2]. */
  tick(tick: number, live: (turnId: string) => boolean): void {
    this.#tick = tick;
    while (this.#held[0] !== undefined && tick >= this.#held[0].tick) {
      const { picture, dueMs, tick: dueTick } = this.#held.shift()!;
      const stale = picture.turnId !== undefined && !live(picture.turnId);
      // A decoder would miss a picture of layer 0 as a reference, one of layer 1 it would not.
      if (stale && picture.layer === 0) this.#broken = true;
      else if (picture.keyframe) this.#broken = false;
      if (this.#broken) this.#keyframeWanted = true;
      if (stale || this.#broken) {
        this.stats.framesDropped += 1;
        continue;
      }
      if (tick > dueTick) this.stats.framesLate += 1;
      this.stats.framesSent += 1;
      if (picture.keyframe) this.stats.keyframes += 1;
      this.#events.made(tick > dueTick, picture.renderMs + picture.encodeMs);
      this.#events.send(picture, dueMs);
    }
    // Counted, not measured: a machine that slept has not been waiting.
    const [oldest] = this.#asked;
    if (oldest && ++oldest.waitedTicks > HUNG_TICKS) this.#lose('hung', 'no picture came');
  }

  speech(timeline: SpeechTimeline): void {
    this.#timelines.set(timeline.turnId, [...(this.#timelines.get(timeline.turnId) ?? []), timeline]);
    this.#post({ type: 'speech', timeline });
  }

  drop(turnId: string): void {
    this.#timelines.delete(turnId);
    this.#post({ type: 'drop', turnId });
  }

  /** Follows the viewers, within reason. */
  setBitrate(bitrate: number, nowMs: number): void {
    const change = Math.abs(bitrate - this.#bitrate) / Math.max(1, this.#bitrate);
    if (change < BITRATE_STEP || nowMs - this.#bitrateAtMs < BITRATE_EVERY_MS) return;
    this.#bitrate = bitrate;
    this.#bitrateAtMs = nowMs;
    this.#post({ type: 'bitrate', bitrate: Math.round(bitrate) });
  }

  close(): void {
    this.#post({ type: 'close' });
    this.#port.close();
  }

  #listen(port: MessagePort): void {
    port.on('message', (message: FromFace) => {
      if (port !== this.#port) return;
      if (message.type === 'picture') this.#arrived(message);
      else if (message.type === 'failed') this.#failed(message.message);
      else {
        this.ready = true;
        this.#events.ready(message.loadMs);
      }
    });
  }

  #failed(message: string): void {
    if (!this.ready) {
      this.#lose('not-started', message);
      return;
    }
    this.stats.framesFailed += 1;
    if (this.#asked.shift()?.keyframe === true) this.#keyframeWanted = true;
    this.#failures += 1;
    if (this.#failures >= FAILED_IN_A_ROW) this.#lose('failing', message);
  }

  #lose(reason: FaceLoss, message: string): void {
    this.#leave();
    this.#events.lost(reason, message, this.#faces);
  }

  /** Expects nothing of the present face any more; the next begins with a keyframe. */
  #leave(): void {
    this.ready = false;
    this.#asked = [];
    this.#held = [];
    this.#failures = 0;
    this.#keyframeWanted = true;
  }

  #arrived(picture: Picture): void {
    const asked = this.#asked.shift();
    this.#failures = 0;
    if (asked === undefined || asked.frame !== picture.frame) {
      // Not waited for any more, yet the encoder builds on it.
      this.#broken = true;
      this.#keyframeWanted = true;
      return;
    }
    this.#lead.made(this.#tick, asked.tick - 1 - this.#tick);
    this.stats.renderMs += picture.renderMs;
    this.stats.encodeMs += picture.encodeMs;
    this.#held.push({ picture, dueMs: asked.dueMs, tick: asked.tick });
  }

  #post(message: ToFace): void {
    this.#port.postMessage(message);
  }
}
