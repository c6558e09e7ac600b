import type { Emotion, Viseme } from '../../protocol/timeline.ts';
import type { Look } from './timeline.ts';

/** What is drawn, as plain numbers; those that end in `X` or `Y` are -1..1, the others 0..1 unless they say otherwise. */
export interface Pose {
  /** Half the mouth's width, and how round it is. */
  width: number;
  round: number;
  open: number;
  /** Lips touch. */
  press: number;
  teeth: number;
  tongue: number;
  /** -1 sad .. 1 happy */
  smile: number;
  /** -1 angry .. 1 worried: which end of the brows is up. */
  worry: number;
  /** -1 low .. 1 high */
  brow: number;
  /** How far the lids cover the eyes from above and below; negative: wide open. */
  lid: number;
  lower: number;
  blush: number;
  eyeX: number;
  eyeY: number;
  headX: number;
  headY: number;
  /** Radians. */
  tilt: number;
  /** Whole body, up and down. */
  breath: number;
}

type Feature = 'smile' | 'worry' | 'brow' | 'lid' | 'lower' | 'blush';
const FEELINGS: Record<Emotion, Record<Feature, number>> = {
  neutral: { smile: 0.5, worry: 0, brow: 0, lid: 0.06, lower: 0, blush: 0.35 },
  happy: { smile: 1, worry: 0.1, brow: 0.4, lid: 0, lower: 0.55, blush: 0.9 },
  sad: { smile: -0.7, worry: 1, brow: 0.1, lid: 0.3, lower: 0, blush: 0.2 },
  angry: { smile: -0.5, worry: -1, brow: -0.6, lid: 0.25, lower: 0.25, blush: 0.7 },
  surprised: { smile: 0.15, worry: 0.15, brow: 1, lid: -0.25, lower: -0.1, blush: 0.4 },
  fearful: { smile: -0.4, worry: 0.9, brow: 0.7, lid: -0.15, lower: 0, blush: 0.1 },
  disgusted: { smile: -0.6, worry: -0.4, brow: -0.3, lid: 0.3, lower: 0.4, blush: 0.2 },
};

type Lips = Pick<Pose, 'width' | 'round' | 'press' | 'teeth' | 'tongue'>;
const lips = (width: number, round: number, teeth = 0, tongue = 0, press = 0): Lips => ({
  width,
  round,
  teeth,
  tongue,
  press,
});
const SHAPES: Record<Viseme, Lips> = {
  sil: lips(0.5, 0.1),
  PP: lips(0.44, 0.1, 0, 0, 1),
  FF: lips(0.46, 0.1, 1, 0, 0.35),
  TH: lips(0.5, 0.2, 0.7, 1),
  DD: lips(0.5, 0.15, 0.6, 0.6),
  kk: lips(0.5, 0.2, 0.3, 0.2),
  CH: lips(0.36, 0.6, 0.8, 0),
  SS: lips(0.56, 0.1, 1, 0),
  nn: lips(0.5, 0.15, 0.4, 0.7),
  RR: lips(0.4, 0.5, 0.3, 0.4),
  aa: lips(0.54, 0.35, 0.5, 0.3),
  E: lips(0.6, 0.2, 0.7, 0.4),
  I: lips(0.66, 0.1, 0.9, 0.3),
  O: lips(0.36, 0.95, 0.1, 0.1),
  U: lips(0.26, 1, 0, 0),
};

const BLINK_MS = 170;
/** Times in which movements get most of the way. */
const LIPS_MS = 22;
const FEELING_MS = 160;
const EYES_MS = 45;
const HEAD_MS = 320;

/** Gives the stream's events a body: eases them, and adds what nobody decides, like blinks and breath. */
export class Manner {
  #pose: Pose | undefined;
  #atMs = 0;
  #blinkMs = 1500;
  #wander = { x: 0, y: 0, untilMs: 0 };

