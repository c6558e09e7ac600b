/** The person's own words, as somebody else says them to them: "my dog bit me" is "your dog bit you". */
import type { Sentence, Word } from './sentence.ts';

const SWITCHED: Readonly<Record<string, string>> = {
  i: 'you',
  me: 'you',
  my: 'your',
  mine: 'yours',
  myself: 'yourself',
  we: 'you',
  us: 'you',
  our: 'your',
  ours: 'yours',
  ourselves: 'yourselves',
  your: 'my',
  yours: 'mine',
  yourself: 'myself',
};
const SELF = new Set(['i', 'we']);
/** After these "you" is who something is done to. */
const OBJECT_AFTER = new Set(
  'to for with about from at of by on than like near behind beside without against'.split(' '),
);
const SUBJECTS = new Set(['he', 'she', 'it', 'they']);
/** A subject may follow these. */
const JOINS = new Set(['and', 'but', 'because', 'that', 'so', 'when', 'while', 'although']);
/** A clause that is said again is no longer than this, where it can be cut; words. */
const MOST_WORDS = 15;
const FINITE = ['PastTense', 'PresentTense', 'Copula', 'Modal', 'Auxiliary'];
const SUBJECT_NOUNS = [
  'Noun',
  'Pronoun',
  'ProperNoun',
  'Plural',
  'Singular',
  'Person',
  'Place',
  'Possessive',
  'Value',
  'Gerund',
];

export interface Named {
  /** Whom "he", "she", "it" and "they" mean, as they are called. */
  he?: string;
  she?: string;
  it?: string;
  they?: string;
}

/** These words with the persons switched. @param named whom pronouns mean, told where they are subjects */
export function switched(words: readonly Word[], named: Named = {}): string {
  let told = false;
  let self = false;
  const said = words.map((word, i) => {
    const before = words[i - 1]?.lower ?? '';
    const next = words[i + 1];
    const comma = word.breaks && i < words.length - 1 ? ',' : '';
    let text = wordAs(word, i);
    if (word.lower === 'you')
      text = OBJECT_AFTER.has(before) || next === undefined || isVerb(words[i - 1]) ? 'me' : 'I';
    else if (SWITCHED[word.lower] !== undefined) text = SWITCHED[word.lower]!;
    else if (word.lower === 'am') text = 'are';
    else if (word.lower === 'was' && self) text = 'were';
    else if (word.lower === 'are' && before === 'you') text = 'am';
    else if (!told && SUBJECTS.has(word.lower) && (i === 0 || JOINS.has(before)) && isVerbLike(next)) {
      const name = named[word.lower as keyof Named];
      if (name !== undefined) text = name;
      told = true;
    }
    if (SELF.has(word.lower)) self = true;
    else if (JOINS.has(word.lower) || word.tags.has('Noun')) self = false;
    return text + comma;
  });
  return said.join(' ').replaceAll('can not', 'cannot').replaceAll(' a I ', ' an I ');
}

const isVerb = (word: Word | undefined) => word?.tags.has('Verb') === true && !word.tags.has('Auxiliary');
const isVerbLike = (word: Word | undefined) =>
  word === undefined ||
  word.tags.has('Verb') ||
  word.tags.has('Adverb') ||
  word.tags.has('Modal') ||
  word.tags.has('Copula');

const ALWAYS_CAPITAL = [
  'ProperNoun',
  'Person',
  'FirstName',
  'LastName',
  'Place',
  'Country',
  'City',
  'WeekDay',
  'Month',
  'Acronym',
  'Organization',
  'Demonym',
];
const isName = ({ text, tags }: Word) => /^\p{Lu}/u.test(text) && ALWAYS_CAPITAL.some(tag => tags.has(tag));

/** At the beginning a capital says nothing, elsewhere it is meant. */
function wordAs(word: Word, index: number): string {
  if (word.text === 'I') return 'you';
  if (index > 0 || isName(word) || /^\p{Lu}{2,}/u.test(word.text)) return named(word);
  return /^\p{Lu}/u.test(word.text) ? word.text.charAt(0).toLowerCase() + word.text.slice(1) : named(word);
}

/** Names are written like names, however they were typed. */
const named = ({ text, tags }: Word) =>
  /^\p{Ll}/u.test(text) &&
  ['Country', 'City', 'WeekDay', 'Month'].some(tag => tags.has(tag)) &&
  text !== 'may' &&
  text !== 'march'
    ? capital(text)
    : text;

