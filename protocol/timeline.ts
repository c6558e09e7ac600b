/**
 * The animation timeline: what a face does, indexed by speech sample. Renderers (the server's, a page's, a
 * gadget's) are consumers of the same events.
 */
import { z } from 'zod';

/** The 15 visemes of the Oculus/Meta set, which most rigs know. */
export const VISEMES = ['sil', 'PP', 'FF', 'TH', 'DD', 'kk', 'CH', 'SS', 'nn', 'RR', 'aa', 'E', 'I', 'O', 'U'] as const;
export const Viseme = z.enum(VISEMES);
export type Viseme = z.infer<typeof Viseme>;

export const EMOTIONS = ['neutral', 'happy', 'sad', 'angry', 'surprised', 'fearful', 'disgusted'] as const;
export const Emotion = z.enum(EMOTIONS);
export type Emotion = z.infer<typeof Emotion>;

/** What somebody behind a face is busy with; sets posture, gaze habits and idle life. */
export const FaceState = z.enum(['idle', 'listening', 'thinking', 'speaking']);
export type FaceState = z.infer<typeof FaceState>;

/** How the face looks: `intensity` 0..1 of the emotion. */
export interface Expression {
  state: FaceState;
  emotion: Emotion;
  intensity: number;
}

/** Where the eyes look, x (viewer's left -1 .. right 1) and y (down -1 .. up 1). */
export interface GazeTarget {
  x: number;
  y: number;
}

/** One phone as a voice speaks it; positions in samples from the start of the sentence. */
export type Phone = {
  phone: string;
  startSample: number;
  endSample: number /** CMU stress: 1 on a stressed vowel. */;
  stress?: 0 | 1;
};

/**
 * A movement of head or arms that belongs to words: there and back between the two positions. Amounts are shares of a
 * full movement. nod: -1 down; tilt and turn: 1 to the right, as seen by the viewer; arms: 1 lifted.
 */
export interface Gesture {
  kind: 'nod' | 'tilt' | 'turn' | 'arms';
  startSample: number;
  endSample: number;
  amount: number;
}

/**
 * One mouth target. The mouth is on its way to it before `startSample` and away from it after `endSample`
 * (coarticulation): `peakSample` is where it is reached, with `weight` 0..1 of the full shape.
 */
export const VisemeEvent = z.object({
  viseme: Viseme,
  phoneme: z.string(),
  startSample: z.number().int(),
  peakSample: z.number().int(),
  endSample: z.number().int(),
  weight: z.number().min(0).max(1),
  /** How far the jaw is open at the peak, 0..1. */
  mouthOpen: z.number().min(0).max(1),
});
export type VisemeEvent = z.infer<typeof VisemeEvent>;