  at(look: Look, nowMs: number): Pose {
    const target = this.#target(look, nowMs);
    this.#pose ??= target;
    const elapsedMs = Math.min(100, nowMs - this.#atMs);
    this.#atMs = nowMs;
    for (const key in target) {
      const name = key as keyof Pose;
      this.#pose[name] += (target[name] - this.#pose[name]) * (1 - Math.exp(-elapsedMs / speed(name)));
    }
    // Lids are quicker than anything that is eased.
    return { ...this.#pose, lid: Math.max(this.#pose.lid, this.#blink(nowMs, look)) };
  }

  #target(look: Look, nowMs: number): Pose {
    const { state, emotion, intensity, gaze, nod, mouthOpen } = look;
    const mouth = mix(look.shapes);
    const [calm, felt] = [FEELINGS.neutral, FEELINGS[emotion]];
    const feeling = (name: Feature) => calm[name] + (felt[name] - calm[name]) * intensity;
    const eyes = this.#eyes(look, nowMs);
    const sway = (hz: number, phase: number) => Math.sin((nowMs / 1000) * 2 * Math.PI * hz + phase);
    const lively = state === 'speaking' ? 1 : 0.5;
    return {
      ...mouth,
      open: Math.max(mouthOpen, emotion === 'surprised' ? intensity * 0.3 : 0) * (1 - mouth.press),
      smile: feeling('smile'),
      worry: feeling('worry'),
      brow: feeling('brow') + (state === 'listening' ? 0.25 : 0) + (state === 'speaking' ? mouthOpen * 0.35 : 0),
      lid: feeling('lid'),
      lower: feeling('lower'),
      blush: feeling('blush'),
      eyeX: gaze.x + eyes.x,
      eyeY: gaze.y + eyes.y,
      headX: (gaze.x + eyes.x) * 0.45 + 0.16 * lively * sway(0.11, 0) + 0.06 * sway(0.23, 2),
      headY: (gaze.y + eyes.y) * 0.3 - nod * 0.9 - mouthOpen * 0.12 + 0.1 * lively * sway(0.17, 1),
      tilt: (state === 'listening' ? 0.07 : 0) + 0.035 * lively * sway(0.09, 4) + 0.02 * sway(0.19, 1),
      breath: 0.5 + 0.5 * sway(0.24, 0),
    };
  }

  /** A thinker looks up and away; others let their eyes rest on somebody, almost still. */
  #eyes({ state }: Look, nowMs: number): { x: number; y: number } {
    if (nowMs > this.#wander.untilMs) {
      const reach = state === 'idle' && Math.random() < 0.4 ? 0.5 : 0.07;
      this.#wander = {
        x: (Math.random() * 2 - 1) * reach,
        y: (Math.random() * 2 - 1) * reach * 0.5,
        untilMs: nowMs + 700 + Math.random() * 2000,
      };
    }
    return state === 'thinking' ? { x: 0.5, y: 0.6 } : this.#wander;
  }

  #blink(nowMs: number, { state }: Look): number {
    const since = nowMs - this.#blinkMs;
    if (since > BLINK_MS) {
      const pauseMs = (state === 'listening' ? 3000 : 1800) + Math.random() * 3000;
      this.#blinkMs = nowMs + (Math.random() < 0.15 ? 120 : pauseMs);
      return 0;
    }
    if (since < 0) return -1;
    return Math.min(1, 1.3 * Math.sin((Math.PI * since) / BLINK_MS));
  }
}

function mix(shapes: Look['shapes']): Lips {
  const mixed = lips(0, 0);
  let rest = 1;
  const addAll = (shape: Lips, share: number) => {
    for (const key in mixed) mixed[key as keyof Lips] += shape[key as keyof Lips] * share;
  };
  for (const [viseme, share] of Object.entries(shapes)) {
    addAll(SHAPES[viseme as Viseme], share);
    rest -= share;
  }
  addAll(SHAPES.sil, Math.max(0, rest));
  return mixed;
}

function speed(name: keyof Pose): number {
  if (name in SHAPES.sil || name === 'open') return LIPS_MS;
  if (name.startsWith('eye')) return EYES_MS;
  return name.startsWith('head') || name === 'tilt' ? HEAD_MS : FEELING_MS;
}
