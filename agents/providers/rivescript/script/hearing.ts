/** From words as a recognizer or a keyboard writes them to words as a script's triggers are written. */

/** Longer sentences are cut: a trigger with several wildcards takes time that grows steeply with their length. */
const MAX_LENGTH = 200;
/** What comes before, in a longer speech, is not looked at; characters. */
const MAX_HEARD = 2000;
/** Of a longer speech, the last sentences count. */
const MAX_SENTENCES = 5;

const EXPANSIONS: [RegExp, string][] = [
  [/\bwon'?t\b/g, 'will not'],
  [/\b(?:can't|cant|cannot)\b/g, 'can not'],
  [/\b(is|are|was|were|do|does|did|have|has|had|would|could|should)n'?t\b/g, '$1 not'],
  [/\b(?:i'm|im)\b/g, 'i am'],
  [/\b(you|we|they)'?re\b(?<!\bwere)/g, '$1 are'],
  [/\b(i|you|we|they)'?ve\b/g, '$1 have'],
  [/\b(\w+)'ll\b/g, '$1 will'],
  [/\b(i|you|he|she|it|we|they|that)'d\b/g, '$1 would'],
  [/\b(what|who|where|when|how|why|that|there|it|he|she|here|name)'s\b/g, '$1 is'],
  [/\b(what|who|where|how|that)s\b/g, '$1 is'],
  [/\blet'?s\b/g, 'let us'],
  [/\bgonna\b/g, 'going to'],
  [/\bwanna\b/g, 'want to'],
  [/\bkinda\b/g, 'kind of'],
  [/\b(?:yeah|yep|yup|yea|yah)\b/g, 'yes'],
  [/\b(?:nope|nah)\b/g, 'no'],
  [/\bokay\b/g, 'ok'],
  [/\b(favo|colo|humo|neighbo)ur/g, '$1r'],
  [/\bmum(my)?\b/g, 'mom'],
];
const HESITATION = /\b(?:u+m+|u+h+(?! huh)|uhm+|er|erm+|hm+)\b/g;
/** Said before what is meant, when three more words follow. */
const OPENING =
  /^(?:(?:oh|ah|well|so|and|but|ok|actually|anyway|alright|hey|listen|please|you know|i mean) )+(?=\w+ \w+ \w)/;

/** "I do", "I have not": answers that mean yes and no. */
const ELLIPSIS: [RegExp, string][] = [
  [/^(?:yes )?i (?:do|am|have|would|did|can|will)(?: (?:too|indeed|very much|actually))?$/, 'yes'],
  [/^(?:no )?i (?:do|am|have|would|did|can|will) not$/, 'no'],
];

/** Lower case, no punctuation, contractions written out, without hesitation and without the listener's own name. */
export function normalised(text: string, listener?: string): string {
  let words = text.slice(-MAX_HEARD).toLowerCase().replaceAll('’', "'");
  for (const [pattern, expanded] of EXPANSIONS) words = words.replace(pattern, expanded);
  words = words
    .replaceAll("'", '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  const clear = squeezed(words.replace(HESITATION, ' '));
  words = clear === '' ? words : clear;
  const name = squeezed((listener ?? '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' '));
  if (name !== '') {
    if (words.startsWith(`${name} `)) words = words.slice(name.length + 1);
    if (words.endsWith(` ${name}`) && !/(?:\b(?:name|is|am|called)|^are you) \S+$/.test(words))
      words = words.slice(0, -name.length - 1);
  }
  words = words.replace(OPENING, '');
  for (const [pattern, meant] of ELLIPSIS) words = words.replace(pattern, meant);
  return shortened(words);
}

/** As many words as a script is asked at once. */
export const shortened = (words: string): string =>
  words.length <= MAX_LENGTH ? words : words.slice(0, words.lastIndexOf(' ', MAX_LENGTH)).slice(0, MAX_LENGTH);

/** The sentences of what was said, each {@link normalised}; those without words are left out. */
export function sentencesOf(text: string, listener: string): string[] {
  return text
    .slice(-MAX_HEARD)
    .split(/(?<![.?!…])[.?!…]+(?=\s|$)/)
    .map(sentence => normalised(sentence, listener))
    .filter(Boolean)
    .slice(-MAX_SENTENCES);
}

/** The last sentence of a reply, {@link normalised}: the one that the next words answer. */
export function lastSentence(text: string): string {
  return sentencesOf(text, '').at(-1) ?? '';
}

const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim();
