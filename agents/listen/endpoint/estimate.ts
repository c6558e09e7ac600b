import type { WordsWitness } from '../witness/reading.ts';
import type { VoiceWitness } from '../witness/voice.ts';
import weights from './weights.json' with { type: 'json' };

/** What is known of a pause. Whoever is absent says nothing. */
export interface Witnesses {
  words: WordsWitness;
  voice?: VoiceWitness | undefined;
  /** Probability that the speaker is done, by the sound itself. */
  sound?: number | undefined;
  /** Of the stretch of speech before the pause. */
  speechMs: number;
}

/** Silence that the weights were fitted for, ms: what is known of a pause is known from here on. */
export const READ_MS = 128;

const SHORT_MS = 450;
const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/** What the weights weigh, by name. */
export function features({ words, voice, speechMs }: Omit<Witnesses, 'sound'>): Record<string, number> {
  const pitch = voice?.pitchSemitones ?? 0;
  return {
    bias: 1,
    ...words,
    short: Number(speechMs < SHORT_MS),
    falls: clamp(-pitch, 0, 6) / 6,
    rises: clamp(pitch, 0, 6) / 6,
    level: Number(voice?.pitchSemitones !== undefined && Math.abs(pitch) < 1),
    softer: clamp(voice?.dropDb ?? 0, -10, 20) / 10,
    held: clamp(Math.log2(voice?.lengthening ?? 1), -2, 2) / 2,
  };
}

/** What the end-of-turn model says, as log odds; it is never quite sure. */
export const soundOdds = (sound: number): number => clamp(Math.log(sound / (1 - sound)), -5, 5);

/**
 * Log odds that the person is done, at the beginning of the pause: logistic regression over words and voice, which is
 * then weighed against the end-of-turn model, where there is one.
 * @param trust in what that model makes of this voice, 0 to 1
 */
export function logOdds(witnesses: Witnesses, trust = 1): number {
  const fitted: Record<string, number> = weights.rest;
  const rest = Object.entries(features(witnesses)).reduce((sum, [name, value]) => sum + (fitted[name] ?? 0) * value, 0);
  const { bias, rest: share, sound } = weights.sound;
  if (witnesses.sound === undefined) return rest;
  return (1 - trust) * rest + trust * (bias + share * rest + sound * soundOdds(witnesses.sound));
}

/** What pauses people make in mid-turn: their lengths' logarithms are about normal (ms). */
export const PAUSES: { readonly meanLog: number; readonly sdLog: number } = weights.pauses;

/** How likely a pause in mid-turn is to last longer than `ms`. */
export function outlasts(ms: number, meanLog: number, sdLog: number): number {
  return upperTail((Math.log(ms) - meanLog) / sdLog);
}

/**
 * The silence after which the person is done with this probability: those who are not would have gone on by then.
 * With odds `o` at first and `S(t)` the share of pauses that last longer than `t`, the odds at `t` are `o / S(t)`.
 */
export function silenceUntil(probability: number, odds: number, meanLog: number, sdLog: number): number {
  const wanted = (odds * (1 - probability)) / probability;
  // What lasts this long already is not shorter.
  const left = Math.min(1, wanted) * outlasts(READ_MS, meanLog, sdLog);
  return wanted >= 1 ? READ_MS : Math.exp(meanLog + sdLog * quantile(left));
}

/** P(X > z), X standard normal. Abramowitz and Stegun 26.2.17: off by less than 1e-7. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z < 0 ? 1 - tail : tail;
}

/** The `z` that X is above with this probability; 0 < `probability` < 1. By bisection: it is asked once a pause. */
function quantile(probability: number): number {
  let [low, high] = [-8, 8];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (upperTail(middle) > probability) low = middle;
    else high = middle;
  }
  return low;
}
