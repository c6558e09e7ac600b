/** What is said to the threads that draw and encode faces, and back: to the thread itself, and to each of its faces. */
import type { MessagePort } from 'node:worker_threads';
import type { Detail, Instant, SpeechTimeline } from './avatar.ts';

export interface FaceInit {
  /** Folder of the rig. */
  rig: string;
  width: number;
  height: number;
  frameRate: number;
  bitrate: number;
}

/** What whoever started the thread says to it, for each face. */
export type ToFaceThread =
  | {
      type: 'open';
      init: FaceInit;
      /** The face's own line: `ToFace` comes in, `FromFace` goes out. Transferred. */
      port: MessagePort;
      /** Pictures of this rig that other threads of the process have loaded, by `LoadedRig.planes.key`. */
      planes: ReadonlyMap<string, SharedArrayBuffer>;
    }
  /** The face leaves then; one whose line is closed leaves by itself. */
  | { type: 'shut' };

/** The face draws from these pictures, and others may. */
export interface FromFaceThread {
  type: 'planes';
  key: string;
  data: SharedArrayBuffer;
}

/** What the media thread of a conversation says to its face. */
export type ToFace =
  | { type: 'speech'; timeline: SpeechTimeline }
  | { type: 'drop'; turnId: string }
  /** Draw and encode one frame; answered by exactly one `picture` with the same number, in order. */
  | { type: 'render'; frame: number; instant: Instant; detail?: Detail; keyframe: boolean }
  /** New target for the encoder, bit/s: follows the viewers. */
  | { type: 'bitrate'; bitrate: number }
  | { type: 'close' };

export type FromFace =
  | { type: 'ready'; loadMs: number }
  /** One VP8 frame; `payload` is transferred. */
  | {
      type: 'picture';
      frame: number;
      turnId?: string;
      keyframe: boolean;
      /** Temporal layer; nothing refers to a picture of layer 1. */
      layer: 0 | 1;
      payload: Uint8Array;
      renderMs: number;
      encodeMs: number;
    }
  | { type: 'failed'; message: string };
