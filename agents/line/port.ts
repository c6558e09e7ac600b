/** The line port: what carries one conversation's media, its only way in and out. */
import type { Microphone, SightSource, SightTrack } from '../../protocol/agents.ts';
import type { Performance, Progress } from '../perform/port.ts';

/** What comes in: people's voices, and what they show. */
export interface Ears {
  /** Hears a person's microphone; the one before is heard no more. */
  listen(identity: string, microphone: Microphone): void;
  unlisten(identity: string): void;
  see(picture: SightTrack): void;
  /** @param source absent: nothing of theirs is seen any more */
  unsee(identity: string, source?: SightSource): void;
  /** Frames were lost on their way to the decoder: it needs a keyframe. */
  resee(identity: string, source: SightSource): void;
}

/** How much a face does while the processor is short of time, most first. */
export const RUNGS = ['full', 'half-rate', 'half-size', 'still', 'slow', 'voice-only'] as const;
export type Rung = (typeof RUNGS)[number];

export interface FaceStep {
  rung: Rung;
  direction: 'down' | 'up';
  reason: string;
}

export interface LineEvents {
  /** 20 ms of a person's voice, 16 kHz mono; `audible` is false for silence that was not transmitted. */
  sound(identity: string, pcm: Int16Array, audible: boolean): void;
  /** One encoded frame of a camera or screen. */
  saw?(identity: string, source: SightSource, frame: Uint8Array): void;
  progress(progress: Progress): void;
  /** The first picture of a turn's speaking mouth is on its way. */
  shown?(turnId: string): void;
  /** The face does with less, or with more again, because of the processor. */
  faceStepped?(step: FaceStep): void;
  /** What drew the face hung, died or kept failing; another took over, and the voice went on. */
  faceReplaced?(reason: string, message: string): void;
  /** It carries nothing any more. */
  failed(message: string): void;
}

/** Counters since the start; what a line does not count is 0. */
export interface LineStats {
  framesSent: number;
  framesDropped: number;
  framesLate: number;
  framesFailed: number;
  keyframes: number;
  videoBytes: number;
  audioPackets: number;
  underruns: number;
  rtpReceived: number;
  rtpLost: number;
  rtpRecovered: number;
  rtpLate: number;
  jitterMs: number;
  /** Of what was sent, as the router's receiver reports say. */
  sentAudioLost: number;
  sentVideoLost: number;
  roundTripMs: number;
  /** Steps of the clock that came 10 ms late or more; the latest one since the counters were last asked for. */
  ticksLate: number;
  tickLateMs: number;
  /** Bit/s that the encoder may use. */
  targetBitrate: number;
  /** Sums, ms, for averages. */
  renderMs: number;
  encodeMs: number;
}

export interface Line {
  readonly ears: Ears;
  /** The avatar's voice and face on their way out. */
  readonly stage: Performance;
  /** From now on events go to one conversation. A failure that came before is told too. */
  attach(events: LineEvents): void;
  /** Where the other side is, for a line that is told so after it was answered for; nothing passes before. */
  connect?(ip: string, port: number): void;
  /** What the slowest viewer can take, bit/s, and how many watch. */
  viewers(count: number, bitrate: number): void;
  /** Rejects when the line ends first. */
  stats(): Promise<LineStats>;
  /** Ends what carries it; nothing is left afterwards [C1]. */
  close(): Promise<void>;
}
