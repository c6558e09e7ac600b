import type { MessagePort } from 'node:worker_threads';
import type { Instant, SpeechTimeline } from '../face/avatar.ts';
import type { FromFace, ToFace } from '../face/messages.ts';

type Picture = Extract<FromFace, { type: 'picture' }>;

/** Pictures are asked for this far ahead of when they are due: time to draw and encode. */
export const LEAD_TICKS = 2;
/** Re-opening the encoder costs a keyframe: only for a real change, and not often. */
const BITRATE_STEP = 0.25;
const BITRATE_EVERY_MS = 2000;

/** Asks the face thread for pictures and holds each until it is due. */
export class FaceFeed {
  readonly #port: MessagePort;
  readonly #send: (encoded: Uint8Array, atMs: number) => void;
  #frame = 0;
  #outstanding: { frame: number; dueMs: number; tick: number; keyframe: boolean } | undefined;
  /** Made, but not due yet; `LEAD_TICKS` of them at most, as one is asked for at a time [C2]. */
  #held: { picture: Picture; dueMs: number; tick: number }[] = [];
  #keyframeWanted = true;
  #broken = false;
  #bitrate = 0;
  #bitrateAtMs = Number.NEGATIVE_INFINITY;
  ready = false;
  readonly stats = { framesSent: 0, framesDropped: 0, framesLate: 0, keyframes: 0, renderMs: 0, encodeMs: 0 };

  /**
   * @param send puts one encoded frame on the wire with the given media time
   * @param on told when the face can draw, and when it cannot
   */
  constructor(
    port: MessagePort,
    send: (encoded: Uint8Array, atMs: number) => void,
    on: (message: Extract<FromFace, { type: 'ready' | 'failed' }>) => void,
  ) {
    this.#port = port;
    this.#send = send;
    port.on('message', (message: FromFace) => {
      if (message.type === 'picture') this.#arrived(message);
      else {
        if (message.type === 'ready') this.ready = true;
        else {
          if (this.#outstanding?.keyframe === true) this.#keyframeWanted = true;
          this.#outstanding = undefined;
        }
        on(message);
      }
    });
  }

  /** True while a picture is being made. */
  get busy(): boolean {
    return this.#outstanding !== undefined;
  }
  get keyframeWanted(): boolean {
    return this.#keyframeWanted;
  }

  /** The next picture will be a keyframe [M2]. */
  wantKeyframe(): void {
    this.#keyframeWanted = true;
  }

  /** Asks for the picture of an instant that will be due `LEAD_TICKS` from now; false while another is being made. */
  request(instant: Instant, dueMs: number, tick: number): boolean {
    if (!this.ready) return false;
    if (this.#outstanding !== undefined) {
      this.stats.framesDropped += 1;
      return false;
    }
    const keyframe = this.#keyframeWanted;
    this.#frame += 1;
    this.#outstanding = { frame: this.#frame, dueMs, tick, keyframe };
    this.#post({ type: 'render', frame: this.#frame, instant, keyframe });
    this.#keyframeWanted = false;
    return true;
  }

  /** Sends what is due. Pictures of a turn that is not live are not shown [T2]. */
  tick(tick: number, live: (turnId: string) => boolean): void {
    while (this.#held[0] !== undefined && tick >= this.#held[0].tick) {
      const { picture, dueMs, tick: dueTick } = this.#held.shift()!;
      const stale = picture.turnId !== undefined && !live(picture.turnId);
      this.#broken = stale || (this.#broken && !picture.keyframe);
      if (this.#broken) {
        // The decoder would miss this frame as a reference: nothing can be shown before the next keyframe.
        this.#keyframeWanted = true;
        this.stats.framesDropped += 1;
        continue;
      }
      if (tick > dueTick) this.stats.framesLate += 1;
      this.stats.framesSent += 1;
      if (picture.keyframe) this.stats.keyframes += 1;
      this.#send(picture.payload, dueMs);
    }
  }

  speech(timeline: SpeechTimeline): void {
    this.#post({ type: 'speech', timeline });
  }

  drop(turnId: string): void {
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

  #arrived(picture: Picture): void {
    const asked = this.#outstanding;
    this.#outstanding = undefined;
    if (asked === undefined || asked.frame !== picture.frame) {
      // Not waited for any more, yet the encoder builds on it.
      this.#broken = true;
      this.#keyframeWanted = true;
      return;
    }
    this.stats.renderMs += picture.renderMs;
    this.stats.encodeMs += picture.encodeMs;
    this.#held.push({ picture, dueMs: asked.dueMs, tick: asked.tick });
  }

  #post(message: ToFace): void {
    this.#port.postMessage(message);
  }
}