/** Whether something is said of something: a subject, and a verb that is finite. */
export function isClause({ words, isQuestion }: Sentence): boolean {
  if (isQuestion || words.length < 2) return false;
  const verb = words.findIndex(
    ({ tags }, i) =>
      FINITE.some(tag => tags.has(tag)) && !tags.has('Gerund') && words[i - 1]?.tags.has('Determiner') !== true,
  );
  if (verb < 1) return false;
  if (words[0]!.lower === 'there') return true;
  return words.slice(0, verb).some(({ tags }) => SUBJECT_NOUNS.some(tag => tags.has(tag)));
}

const LEADING = new Set(
  'yes no and but so because well then also actually unfortunately sadly luckily fortunately anyway today yesterday'.split(
    ' ',
  ),
);

/** "It rained", "it is late": nobody is meant. */
const NOBODY =
  / it (?:is |was |has been |had been |will |would )?(?:rain|snow|hail|thunder|pour|storm|freez|late|early|dark|cold|hot|warm|windy|sunny|cloudy|noon|spring|summer|autumn|winter|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\w{0,4} /;

/** What a sentence says, as a clause that can stand behind "so" or "that"; undefined where it says nothing. */
export function clauseOf(sentence: Sentence, named: Named = {}): string | undefined {
  if (!isClause(sentence)) return undefined;
  let words = sentence.words.slice();
  while (
    words.length > 3 &&
    LEADING.has(words[0]!.lower) &&
    (words[0]!.breaks || !['today', 'yesterday'].includes(words[0]!.lower))
  )
    words.shift();
  if (/^(?:let|please|tell|give|stop|come|go|do|don't|be)$/.test(words[0]!.lower)) return undefined;
  words = shortened(words);
  const { it: _, ...others } = named;
  return switched(words, NOBODY.test(sentence.plain) ? others : named);
}

/** Cut before a further clause, where there is enough without it. */
function shortened(words: Word[]): Word[] {
  if (words.length <= MOST_WORDS) return words;
  const cut = words.findIndex(
    (word, i) =>
      i >= 4 &&
      i <= MOST_WORDS &&
      (words[i - 1]!.breaks || ['and', 'but', 'because', 'so', 'which'].includes(word.lower)),
  );
  return cut > 0 ? words.slice(0, cut) : words.slice(0, MOST_WORDS);
}

const VAGUE = new Set(
  'thing things lot bit time times way ways day days people kind kinds something anything nothing everything everybody someone somebody one ones today yesterday tomorrow tonight week month year morning evening afternoon night moment years weeks months minute minutes hour hours end part rest i me you he him she her it they them we us who what that this there front course fact problem thanks please stuff while'.split(
    ' ',
  ),
);

/** Noun phrases, persons switched, those that say most last. */
export function topicsOf({ words }: Sentence): string[] {
  const phrases: Word[][] = [];
  let open: Word[] = [];
  const close = () => {
    while (open.length > 1 && ['last', 'next', 'this', 'every'].includes(open.at(-1)!.lower)) open.pop();
    while (open.length > 0 && !open.at(-1)!.tags.has('Noun') && !open.at(-1)!.tags.has('Value')) open.pop();
    if (open.some(({ tags, lower }) => tags.has('Noun') && !tags.has('Pronoun') && !VAGUE.has(lower)))
      phrases.push(open);
    open = [];
  };
  for (const word of words) {
    const { tags, lower } = word;
    const isPart =
      (tags.has('Noun') && !tags.has('Date') && !SEASONS.has(lower)) ||
      tags.has('Adjective') ||
      tags.has('Value') ||
      tags.has('Possessive') ||
      tags.has('Determiner');
    if (
      !isPart ||
      tags.has('Verb') ||
      (['that', 'this', 'what', 'which', 'her', 'it', 'i'].includes(lower) && !tags.has('Possessive')) ||
      (tags.has('Pronoun') && !tags.has('Possessive'))
    ) {
      close();
      continue;
    }
    if (
      tags.has('Determiner') ||
      (tags.has('Possessive') && SWITCHED[lower] !== undefined) ||
      ['his', 'her', 'their'].includes(lower)
    )
      close();
    open.push(word);
    if (word.breaks) close();
  }
  close();
  return phrases.map(phrase => switched(phrase)).filter(phrase => !VAGUE.has(phrase));
}

const SEASONS = new Set(['spring', 'summer', 'autumn', 'winter', 'fall']);

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
/** A sentence, with its end. */
export const asSentence = (text: string): string => `${capital(text)}${/[.?!]$/.test(text) ? '' : '.'}`;
