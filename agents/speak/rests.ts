import { SPEECH_RATE } from '../base/rates.ts';

/** By what a sentence ends with: people rest longer, but wait less for a voice that speaks to them. */
const RESTS: readonly [ending: RegExp, ms: number][] = [
  [/[,;:]["')\]]*$/, 150],
  [/(?:…|\.\.\.|—|–)["')\]]*$/, 430],
  [/\?["')\]]*$/, 340],
  [/!["')\]]*$/, 270],
];
const SENTENCE_REST_MS = 300;
/** An ending has no more characters than this. */
const ENDING = 8;
/** Nobody rests for the same time twice: so much longer or shorter. */
const UNEVEN = 0.15;
/** Below this nothing is heard: -50 dB of full scale. */
const QUIET = 104;

/**
 * How long a speaker rests after this sentence, samples at the playout rate.
 * @param pauses how much longer than usual, from what is felt
 * @param seed the same rest for the same seed: a replay rests as the call did
 */
export function restSamples(sentence: string, { pauses, seed }: { pauses: number; seed: string }): number {
  const end = sentence.trimEnd().slice(-ENDING);
  const restMs = RESTS.find(([ending]) => ending.test(end))?.[1] ?? SENTENCE_REST_MS;
  const uneven = 1 + UNEVEN * (2 * chance(`${seed} ${sentence}`) - 1);
  return Math.round((SPEECH_RATE * restMs * pauses * uneven) / 1000);
}

/** 0 to 1, always the same for the same text (FNV-1a, its bits mixed as MurmurHash ends). */
export function chance(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Samples of silence at the end. */
export function quietTail(pcm: Int16Array): number {
  let at = pcm.length;
  while (at > 0 && Math.abs(pcm[at - 1]!) < QUIET) at -= 1;
  return pcm.length - at;
}
