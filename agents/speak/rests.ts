import { SPEECH_RATE } from '../base/rates.ts';

/** Between two sentences, and where one was cut at a comma: people rest longer, but wait less for a voice that speaks to them. */
const SENTENCE_REST_MS = 300;
const COMMA_REST_MS = 150;
/** Below this nothing is heard: -50 dB of full scale. */
const QUIET = 104;

/** How long a speaker rests after this sentence, samples at the playout rate. */
export function restSamples(sentence: string): number {
  const restMs = /,\s*$/.test(sentence) ? COMMA_REST_MS : SENTENCE_REST_MS;
  return (SPEECH_RATE * restMs) / 1000;
}

/** Samples of silence at the end. */
export function quietTail(pcm: Int16Array): number {
  let at = pcm.length;
  while (at > 0 && Math.abs(pcm[at - 1]!) < QUIET) at -= 1;
  return pcm.length - at;
}
