import { afterSilence } from './lead.ts';
import type { SpeechToText } from './ports.ts';

/** No number that people tell has the same figure so many times in a row. */
const FIGURE_LOOP = /(\d)\1{9,}/g;
/** So many times in a row nobody says a word, or several words. */
const MOST_REPEATS = 8;
const LONGEST_PHRASE = 4;
/** What of it is kept: somebody may have said it more than once. */
const KEPT = 2;

/**
 * A recognizer that is read once more where it got stuck: small ones write one figure, or a few words, again and again
 * until their text is full. What is stuck in the second reading, too, is left out.
 */
export const withoutLoops = (asr: SpeechToText): SpeechToText => ({
  async transcribe(pcm, options) {
    const read = await asr.transcribe(pcm, options);
    const text = unlooped(read.text);
    if (text === read.text) return read;
    // Words so far are read again soon enough.
    if (!options.final) return { text };
    return { text: unlooped((await asr.transcribe(afterSilence(pcm), options)).text) };
  },
});

/** A text without what a recognizer wrote when it was stuck. */
export function unlooped(text: string): string {
  const unstuck = text.replaceAll(FIGURE_LOOP, '');
  const words = unstuck.split(/\s+/).filter(Boolean);
  const plain = words.map(word => word.toLowerCase().replaceAll(/[^\p{L}\p{N}']/gu, ''));
  let changed = unstuck !== text;
  for (let length = 1; length <= LONGEST_PHRASE; length++)
    for (let at = 0; at + length * MOST_REPEATS <= plain.length; at++) {
      let repeats = 1;
      while (isSame(plain, at, at + repeats * length, length)) repeats += 1;
      if (repeats < MOST_REPEATS) continue;
      for (const list of [words, plain]) list.splice(at + KEPT * length, (repeats - KEPT) * length);
      changed = true;
    }
  return changed ? words.join(' ') : text;
}

function isSame(words: readonly string[], from: number, to: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (words[to + i] === undefined || words[from + i] !== words[to + i]) return false;
  return true;
}
