/**
 * The worker's side of LiveKit's protocol for avatars: an agent streams segments of voice (`lk.audio_stream`), wants
 * them cleared when somebody speaks over them (`lk.clear_buffer`), and is told when each begins and ends to be heard.
 */

import type { BytesBegin, BytesSink } from '../../livekit/byte-streams.ts';
import { SPEECH_RATE } from '../base/rates.ts';
import type { Performance, Progress } from '../perform/port.ts';
import { SegmentVoice, unspeakable } from './voice.ts';

export const TOPIC = 'lk.audio_stream';
export const METHOD = {
  clear: 'lk.clear_buffer',
  started: 'lk.playback_started',
  finished: 'lk.playback_finished',
} as const;

/** Segments that wait for the one before; an agent sends one after the other. */
const MOST_WAITING = 16;
/** Bytes of one that waits: half a minute at 48 kHz [C2]. */
const MOST_WAITING_BYTES = 3_000_000;

export interface SegmentEvents {
  /** Calls a method of the agent's. */
  tell(method: string, payload: string): void;
  refused(reason: string): void;
}

interface Segment {
  turnId: string;
  sampleRate: number;
  voice: SegmentVoice | undefined;
  /** What came before its turn. */
  waiting: Uint8Array[];
  waitingBytes: number;
  ended: boolean;
}

export class Segments {
  readonly #stage: Pick<Performance, 'begin' | 'speech' | 'complete' | 'cancel'>;
  readonly #events: SegmentEvents;
  readonly #nowUnixMs: () => number;
  readonly #queue: Segment[] = [];
  #progress: Progress | undefined;

  /** @param nowUnixMs on the clock of {@link Progress} */
  constructor(
    stage: Pick<Performance, 'begin' | 'speech' | 'complete' | 'cancel'>,
    events: SegmentEvents,
    nowUnixMs: () => number,
  ) {
    this.#stage = stage;
    this.#events = events;
    this.#nowUnixMs = nowUnixMs;
  }

  /** Somebody speaks now, or is about to. */
  get isSpeaking(): boolean {
    return this.#queue.length > 0;
  }

  /** The next segment begins to arrive; undefined: it is not spoken. */
  begin({ streamId, attributes }: Pick<BytesBegin, 'streamId' | 'attributes'>): BytesSink | undefined {
    const wrong =
      unspeakable(attributes) ?? (this.#queue.length >= MOST_WAITING ? 'too many segments wait already' : undefined);
    if (wrong !== undefined) {
      this.#events.refused(wrong);
      return undefined;
    }
    const segment: Segment = {
      turnId: streamId,
      sampleRate: Number(attributes.sample_rate),
      voice: undefined,
      waiting: [],
      waitingBytes: 0,
      ended: false,
    };
    this.#queue.push(segment);
    if (this.#queue.length === 1) this.#next();
    return {
      bytes: content => this.#bytes(segment, content),
      end: () => {
        segment.ended = true;
        if (segment === this.#queue[0]) this.#complete(segment);
      },
    };
  }

  /** Everything that is not heard yet is thrown away; the agent is told how far it was heard. */
  clear(): void {
    const cleared = this.#queue.splice(0);
    const [current] = cleared;
    if (current === undefined) return;
    this.#stage.cancel(current.turnId);
    // The agent counts one end for each segment.
    for (const segment of cleared) this.#finished(segment === current ? this.#heardSamples() : 0, true);
  }

  progressed(progress: Progress): void {
    if (progress.turnId !== this.#queue[0]?.turnId) return;
    if (progress.started === true) this.#events.tell(METHOD.started, '');
    this.#progress = progress;
    if (progress.done === true) this.#played(progress.samples);
  }

  #played(samples: number): void {
    this.#queue.shift();
    this.#finished(samples, false);
    this.#next();
  }

  #bytes(segment: Segment, content: Uint8Array): void {
    // Cleared meanwhile.
    if (!this.#queue.includes(segment)) return;
    if (segment.voice !== undefined) {
      segment.voice.push(content);
      return;
    }
    segment.waitingBytes += content.length;
    if (segment.waitingBytes <= MOST_WAITING_BYTES) segment.waiting.push(content);
  }

  #next(): void {
    const segment = this.#queue[0];
    this.#progress = undefined;
    if (segment === undefined) return;
    const { turnId } = segment;
    this.#stage.begin(turnId);
    segment.voice = new SegmentVoice(segment.sampleRate, chunk => this.#stage.speech(turnId, chunk));
    for (const content of segment.waiting.splice(0)) segment.voice.push(content);
    if (segment.ended) this.#complete(segment);
  }

  #complete({ turnId, voice }: Segment): void {
    if (voice === undefined) return;
    voice.end();
    if (voice.spoken) this.#stage.complete(turnId);
    else {
      this.#stage.cancel(turnId);
      this.#played(0);
    }
  }

  /** Of the present segment, as far as it was played by now. */
  #heardSamples(): number {
    if (this.#progress === undefined) return 0;
    const { samples, dueUnixMs } = this.#progress;
    // Reports come every 100 ms.
    const since = Math.min(100, Math.max(0, this.#nowUnixMs() - dueUnixMs));
    return samples + Math.round((since * SPEECH_RATE) / 1000);
  }

  #finished(samples: number, interrupted: boolean): void {
    this.#events.tell(
      METHOD.finished,
      JSON.stringify({ playback_position: Math.round((samples / SPEECH_RATE) * 1000) / 1000, interrupted }),
    );
  }
}
