/** What is said to media threads, and what a session (main thread) says to its conversation's line there and back. */
import type { MessagePort } from 'node:worker_threads';
import type { SightSource } from '../../protocol/agents.ts';
import type { SpeechTimeline } from '../face/avatar.ts';
import type { FaceStep, LineStats } from '../line/port.ts';
import type { Mood } from '../perform/port.ts';
import type { FaceLoss } from './face-feed.ts';

/** What whoever started the thread says to it. A line leaves when its session tells it to close. */
export interface ToMediaThread {
  type: 'open';
  init: MediaLineInit;
}

/** Both ports are transferred. */
export interface MediaLineInit {
  /** Port to the face. */
  face: MessagePort;
  /** Port to the session. */
  session: MessagePort;
  listenIp: string;
  cname: string;
  audioSsrc: number;
  videoSsrc: number;
}

/** To those who listen and look. */
export type ToEars =
  | { type: 'listen'; identity: string; ssrc: number }
  | { type: 'unlisten'; identity: string }
  | { type: 'see'; identity: string; source: SightSource; ssrc: number }
  | { type: 'unsee'; identity: string; source?: SightSource }
  /** Frames of this stream were lost on their way to the decoder: it needs a keyframe. */
  | { type: 'resee'; identity: string; source: SightSource };

/** To the voice and the face. */
export type ToStage =
  | { type: 'begin'; turnId: string }
  /** A stretch of the turn's speech, 48 kHz mono, with the face's events for it. `pcm` is transferred. */
  | { type: 'speech'; turnId: string; pcm: Int16Array; timeline: SpeechTimeline }
  | { type: 'complete'; turnId: string }
  | { type: 'pause'; turnId: string }
  | { type: 'resume'; turnId: string }
  | { type: 'cancel'; turnId: string }
  | { type: 'mood'; mood: Mood }
  | { type: 'viewers'; count: number; bitrate: number }
  /** Another face takes over; `port` is transferred. */
  | { type: 'face'; port: MessagePort };

export type ToMedia =
  /** Where to send, and whom to listen to; nothing goes out or comes in before. */
  | { type: 'connect'; ip: string; port: number }
  | ToEars
  | ToStage
  /** Ask for the counters. */
  | { type: 'stats' }
  | { type: 'close' };

export type FromMedia =
  | { type: 'bound'; port: number }
  /** 20 ms of one person's voice, 16 kHz; `audible` is false for silence that was not transmitted. */
  | { type: 'sound'; identity: string; pcm: Int16Array; audible: boolean }
  /** One VP8 frame of a camera or screen; `frame` is transferred. */
  | { type: 'saw'; identity: string; source: SightSource; frame: Uint8Array }
  /**
   * How much of the turn went out: its sample number `samples` is due at `dueUnixMs`. `started` with the first frame,
   * `done` with the last.
   */
  | { type: 'progress'; turnId: string; samples: number; dueUnixMs: number; started?: boolean; done?: boolean }
  /** The first picture of the turn's speaking mouth is on the wire. */
  | { type: 'shown'; turnId: string }
  | { type: 'stats'; stats: LineStats }
  | { type: 'face-ready'; loadMs: number }
  /** The conversation's face number `face`, from 1 on, is of no use any more. */
  | { type: 'face-lost'; reason: FaceLoss; message: string; face: number }
  /** The face does with less, or with more again. */
  | { type: 'face-step'; step: FaceStep }
  | { type: 'failed'; message: string };
