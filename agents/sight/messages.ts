/** What the eyes (main thread) say to their thread and back. A stream is one person's camera or screen. */
import type { Reading } from '../feel/ports.ts';

export type ToEyes =
  /** A stream begins, or is wanted otherwise: with or without reading the face. */
  | { type: 'open'; stream: string; feelings: boolean }
  /** One VP8 frame; answered by exactly one `done`. `data` is transferred. */
  | { type: 'frame'; stream: string; data: Uint8Array }
  /** Asks for the newest picture; answered by a `picture` of the same number. */
  | { type: 'look'; id: number; stream: string; width: number }
  | { type: 'close'; stream: string };

export type FromEyes =
  | { type: 'ready' }
  /** Faces cannot be read. */
  | { type: 'blind'; reason: string }
  | { type: 'done'; stream: string }
  /** What the face shows; null where no face is seen. */
  | { type: 'reading'; stream: string; reading: Reading | null; costMs: number }
  /** A frame could not be decoded: nothing more will be before the next keyframe. */
  | { type: 'lost'; stream: string }
  /** JPEG. */
  | { type: 'picture'; id: number; jpeg?: Uint8Array };
