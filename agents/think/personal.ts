import { isMadeOf } from '../base/phrases.ts';
import type { Conversation } from './ports.ts';
import { usesTools } from './toolbox.ts';

/** A question in which somebody speaks of themself, or of somebody by name, is theirs alone. */
const SELF = /\b(?:i|me|my|mine|myself|we|us|our|ours)\b/i;
/** Refers to what was said before. */
const REFERS =
  /\b(?:it|its|that|this|those|these|they|them|he|him|his|she|her|there|then|again|else|more|instead|too|either|former|latter|same)\b/i;
const FOLLOWS = /^(?:and|but|so|or|then|because|why|really|what about|how about)\b/i;
/** Answers to these change by themselves. */
const CHANGES =
  /\b(?:now|today|tonight|tomorrow|yesterday|time|date|day|weather|news|latest|current|currently|recent|see|look|wearing|holding)\b/i;
const ASKS =
  /\?\s*$|^(?:what|who|where|when|which|how|is|are|can|could|do|does|did|should|would|will|tell me|explain)\b/i;
/** Said of whoever asks, but no matter of theirs. */
const POLITE = /^(?:please )?(?:(?:can|could|would) you )?(?:please )?(?:(?:tell|give|explain to|show) me\b)?/i;
/** Says nothing of anybody. */
const SMALL_TALK = new Set(
  `hello,hi,hey,good morning,good afternoon,good evening,good night,thanks,thank you,thank you very much,thank you so much,okay,ok,yes,no,great,nice,cool,good,fine,i see,got it,how are you,how are you today,goodbye,bye`.split(
    ',',
  ),
);
const LONGEST_PHRASE = 4;
const LEAST_WORDS = 4;

/**
 * The question of a turn as one that anybody may have asked, in a form that can be compared; undefined where it is
 * personal, refers to something, or wants an answer of this moment. The same words after a different mood are asked
 * in another context.
 */
export function commonQuestion(conversation: Conversation): string | undefined {
  const { persona, turn, history, people = [], summary, occasion } = conversation;
  // What a tool says is of this moment, and perhaps of this person; documents change.
  if (usesTools(persona) || persona.handover !== undefined || persona.knowledge !== undefined) return undefined;
  if (turn.length !== 1 || occasion !== undefined || summary !== undefined) return undefined;
  // An answer may come back to anything that was said before.
  if (!history.every(({ role, text }) => role === 'avatar' || isCommon(text) || isSmallTalk(text))) return undefined;
  // What is known of somebody may be in the answer.
  if (people.some(({ facts }) => facts.length > 0)) return undefined;
  const { text, speaker } = turn[0]!;
  if (!isCommon(text)) return undefined;
  const { valence = 0, confidence = 0 } = people.find(({ identity }) => identity === speaker)?.feeling ?? {};
  const mood = confidence < 0.5 || Math.abs(valence) < 0.3 ? 'even' : valence > 0 ? 'pleased' : 'displeased';
  const plain = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return `${mood}: ${plain}`;
}

/** Greetings, thanks and the like, and nothing else. */
const isSmallTalk = (text: string): boolean => isMadeOf(partsOf(text), SMALL_TALK, LONGEST_PHRASE);

/** A question of nobody in particular, whole in itself. */
function isCommon(text: string): boolean {
  const words = text.trim().split(/\s+/);
  const plain = text.replace(POLITE, '');
  if (words.length < LEAST_WORDS || !ASKS.test(text)) return false;
  if ([SELF, REFERS, FOLLOWS, CHANGES].some(each => each.test(plain))) return false;
  // A capital inside a sentence is somebody's name, as far as anybody can tell.
  return !words.slice(1).some((word, i) => /^\p{Lu}\p{Ll}/u.test(word) && !/[.?!]$/.test(words[i]!));
}

/** Tells of a sentence that answers somebody whether it belongs to the people of this conversation only. */
export function personalIn(conversation: Conversation): (sentence: string) => boolean {
  const { turn, people = [] } = conversation;
  if (commonQuestion(conversation) === undefined) return () => true;
  return mentions([...people, ...turn].map(({ name }) => name));
}

/** Tells whether a sentence has one of these names in it, or a part of one. */
export function mentions(names: readonly string[]): (sentence: string) => boolean {
  const theirs = new Set(names.flatMap(partsOf));
  // Scripts that write words together have no parts to compare.
  const whole = names.map(name => name.trim().toLowerCase()).filter(name => /[^\p{ASCII}]/u.test(name));
  return sentence =>
    partsOf(sentence).some(part => theirs.has(part)) || whole.some(name => sentence.toLowerCase().includes(name));
}

const partsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
