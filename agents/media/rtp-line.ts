import type { Ears, Line, LineEvents, LineStats } from '../line/port.ts';
import type { Performance } from '../perform/port.ts';
import type { ConversationMedia } from './conversation-media.ts';

/** Bit/s: with less the encoder cannot be opened. */
const LEAST_BITRATE = 50_000;
/** Times the configured bitrate: above this a face gets no better. */
const MOST_BITRATE = 2;

type RtpMedia = Pick<ConversationMedia, 'face' | 'send' | 'attach' | 'stats' | 'close'>;

/** A line of plain RTP to a router on this machine or near it; a media thread carries it. */
export class RtpLine implements Line {
  readonly ears: Ears;
  readonly stage: Performance;
  readonly #media: RtpMedia;

  constructor(media: RtpMedia) {
    this.#media = media;
    this.ears = {
      listen: (identity, { ssrc }) => media.send({ type: 'listen', identity, ssrc }),
      unlisten: identity => media.send({ type: 'unlisten', identity }),
      see: ({ identity, source, ssrc }) => media.send({ type: 'see', identity, source, ssrc }),
      unsee: (identity, source) => media.send({ type: 'unsee', identity, source }),
      resee: (identity, source) => media.send({ type: 'resee', identity, source }),
    };
    this.stage = {
      capabilities: { pauses: 'exact', position: 'sample', mouth: 'ours' },
      begin: turnId => media.send({ type: 'begin', turnId }),
      speech: (turnId, { pcm, ...timeline }) =>
        media.send({ type: 'speech', turnId, pcm, timeline: { turnId, ...timeline } }, [pcm.buffer as ArrayBuffer]),
      complete: turnId => media.send({ type: 'complete', turnId }),
      pause: turnId => media.send({ type: 'pause', turnId }),
      resume: turnId => media.send({ type: 'resume', turnId }),
      cancel: turnId => media.send({ type: 'cancel', turnId }),
      mood: mood => media.send({ type: 'mood', mood }),
    };
  }

  attach(events: LineEvents): void {
    this.#media.attach(events);
  }

  /** The router's address: nothing goes out, or comes in, before. */
  connect(ip: string, port: number): void {
    this.#media.send({ type: 'connect', ip, port });
  }

  viewers(count: number, bitrate: number): void {
    const most = this.#media.face.bitrate * MOST_BITRATE;
    this.#media.send({ type: 'viewers', count, bitrate: Math.max(LEAST_BITRATE, Math.min(bitrate, most)) });
  }

  stats(): Promise<LineStats> {
    return this.#media.stats();
  }

  close(): Promise<void> {
    return this.#media.close();
  }
}
