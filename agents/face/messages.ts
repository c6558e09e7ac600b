/** What the media thread says to a face thread and back. One face thread draws and encodes one avatar. */
import type { Instant, SpeechTimeline } from './avatar.ts';

export interface FaceThreadInit {
  /** Folder of the rig. */
  rig: string;
  width: number;
  height: number;
  frameRate: number;
  bitrate: number;
}

export type ToFace =
  | { type: 'speech'; timeline: SpeechTimeline }
  | { type: 'drop'; turnId: string }
  /** Draw and encode one frame; answered by exactly one `picture` with the same number, in order. */
  | { type: 'render'; frame: number; instant: Instant; keyframe: boolean }
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
      payload: Uint8Array;
      renderMs: number;
      encodeMs: number;
    }
  | { type: 'failed'; message: string };
