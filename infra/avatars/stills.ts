/** Single pictures of a rig, posed by the same actor and drawn by the same renderer as in a call. */
import { type Canvas, createCanvas } from '@napi-rs/canvas';
import { SPEECH_RATE } from '../../agents/base/rates.ts';
import { Actor } from '../../agents/face/actor.ts';
import type { FaceState, I420 } from '../../agents/face/avatar.ts';
import type { Pose, Weights } from '../../agents/face/pose.ts';
import type { RigFile } from '../../agents/face/rig.ts';
import type { Emotion, Viseme } from '../../protocol/timeline.ts';
import { JAW } from '../../studio/figure/jaw.ts';

export interface Still {
  emotion?: Emotion;
  state?: FaceState;
  viseme?: Viseme;
  lids?: number;
  gaze?: { x: number; y: number };
  /** Mesh shapes, by default none: the head is straight. */
  shapes?: Weights;
}

/** After this long everything has settled. */
const SETTLED_MS = 1200;
const STEP_MS = 40;
const SEED = 5;

/** The pose of a face that has held still for a while. */
export function pose(rig: RigFile, still: Still): Pose {
  const actor = new Actor(rig, SEED);
  const middle = 10 * SPEECH_RATE;
  const { viseme, emotion = 'neutral', state = viseme ? 'speaking' : 'idle', gaze = { x: 0, y: 0 } } = still;
  if (viseme) {
    const mouthOpen = JAW[viseme];
    const span = { startSample: 0, peakSample: middle, endSample: 2 * middle };
    actor.speech({ turnId: 'still', events: [{ viseme, phoneme: viseme, ...span, weight: 1, mouthOpen }] });
  }
  const speech = viseme && { turnId: 'still', sample: middle };
  const held = { lids: still.lids ?? 0, shapes: still.shapes ?? {} };
  let posed: Pose | undefined;
  for (let atMs = 0; atMs <= SETTLED_MS; atMs += STEP_MS)
    posed = actor.pose({ atMs, state, emotion, intensity: 1, gaze, ...(speech && { speech }) }, held);
  return posed!;
}

/** For looking at: BT.601, limited range, as the encoder is told. */
export function toCanvas({ width, height, data }: I420): Canvas {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  const chroma = width * height;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const luma = 1.164 * (data[y * width + x]! - 16);
      const at = chroma + (y >> 1) * (width / 2) + (x >> 1);
      const cb = data[at]! - 128;
      const cr = data[at + chroma / 4]! - 128;
      image.data.set([luma + 1.596 * cr, luma - 0.392 * cb - 0.813 * cr, luma + 2.017 * cb, 255], (y * width + x) * 4);
    }
  context.putImageData(image, 0, 0);
  return canvas;
}
