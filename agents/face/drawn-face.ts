import { setTimeout as pause } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import { halfSize, type Size } from './fit.ts';
import type { FaceInit, FromFace, ToFace, ToFaceThread } from './messages.ts';
import { Performer } from './performer.ts';
import type { LoadedRig } from './rig-load.ts';
import type { Rigs } from './rigs.ts';
import { Vp8Encoder } from './vp8.ts';

/** Small pictures are seldom needed, and then at once: they are loaded when the first large ones have been drawn. */
const SMALL_AFTER_MS = 1500;

export interface DrawnFaceEvents {
  /** It draws from these. */
  planes(planes: LoadedRig['planes']): void;
  /** Its encoder and its memory are free again. */
  closed(): void;
}

/** One face of a face thread: a rig, an encoder, and the line to the media thread of its conversation. */
export class DrawnFace {
  readonly #init: FaceInit;
  readonly #port: MessagePort;
  readonly #shared: ReadonlyMap<string, SharedArrayBuffer>;
  readonly #rigs: Rigs;
  readonly #events: DrawnFaceEvents;
  readonly #closed = new AbortController();
  #performer: Performer | undefined;
  #encoder: Vp8Encoder | undefined;

  constructor({ init, port, planes }: Extract<ToFaceThread, { type: 'open' }>, rigs: Rigs, events: DrawnFaceEvents) {
    this.#init = init;
    this.#port = port;
    this.#shared = planes;
    this.#rigs = rigs;
    this.#events = events;
    // The media thread ended without a word.
    port.on('close', () => this.close());
    this.#start().catch(error => {
      if (this.#closed.signal.aborted) return;
      this.#fail(error);
      this.close();
    });
  }

  close(): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    this.#performer?.close();
    this.#encoder?.close();
    this.#rigs.release(this);
    this.#port.close();
    this.#events.closed();
  }

  async #start(): Promise<void> {
    const began = performance.now();
    const { signal } = this.#closed;
    const rig = await this.#load(this.#init);
    if (signal.aborted) return;
    const performer = new Performer(rig);
    this.#performer = performer;
    const encoder = new Vp8Encoder(this.#init);
    this.#encoder = encoder;
    // What was said before waits in the port.
    this.#port.on('message', (message: ToFace) => this.#told(message, performer, encoder));
    this.#send({ type: 'ready', loadMs: performance.now() - began });
    try {
      await pause(SMALL_AFTER_MS, undefined, { signal });
      const small = await this.#load(halfSize(this.#init));
      if (!signal.aborted) performer.addSmall(small);
    } catch {
      // Closed meanwhile, or a rig too small to be halved: the face goes on at its size.
    }
  }

  async #load({ width, height }: Size): Promise<LoadedRig> {
    const rig = await this.#rigs.take(this, this.#init.rig, { size: { width, height }, shared: this.#shared });
    if (this.#closed.signal.aborted) this.#rigs.release(this);
    else this.#events.planes(rig.planes);
    return rig;
  }

  #told(message: ToFace, performer: Performer, encoder: Vp8Encoder): void {
    if (this.#closed.signal.aborted) return;
    try {
      switch (message.type) {
        case 'speech':
          performer.speech(message.timeline);
          break;
        case 'drop':
          performer.drop(message.turnId);
          break;
        case 'bitrate':
          encoder.setBitrate(message.bitrate);
          break;
        case 'render':
          this.#render(message, performer, encoder);
          break;
        case 'close':
          this.close();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #render(
    { frame, instant, detail, keyframe }: Extract<ToFace, { type: 'render' }>,
    performer: Performer,
    encoder: Vp8Encoder,
  ): void {
    const began = performance.now();
    const picture = performer.picture(instant, detail);
    const drawn = performance.now();
    const encoded = encoder.encode(picture, keyframe);
    const turnId = instant.speech?.turnId;
    const times = { renderMs: drawn - began, encodeMs: performance.now() - drawn };
    this.#send({ type: 'picture', frame, ...(turnId !== undefined && { turnId }), ...encoded, ...times }, [
      encoded.payload.buffer,
    ]);
  }

  #fail(error: unknown): void {
    this.#send({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }

  #send(message: FromFace, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}
