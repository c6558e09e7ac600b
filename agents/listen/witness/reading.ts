import { completeness, words } from './completeness.ts';

/** What the avatar has just asked for, as far as it bears upon how an answer sounds when it is complete. */
export type Asked = 'nothing' | 'yes-or-no' | 'dictation' | 'anything';

/** What an utterance's words say of whether it is over: each 0 or 1. */
export interface WordsWitness {
  /** It reads like a whole sentence. */
  finished: number;
  question: number;
  /** Its last sentence asks somebody something, tells them to do something, or says something of somebody. */
  asks: number;
  tells: number;
  states: number;
  /** It ends in a word, or a mark, that something follows. */
  trailing: number;
  /** It begins with a clause that another follows, which has not come: "When we moved to the city". */
  subordinate: number;
  /** Nothing but words that people begin with: "So.", "Okay, well". */
  opening: number;
  /** Figures, letters or an address are being told, and that may be part of them; all of them. */
  dictating: number;
  dictated: number;
  /** Things are being told one by one: "one, two", "eggs, milk". */
  listing: number;
  /** A greeting, a thank-you, a yes. */
  social: number;
  /** One or two words. */
  brief: number;
  /** Many words: who tells a story goes on after a sentence more often. */
  long: number;
  /** It fits what the avatar has just asked for. */
  answers: number;
}

const set = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean));

const OPENINGS = set(`so well okay ok right alright and but now look listen first then anyway hmm um uh er oh ah hey i
  mean you know see the thing is`);
/** What is said to somebody rather than about something, and needs no more. */
const SOCIAL = set(
  `hello hi yes yeah yep no nope thanks thank good goodbye bye great sure please sorry cheers never wow`,
);
const SOCIAL_WORDS = 4;
const FIGURES = set(`zero oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
  sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand double triple`);
/** What addresses are made of when they are told. */
const ADDRESS_JOINTS = set('at dot dash underscore slash hyphen');
const ADDRESS_ENDS = set('com org net edu gov info co uk de io');
const MONTHS = set('january february march april may june july august september october november december');
const ASKING =
  set(`what who where when why how which whose do does did is are was were can could would will shall should
  have has had may am`);
const TELLING = set(`tell give set open close turn play stop start read show call help wait let say repeat sing take put
  find remind remember forget try make please thank thanks go come look listen never`);
const PEOPLE = set(`i you he she it we they that this there nobody somebody everybody i'm you're he's she's it's we're
  they're i've we've i'll we'll that's there's who's`);
const SUBORDINATING = set('when if while although though since after before until once whenever unless as');
const YES_OR_NO = set(
  'yes no yeah yep nope sure okay ok maybe absolutely certainly never exactly right course not really please',
);

/** Digits of the telephone numbers that people tell: without and with their area and country. */
const WHOLE_NUMBERS = new Set([7, 10, 11, 12]);
/** A number so short may be a whole one: a year, an age, a room. */
const DICTATION_DIGITS = 3;
const BRIEF_WORDS = 2;
const LONG_WORDS = 25;

const isFigure = (word: string) => FIGURES.has(word) || /^\d+$/.test(word);
const isLetter = (word: string) => /^[a-z]$/.test(word) && word !== 'a' && word !== 'i';
const digitsOf = (word: string) => (/^\d+$/.test(word) ? word.length : 1);

/** How many figures or letters stand at the end, and whether they follow one another there. */
function dictation(spoken: readonly string[]): { figures: number; letters: number } {
  let figures = 0;
  let letters = 0;
  for (const word of spoken.toReversed()) {
    if (isFigure(word)) figures += digitsOf(word);
    else if (isLetter(word)) letters += 1;
    else break;
  }
  return { figures, letters };
}

/** "One, two", "first eggs, then milk": the next is coming, unless the last came with "and". */
function isListing(text: string, spoken: readonly string[]): boolean {
  const pieces = text.split(/[,;.]\s/).filter(Boolean);
  const short = pieces.length >= 3 && pieces.slice(-3).every(piece => words(piece).length <= 2);
  return short && !spoken.slice(-3).includes('and') && !spoken.slice(-3).includes('or');
}

