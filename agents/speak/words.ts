import type { Phone } from '../../protocol/timeline.ts';
import type { TimedText } from './ports.ts';

/** A word of a sentence as written, and the sample at which it has been said. */
export interface SpokenWord {
  text: string;
  endSample: number;
}

const PAUSE = /[,.;:!?…–—]["')]?$/;

/** Rough length of a word in sounds: vowels and consonants count, digits are whole words. */
const weight = (word: string) =>
  Math.max(1, word.replace(/[^\p{L}\p{N}]/gu, '').length + (word.match(/\p{N}/gu)?.length ?? 0) * 3);

/**
 * When each written word ends, for the ledger of what was heard [T4]. Words share the time of the stretch between
 * two pauses in proportion to their length; pauses in the speech are matched with punctuation in the text. Where the
 * voice has `told` the time of each of them, that is it.
 */
export function wordTimes(
  sentence: string,
  phones: readonly Phone[] | undefined,
  totalSamples: number,
  told: readonly TimedText[] = [],
): SpokenWord[] {
  const words = sentence.split(/\s+/).filter(Boolean);
  if (told.length === words.length) {
    let said = 0;
    return words.map((text, i) => {
      said = Math.min(totalSamples, Math.max(said, told[i]!.endSample));
      return { text, endSample: said };
    });
  }
  const groups = phraseGroups(words);
  const stretches = spokenStretches(phones, totalSamples, groups.length);
  return groups.flatMap((group, index) => {
    const stretch = stretches[index]!;
    const total = group.reduce((sum, word) => sum + weight(word), 0);
    let said = 0;
    return group.map(text => {
      said += weight(text);
      return { text, endSample: Math.round(stretch.start + ((stretch.end - stretch.start) * said) / total) };
    });
  });
}

function phraseGroups(words: string[]): string[][] {
  const groups: string[][] = [];
  let group: string[] = [];
  for (const word of words) {
    group.push(word);
    if (!PAUSE.test(word)) continue;
    groups.push(group);
    group = [];
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** Stretches between pauses, merged or taken whole so that there are exactly `count`. */
function spokenStretches(
  phones: readonly Phone[] | undefined,
  totalSamples: number,
  count: number,
): { start: number; end: number }[] {
  const stretches: { start: number; end: number }[] = [];
  let open: { start: number; end: number } | undefined;
  for (const { phone, startSample, endSample } of phones ?? []) {
    if (phone === 'pau') open = undefined;
    else if (open !== undefined) open.end = endSample;
    else {
      open = { start: startSample, end: endSample };
      stretches.push(open);
    }
  }
  if (stretches.length === count) return stretches;
  const start = stretches[0]?.start ?? 0;
  const end = stretches.at(-1)?.end ?? totalSamples;
  return Array.from({ length: count }, (_, i) => ({
    start: start + ((end - start) * i) / count,
    end: start + ((end - start) * (i + 1)) / count,
  }));
}
