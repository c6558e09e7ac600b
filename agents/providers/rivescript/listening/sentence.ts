/** What somebody said, taken apart: sentences, their words, and which part of speech each is. */
import nlp from 'compromise/two';
import { normalised } from '../script/hearing.ts';

/** Of a longer speech the end is listened to; characters. */
const MAX_HEARD = 1500;
/** Of a longer speech the last sentences count. */
const MAX_SENTENCES = 6;
const MAX_SENTENCE = 240;
/** Sentences that were taken apart lately; a history is gone through again and again. */
const KEPT = 400;

export interface Word {
  /** As it was written, without punctuation. */
  text: string;
  lower: string;
  tags: ReadonlySet<string>;
  /** A comma or the like follows. */
  breaks: boolean;
}

export interface Sentence {
  /** Contractions written out, without what stands before and after it; "I am tired of it". */
  text: string;
  /** Lower case, no punctuation, a space at both ends: ` i am tired of it `. */
  plain: string;
  words: readonly Word[];
  isQuestion: boolean;
}

const EXPANSIONS: [RegExp, string][] = [
  [/\bwon't\b/gi, 'will not'],
  [/\bcan't\b|\bcannot\b/gi, 'can not'],
  [/\b(is|are|was|were|do|does|did|have|has|had|would|could|should)n't\b/gi, '$1 not'],
  [/\bi'm\b|\bim\b/gi, 'I am'],
  [/\bdont\b/gi, 'do not'],
  [/\bdidnt\b/gi, 'did not'],
  [/\b(you|we|they)'re\b/gi, '$1 are'],
  [/\b(i|you|we|they)'ve\b/gi, '$1 have'],
  [/\b(i|you|he|she|it|we|they|that)'ll\b/gi, '$1 will'],
  [/\b(i|you|he|she|it|we|they)'d (?=(?:like|love|rather|prefer|be|go|have)\b)/gi, '$1 would '],
  [/\b(i|you|he|she|it|we|they)'d\b/gi, '$1 had'],
  [/\b(it|he|she|that|there|what|who)'s (?=(?:been|got|had)\b)/gi, '$1 has '],
  [/\b(what|who|where|when|how|why|that|there|it|he|she|here|name)'s\b/gi, '$1 is'],
  [/\bwhats\b/gi, 'what is'],
  [/\blet's\b/gi, 'let us'],
  [/\bgonna\b/gi, 'going to'],
  [/\bwanna\b/gi, 'want to'],
  [/\bgotta\b/gi, 'have to'],
];
const OPENING =
  /^(?:(?:oh|ah|well|so|and|but|ok|okay|actually|anyway|hey|please|um|uh|hm|you know|i mean|by the way)\b,? )+(?=\S+ \S)/i;
const SALUTE =
  /^(?:hi|hello|hey|good (?:morning|evening|afternoon))(?: there)?,? (?=(?:I|my|we|our|the|it|this|is|are|can|do|what|how|who|where|when|why)\b)/i;
const ASKS =
  /^ (?:what|who|whom|whose|when|where|which|why|how|is|are|am|was|were|do|does|did|can|could|will|would|should|shall|have|has|may) /;
/** Begin like questions and are none. */
const EXCLAIMS =
  /^ (?:what a|what an|how (?:nice|sad|lovely|awful|funny|sweet|kind)|when i|when we|when my|which (?:is|was)|will do|may be|have to|do not|is not)\b/;

const kept = new Map<string, readonly Sentence[]>();

/** The sentences of what was said; the name of who listens is left out where it only calls them. */
export function sentencesIn(text: string, listener: string): readonly Sentence[] {
  const key = `${listener}\n${text}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const sentences = text
    .slice(-MAX_HEARD)
    .replaceAll(/[<>{}\\|]/g, ' ')
    .replaceAll(/[’ʼ]/g, "'")
    .replaceAll(/\b(Mr|Mrs|Ms|Dr|Prof|St)\. (?=\p{Lu})/gu, '$1 ')
    .split(/(?<=[.?!…])(?=[\s"])|\n/)
    .map(each => each.trim())
    .filter(each => /[\p{L}\p{N}]/u.test(each))
    .slice(-MAX_SENTENCES)
    .map(each => sentenceOf(each.slice(0, MAX_SENTENCE), listener));
  kept.set(key, sentences);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
  return sentences;
}

function sentenceOf(written: string, listener: string): Sentence {
  const asked = written.includes('?');
  let text = uncalled(written.replace(/[.?!…"]{1,20}$/, '').trim(), listener);
  for (const [pattern, expanded] of EXPANSIONS) text = text.replace(pattern, expanded);
  text = text.replace(SALUTE, '').replace(OPENING, '').replace(/\bi\b/g, 'I').trim();
  const plain = ` ${normalised(text)} `;
  const words = wordsOf(text);
  return { text, plain, words, isQuestion: (asked || ASKS.test(plain)) && !EXCLAIMS.test(plain) };
}

/** "Hi June!", "Tell me, Ollie": whoever is called knows that they are. */
function uncalled(text: string, listener: string): string {
  const lower = text.toLowerCase();
  const name = listener.toLowerCase();
  if (name === '' || lower === name) return text;
  if (
    lower.endsWith(` ${name}`) &&
    !/(?:name is|i am|called|are you|this is|named|month|in|of|last|next|since) \S{1,40}$/i.test(lower)
  )
    return text.slice(0, -name.length - 1).replace(/,$/, '');
  if (lower.startsWith(`${name}, `)) return text.slice(name.length + 2);
  const greeted = /^(?:hi|hello|hey|good (?:morning|evening|afternoon)),? /i.exec(lower)?.[0] ?? '';
  if (greeted !== '' && lower.startsWith(`${greeted}${name}, `))
    return greeted + text.slice(greeted.length + name.length + 2);
  return text;
}

interface Term {
  text: string;
  normal: string;
  post: string;
  tags: string[];
}

function wordsOf(text: string): Word[] {
  const [document] = nlp(text).json({ terms: { tags: true, normal: true }, offset: false }) as { terms: Term[] }[];
  const terms = nlpTerms(document, text);
  return terms.map(({ text: word, post, tags }) => ({
    text: word,
    lower: word.toLowerCase(),
    tags: new Set(tags),
    breaks: /[,;:–—(-]/.test(post.trim()) && post.includes(' '),
  }));
}

/** What is taken for several sentences is one here. */
function nlpTerms(first: { terms: Term[] } | undefined, text: string): Term[] {
  if (first === undefined) return [];
  const all = nlp(text).json({ terms: { tags: true, normal: true }, offset: false }) as { terms: Term[] }[];
  return all.flatMap(({ terms }) => terms).filter(({ text: word }) => word !== '');
}

/** Whether a sentence holds one of these words. */
export const has = ({ words }: Sentence, set: ReadonlySet<string>): boolean =>
  words.some(({ lower }) => set.has(lower));

const IRREGULAR = new Map(
  Object.entries({
    bought: 'buy',
    went: 'go',
    gone: 'go',
    goes: 'go',
    lost: 'lose',
    won: 'win',
    made: 'make',
    said: 'say',
    told: 'tell',
    got: 'get',
    gave: 'give',
    given: 'give',
    took: 'take',
    taken: 'take',
    came: 'come',
    saw: 'see',
    seen: 'see',
    knew: 'know',
    known: 'know',
    thought: 'think',
    found: 'find',
    felt: 'feel',
    left: 'leave',
    met: 'meet',
    ran: 'run',
    sold: 'sell',
    taught: 'teach',
    wrote: 'write',
    written: 'write',
    ate: 'eat',
    eaten: 'eat',
    drank: 'drink',
    drove: 'drive',
    flew: 'fly',
    grew: 'grow',
    grown: 'grow',
    broke: 'break',
    broken: 'break',
    built: 'build',
    began: 'begin',
    caught: 'catch',
    fell: 'fall',
    fallen: 'fall',
    fought: 'fight',
    forgot: 'forget',
    held: 'hold',
    kept: 'keep',
    led: 'lead',
    paid: 'pay',
    rode: 'ride',
    sang: 'sing',
    sung: 'sing',
    slept: 'sleep',
    spoke: 'speak',
    spent: 'spend',
    stood: 'stand',
    stole: 'steal',
    stolen: 'steal',
    swam: 'swim',
    threw: 'throw',
    woke: 'wake',
    wore: 'wear',
    died: 'die',
    dying: 'die',
    children: 'child',
    men: 'man',
    women: 'woman',
    wives: 'wife',
    feet: 'foot',
    is: 'be',
    are: 'be',
    was: 'be',
    were: 'be',
    been: 'be',
    am: 'be',
    has: 'have',
    had: 'have',
    does: 'do',
    did: 'do',
    done: 'do',
    mum: 'mother',
    mom: 'mother',
    dad: 'father',
    bred: 'breed',
    brought: 'bring',
    chose: 'choose',
    cost: 'cost',
    costs: 'cost',
    hurt: 'hurt',
    married: 'marry',
    marries: 'marry',
    marrying: 'marry',
    studied: 'study',
    studies: 'study',
    studying: 'study',
    babies: 'baby',
    favorite: 'favorite',
    favourite: 'favorite',
    living: 'live',
    lives: 'live',
    lived: 'live',
  }),
);

/** The stem of a word, rough: what `loved`, `loves` and `loving` have in common. */
export function stemOf(word: string): string {
  const lower = word.toLowerCase().replace(/'s$/, '');
  const irregular = IRREGULAR.get(lower);
  if (irregular !== undefined) return bare(irregular);
  let stem = lower;
  if (stem.length > 5 && stem.endsWith('ing')) stem = stem.slice(0, -3);
  else if (stem.length > 4 && stem.endsWith('ies')) stem = `${stem.slice(0, -3)}y`;
  else if (stem.length > 4 && stem.endsWith('ied')) stem = `${stem.slice(0, -3)}y`;
  else if (stem.length > 4 && stem.endsWith('ed')) stem = stem.slice(0, -2);
  else if (stem.length > 4 && /(?:ch|sh|x|ss)es$/.test(stem)) stem = stem.slice(0, -2);
  else if (stem.length > 3 && stem.endsWith('s') && !stem.endsWith('ss') && !stem.endsWith('us'))
    stem = stem.slice(0, -1);
  if (/([bdgklmnprt])\1$/.test(stem) && stem.length > 4) stem = stem.slice(0, -1);
  return bare(stem);
}

const bare = (stem: string) => (stem.length > 3 && stem.endsWith('e') ? stem.slice(0, -1) : stem);

const FUNCTION = new Set(
  'a an the and or but so if then than that this these those there here of in on at to for from with without by about into over under as it its i me my mine myself you your yours we us our ours he him his she her hers they them their be is am are was were been being do does did have has had having can could will would shall should may might must not no yes what which who whom whose when where why how very really just also too much many more most some any all both each every again still yet ever never now today tell told say said know remember mean think like get got go going thing things one bit lot kind really please name names called call'.split(
    ' ',
  ),
);

/** The stems of the words that mean something by themselves. */
export const stemsIn = (plain: string): string[] =>
  plain
    .split(' ')
    .filter(word => word.length > 1 && !FUNCTION.has(word))
    .map(stemOf);
