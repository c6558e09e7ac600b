import { englishDataset, englishRecommendedTransformers, RegExpMatcher } from 'obscenity';
import { afterSilence } from './lead.ts';
import type { SpeechToText } from './ports.ts';

/** When words that hurt are hidden: where nobody is sure of them, always, or never. */
export type Mask = 'unsure' | 'always' | 'never';

const HIDDEN = '…';
const matcher = new RegExpMatcher({ ...englishDataset.build(), ...englishRecommendedTransformers });

/** The words of a text that hurt, in lower case. */
function hurting(text: string): { words: Set<string>; hidden(keep: ReadonlySet<string>): string } {
  const found = matcher.getAllMatches(text, true).map(({ startIndex, endIndex }) => ({
    word: text.slice(startIndex, endIndex + 1).toLowerCase(),
    startIndex,
    endIndex,
  }));
  return {
    words: new Set(found.map(({ word }) => word)),
    hidden(keep) {
      let shown = text;
      for (const { word, startIndex, endIndex } of found.toReversed())
        if (!keep.has(word)) shown = shown.slice(0, startIndex) + HIDDEN + shown.slice(endIndex + 1);
      return shown;
    },
  };
}

/**
 * A recognizer that does not put words that hurt into people's mouths: a fragment, read alone, has become a slur that
 * nobody said. Such a word counts where a second reading, which begins with silence, has it too.
 */
export const careful = (asr: SpeechToText, mask: Mask): SpeechToText =>
  mask === 'never'
    ? asr
    : {
        async transcribe(pcm, options) {
          const read = await asr.transcribe(pcm, options);
          const { words, hidden } = hurting(read.text);
          if (words.size === 0) return read;
          // Words so far are read again soon enough.
          if (mask === 'always' || !options.final) return { ...read, text: hidden(new Set()) };
          const agreed = hurting((await asr.transcribe(afterSilence(pcm), options)).text).words;
          return { ...read, text: hidden(agreed) };
        },
      };
