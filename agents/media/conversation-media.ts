import { randomInt } from 'node:crypto';
import { MessageChannel } from 'node:worker_threads';
import { type Place, SharedThreads } from '../base/shared-threads.ts';
import type { FaceInit } from '../face/messages.ts';
import type { LineEvents, LineStats } from '../line/port.ts';
import { FaceThreads } from './face-threads.ts';
import { FaceWorker } from './face-worker.ts';
import type { FromMedia, ToMedia, ToMediaThread } from './messages.ts';

/** What the conversations of one process share. */
export class MediaThreads {
  readonly media: SharedThreads<ToMediaThread>;
  readonly faces: FaceThreads;

  /** @param most threads of each kind; one for each core, unless told otherwise */
  constructor(most?: number) {
    this.media = new SharedThreads({
      url: new URL('./media-thread.ts', import.meta.url),
      name: 'media',
      most,
      watched: true,
    });
    this.faces = new FaceThreads(most);
  }

  async close(): Promise<void> {
    await Promise.all([this.media.close(), this.faces.close()]);
  }
}

export interface MediaOptions {
  listenIp: string;
  face: FaceInit;
  /** Without, this one gets threads of its own. */
  threads?: MediaThreads;
}

const CLOSE_MS = 2000;

/** The line of one conversation on a media thread, and its face, seen from the session. */
export class ConversationMedia {
  readonly cname: string;
  readonly audioSsrc: number;
  readonly videoSsrc: number;
  readonly face: FaceInit;
  /** Resolves to the local RTP port. */
  readonly bound: Promise<number>;
  /** Resolves when the face can draw. */
  readonly faceReady: Promise<void>;
  readonly #line: Place<ToMediaThread>;
  readonly #face: FaceWorker;
  readonly #ownThreads: MediaThreads | undefined;
  readonly #port: Port;
  #events: LineEvents | undefined;
  #failure: string | undefined;
  #statsWaiters: PromiseWithResolvers<LineStats>[] = [];
  #closing: Promise<void> | undefined;

  constructor({ listenIp, face, threads }: MediaOptions) {
    this.face = face;
    this.cname = `visavis-${randomInt(2 ** 32).toString(36)}`;
    this.audioSsrc = randomInt(1, 2 ** 31);
    this.videoSsrc = this.audioSsrc + 1;
    const session = new MessageChannel();
    this.#port = session.port1;
    const { cname, audioSsrc, videoSsrc } = this;
    this.#ownThreads = threads === undefined ? new MediaThreads(1) : undefined;
    const { media, faces } = threads ?? this.#ownThreads!;
    this.#face = new FaceWorker(face, faces, {
      port: port => this.send({ type: 'face', port }, [port]),
      replaced: (reason, message) => this.#events?.faceReplaced?.(reason, message),
      failed: message => failed(message),
    });
    const link = this.#face.start();
    this.#line = media.open({ lost: (_reason, message) => failed(message) });
    const init = { face: link, session: session.port2, listenIp, cname, audioSsrc, videoSsrc };
    this.#line.tell({ type: 'open', init }, [link, session.port2]);
    const bound = Promise.withResolvers<number>();
    const faceReady = Promise.withResolvers<void>();
    this.bound = bound.promise;
    this.faceReady = faceReady.promise;
    const failed = (message: string) => {
      const error = new Error(message);
      bound.reject(error);
      faceReady.reject(error);
      this.#failure ??= message;
      if (this.#closing === undefined) this.#events?.failed(message);
    };
    // Whoever waits sees the failure; when nobody does it must not end the process.
    this.bound.catch(() => {});
    this.faceReady.catch(() => {});
    this.#port.on('message', (message: FromMedia) => {
      switch (message.type) {
        case 'bound':
          return bound.resolve(message.port);
        case 'face-ready':
          this.#face.proved();
          return faceReady.resolve();
        case 'face-lost':
          return this.#face.lost(message.reason, message.message, message.face);
        case 'face-step':
          return this.#events?.faceStepped?.(message.step);
        case 'sound':
          return this.#events?.sound(message.identity, message.pcm, message.audible);
        case 'saw':
          return this.#events?.saw?.(message.identity, message.source, message.frame);
        case 'progress':
          return this.#events?.progress(message);
        case 'shown':
          return this.#events?.shown?.(message.turnId);
        case 'failed':
          return failed(message.message);
        case 'stats':
          for (const { resolve } of this.#statsWaiters.splice(0)) resolve(message.stats);
      }
    });
  }

  /** Its line is up, as far as is known. */
  get healthy(): boolean {
    return this.#failure === undefined;
  }

  /** From now on events go to one session. A failure that came before is told too. */
  attach(events: LineEvents): void {
    this.#events = events;
    const failure = this.#failure;
    if (failure !== undefined) queueMicrotask(() => events.failed(failure));
  }

  send(message: ToMedia, transfer: Transfer[] = []): void {
    if (this.#closing === undefined) this.#port.postMessage(message, transfer);
  }

  /** Rejects when the line ends first. */
  stats(): Promise<LineStats> {
    if (this.#closing !== undefined) return Promise.reject(new Error('the media is closed'));
    const waiter = Promise.withResolvers<LineStats>();
    this.#statsWaiters.push(waiter);
    this.send({ type: 'stats' });
    return waiter.promise;
  }

  /** Ends the line and the face; a thread on which one does not end is terminated [C1]. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#port.postMessage({ type: 'close' } satisfies ToMedia);
    const timer = setTimeout(() => {
      this.#line.giveUp();
      this.#face.terminate();
    }, CLOSE_MS);
    await Promise.all([this.#line.left, this.#face.close()]);
    clearTimeout(timer);
    await this.#ownThreads?.close();
    this.#port.close();
    for (const { reject } of this.#statsWaiters.splice(0)) reject(new Error('the media is closed'));
  }
}

type Port = InstanceType<typeof MessageChannel>['port1'];
type Transfer = ArrayBuffer | Port;

/** Keeps one line and face warm, so that joining does not wait for them. */
export class MediaPool {
  readonly #options: MediaOptions & { threads: MediaThreads };
  #warm: ConversationMedia | undefined;
  #closed = false;

  constructor(options: MediaOptions) {
    this.#options = { threads: new MediaThreads(), ...options };
    this.#warm = new ConversationMedia(this.#options);
  }

  /** Resolves when a conversation could begin at once; rejects when threads cannot run at all. */
  get ready(): Promise<void> {
    const warm = this.#warm;
    return warm === undefined ? Promise.resolve() : Promise.all([warm.bound, warm.faceReady]).then(() => {});
  }

  /** For one conversation; with another face than the usual it starts cold. */
  take(rig: string): ConversationMedia {
    if (this.#warm?.healthy === false) {
      void this.#warm.close();
      this.#warm = undefined;
      this.#refill();
    }
    const warm = this.#warm;
    if (warm !== undefined && warm.face.rig === rig) {
      this.#warm = undefined;
      // Not at once: the conversation that begins now needs the processor more.
      setTimeout(() => this.#refill(), 2000).unref();
      return warm;
    }
    return new ConversationMedia({ ...this.#options, face: { ...this.#options.face, rig } });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#warm?.close();
    await this.#options.threads.close();
  }

  #refill(): void {
    if (!this.#closed) this.#warm ??= new ConversationMedia(this.#options);
  }
}