const lastPiece = (text: string): string =>
  text
    .trimEnd()
    .split(/(?<=[.!?])\s/)
    .at(-1) ?? '';

/** The last sentence, without what people begin with. */
function lastSentence(text: string): string[] {
  const spoken = words(lastPiece(text));
  const first = spoken.findIndex(word => !OPENINGS.has(word) || PEOPLE.has(word));
  return first < 0 ? [] : spoken.slice(first);
}

/** What an utterance's words say, after what the avatar asked. `text` is the whole turn so far. */
export function readWords(text: string, asked: Asked = 'nothing'): WordsWitness {
  const spoken = words(text);
  const last = spoken.at(-1) ?? '';
  const read = completeness(text);
  const { figures, letters } = dictation(spoken);
  const alone = figures + letters >= spoken.length && spoken.length > 0;
  const told = figures + letters;
  const inAddress =
    spoken.slice(-6).some(word => word === 'dot' || word === 'at') && ADDRESS_JOINTS.has(spoken.at(-2) ?? '');
  const addressEnds = ADDRESS_ENDS.has(last) && spoken.at(-2) === 'dot';
  const isTelling = told >= DICTATION_DIGITS || (told > 0 && (alone || asked === 'dictation')) || letters >= 2;
  const dictated = addressEnds || (told === figures && WHOLE_NUMBERS.has(figures));
  const dictating = !dictated && (isTelling || inAddress || ADDRESS_JOINTS.has(last) || MONTHS.has(last));
  const trailing = read === 'trailing';
  const question = text.trimEnd().endsWith('?') && !trailing;
  const sentence = lastSentence(text);
  const isWhole = read === 'finished' && sentence.length > BRIEF_WORDS;
  return {
    finished: Number(read === 'finished' && !question),
    question: Number(question),
    asks: Number(question && isWhole && ASKING.has(sentence[0]!)),
    tells: Number(read === 'finished' && TELLING.has(sentence[0] ?? '')),
    states: Number(isWhole && !question && (PEOPLE.has(sentence[0]!) || PEOPLE.has(sentence[1]!))),
    trailing: Number(trailing),
    subordinate: Number(SUBORDINATING.has(sentence[0] ?? '') && !question && !/[,;] /.test(lastPiece(text))),
    opening: Number(
      spoken.length > 0 && spoken.length <= 4 && spoken.every(word => OPENINGS.has(word)) && !(asked === 'yes-or-no'),
    ),
    dictating: Number(dictating),
    dictated: Number(dictated),
    listing: Number(isListing(text, spoken)),
    social: Number(!trailing && spoken.length <= SOCIAL_WORDS && SOCIAL.has(spoken[0] ?? '')),
    brief: Number(spoken.length <= BRIEF_WORDS),
    long: Number(spoken.length >= LONG_WORDS),
    answers: Number(
      asked === 'yes-or-no' ? spoken.some(word => YES_OR_NO.has(word)) : asked === 'dictation' ? dictated : false,
    ),
  };
}

const DICTATED = /\b(?:number|e-?mail|address|spell|postcode|zip|date|birthday|code)\b/;
const AUXILIARY =
  /^(?:(?:and|so|well|but|oh|okay)[, ]+)?(?:do|does|did|is|are|was|were|can|could|would|will|shall|should|have|has|had|may|am)\b/;

/** What the last thing that the avatar said asks for. */
export function askedFor(said: string): Asked {
  const sentence =
    said
      .trimEnd()
      .split(/(?<=[.!?])\s/)
      .at(-1)
      ?.toLowerCase() ?? '';
  if (!sentence.endsWith('?'))
    return DICTATED.test(sentence) && /\b(?:tell|give|spell)\b/.test(sentence) ? 'dictation' : 'nothing';
  if (DICTATED.test(sentence)) return 'dictation';
  return AUXILIARY.test(sentence) ? 'yes-or-no' : 'anything';
}
