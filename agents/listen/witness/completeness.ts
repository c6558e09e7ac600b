/** How finished an utterance reads, from its words alone. */
export type Completeness = 'finished' | 'open' | 'trailing';

/** Words that English does not end a thought with. */
const TRAILING = new Set(
  `a an the and but or nor so because although though if unless until while when where which who whose that than as
   of to in on at by for from with without about into onto over under between through during before after since
   my your his her its our their this these those some any every each another other
   i we they he she am is are was were be been being do does did have has had will would shall should can could may might must
   not very really quite just like maybe perhaps well um uh er erm hmm mm uhm actually basically also then
   i'm you're we're they're it's he's she's i'd i'll i've let's gonna wanna`
    .split(/\s+/)
    .filter(Boolean),
);

/** Sentences that may end on such a word all the same. */
const WHOLE_ANYWAY =
  /\b(i (do|did|am|will|would|can|could|have|was|should)|(we|they|you) (are|do|did|can|will|were|have)|(yes|no|so|me|and) (it|he|she|they|we|i|you) (is|are|was|do|does|did|can|will|am)|(who|what|where|how|that) (is|are) (it|that|this|he|she|they)|what for|where (to|from)|come on|go on|hold on|this|that|like that|as well|thank you so|i think so|hope so|me too|what about|and then|who|when|where|maybe|perhaps|well|actually|not really|of course not|i would|i guess not|or not)$/;

/** Words of a text, in lower case, without marks. */
export const words = (text: string) =>
  text
    .toLowerCase()
    .replaceAll('’', "'")
    .match(/[\p{L}\p{N}']+/gu) ?? [];

/** Reads a transcript as a listener would: does more seem to follow? */
export function completeness(text: string): Completeness {
  const spoken = words(text);
  const last = spoken.at(-1);
  if (last === undefined) return 'open';
  const trimmed = text.trim();
  if (/(,|\.\.\.|…|-|–|—|:)$/.test(trimmed)) return 'trailing';
  if (
    TRAILING.has(last) &&
    !trimmed.endsWith('?') &&
    !WHOLE_ANYWAY.test(spoken.slice(-3).join(' ')) &&
    !WHOLE_ANYWAY.test(spoken.join(' '))
  )
    return 'trailing';
  return /[.?!]$/.test(trimmed) ? 'finished' : 'open';
}

/** What a recognizer makes of coughs, breath and clatter: no words that mean anything. */
export function isNoise(text: string): boolean {
  const spoken = words(text);
  return spoken.length === 0 || /^[[(♪*]/.test(text.trim());
}
