/** What the media thread says to a face thread and back. One face thread draws and encodes one avatar. */
import type { MessagePort } from 'node:worker_threads';
import type { Detail, Instant, SpeechTimeline } from './avatar.ts';

export interface FaceThreadInit {
  /** Folder of the rig. */
  rig: string;
  width: number;
  height: number;
  frameRate: number;
  bitrate: number;
}

/** What a face thread is started with. */
export interface FaceThreadData {
  init: FaceThreadInit;
  port: MessagePort;
  /** Pictures of this rig that other faces of the process have loaded, by `LoadedRig.planes.key`. */
  planes: ReadonlyMap<string, SharedArrayBuffer>;
}

/** Told to whoever started the thread: it uses these pictures, and others may. */
export interface PlanesInUse {
  key: string;
  data: SharedArrayBuffer;
}

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
