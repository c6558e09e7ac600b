/** People and animals in what somebody says: who they are, what they are called, whether they live. */
import { type Being, nameOf, newBeing } from './being.ts';
import { type Knowledge, lastBeing, meant, mentioned } from './knowledge.ts';
import { type Gender, genderOf, isAnimal, relationOf, relationsOf } from './relations.ts';
import type { Sentence, Word } from './sentence.ts';

const OWN = new Set(['my', 'our']);
const OWNING = new Set(['have', 'had', 'got', 'own', 'owned', 'adopted', 'bought', 'rescued', 'got', 'getting']);
const ONE = new Set(['a', 'an', 'one', 'another', 'the', 'two', 'three']);
/** Stand between "my" and "sister". */
const BETWEEN = new Set(
  'late old older elder eldest younger youngest little big dear best good close new former only other twin poor beloved lovely first second two three four great step half former crazy sweet dead own'.split(
    ' ',
  ),
);
/** Are no names, whatever they look like. */
const NO_NAMES = new Set(
  'i he she it they we you me him her us them my your his its our their this that these those who what where when why how is was were are be been am and or but so not no yes a an the of in on at to from for with by just always never used still also really very all both now then today yesterday tomorrow has have had do does did will would can could should got gets came went moved lives lived works worked likes liked loves loved says said told wants called named because if as like passed died left turned plays played yes maybe please sorry okay ok nothing something everything dead alive sick ill old young happy sad gone there here back home away too named doctor mother father about over after before since during last next every ago only once again'.split(
    ' ',
  ),
);
const isName = (word: Word | undefined, strict = true): word is Word =>
  word !== undefined &&
  !NO_NAMES.has(word.lower) &&
  /^\p{L}/u.test(word.text) &&
  (!strict || ((/^\p{Lu}/u.test(word.text) || word.tags.has('FirstName')) && !word.tags.has('WeekDay')));

const TITLES = new Set(['mr', 'mrs', 'ms', 'dr', 'prof']);

/** One or two words from here that make up a name. */
function nameAt(words: readonly Word[], at: number, strict = true): string | undefined {
  const first = words[at];
  if (!isName(first, strict)) return undefined;
  if (TITLES.has(first.lower) && words[at + 1] !== undefined)
    return `${nameOf(first.text)} ${nameOf(words[at + 1]!.text)}`;
  const second = words[at + 1];
  const two = !first.breaks && second !== undefined && /^\p{Lu}/u.test(second.text) && isName(second);
  return nameOf((two ? `${first.text} ${second.text}` : first.text).replace(/'s$/, ''));
}

/** After "is called", "named", "name is": where the name begins. */
function nameAfter(words: readonly Word[], from: number): string | undefined {
  const lower = (i: number) => words[i]?.lower ?? '';
  const be = (i: number) => ['is', 'was', 'are', 'were'].includes(lower(i));
  if (['called', 'named'].includes(lower(from))) return nameAt(words, from + 1, false);
  if (be(from) && ['called', 'named'].includes(lower(from + 1))) return nameAt(words, from + 2, false);
  if (['name', 'names'].includes(lower(from)) && be(from + 1))
    return nameAt(words, from + (lower(from + 2) === 'actually' ? 3 : 2), false);
  return undefined;
}

function find(known: Knowledge, relation: string, name: string | undefined, of?: string): Being {
  const same = known.beings.filter(each => each.relation === relation && each.of === of);
  const being =
    (name !== undefined ? same.find(each => each.name?.toLowerCase() === name.toLowerCase()) : undefined) ??
    (name !== undefined ? same.findLast(each => each.name === undefined) : same.at(-1));
  if (being !== undefined) return being;
  const fresh = { ...newBeing(relation, known.turn), ...(of !== undefined && { of }) };
  known.beings.push(fresh);
  return fresh;
}

/** Takes in whom a sentence tells of. @param asked what the avatar asked last, lower case */
export function hearBeings(known: Knowledge, sentence: Sentence, asked: string): Being[] {
  const { words, plain } = sentence;
  if (sentence.isQuestion || plain.includes(' you are my ')) return mentioned(known, plain);
  if (/ (?:i|we) (?:got|are|am|just got|have been) engaged /.test(plain))
    find(known, 'fiancé', undefined).turn = known.turn;
  const heard = new Set<Being>();
  words.forEach((word, i) => {
    const own = OWN.has(word.lower);
    const owning = ONE.has(word.lower) && words.slice(Math.max(0, i - 3), i).some(each => OWNING.has(each.lower));
    if (!own && !owning) return;
    for (const being of introduced(known, words, i, own)) heard.add(being);
  });
  words.forEach((word, i) => {
    const relation = relationsOf(word.lower);
    const before = words.slice(Math.max(0, i - 3), i).map(({ lower }) => lower);
    if (relation === undefined || !before.some(each => OWNING.has(each)) || before.includes('the')) return;
    known.group = relation;
    for (const being of severalOf(known, words, i, relation)) heard.add(being);
  });
  for (const being of kin(known, words)) heard.add(being);
  named(known, sentence, asked, heard);
  for (const being of mentioned(known, plain)) heard.add(being);
  const pronoun = ['he', 'she'].find(
    each =>
      plain.includes(` ${each} `) ||
      plain.includes(each === 'he' ? ' his ' : ' her ') ||
      (each === 'he' && plain.includes(' him ')),
  );
  if (pronoun !== undefined && heard.size === 0) {
    const being = meant(known, pronoun);
    if (being !== undefined) {
      being.gender ??= pronoun as 'he' | 'she';
      heard.add(being);
    }
  }
  for (const being of heard) being.turn = known.turn;
  hearState(known, sentence, [...heard]);
  return [...heard];
}

const KIN = new Set('mum mom mummy mommy dad daddy grandma granny grandpa grandad granddad nana'.split(' '));
const DETERMINERS = new Set('a an the my our your his her their this that some no another'.split(' '));

/** "Dad moved out": whose is not said, and is clear. */
const kin = (known: Knowledge, words: readonly Word[]): Being[] =>
  words.flatMap(({ lower }, i) => {
    if (!KIN.has(lower) || DETERMINERS.has(words[i - 1]?.lower ?? '') || words[i - 1]?.tags.has('Adjective')) return [];
    const being = find(known, relationOf(lower)!, undefined);
    being.word ??= lower;
    return [being];
  });

/** "my little sister Anna", "our dog, Rex", "my sister's husband", "Clara is my niece", "a cat called Mimi". */
function introduced(known: Knowledge, words: readonly Word[], at: number, own: boolean): Being[] {
  let i = at + 1;
  while (
    i < at + 4 &&
    words[i] !== undefined &&
    (BETWEEN.has(words[i]!.lower) || (words[i]!.tags.has('Adjective') && relationOf(words[i]!.lower) === undefined))
  )
    i++;
  const word = words[i];
  if (word === undefined) return [];
  const possessive = word.lower.endsWith("'s");
  const bare = word.lower.replace(/'s$/, '');
  if (words[i + 1]?.lower === 'in' && words[i + 2]?.lower === 'law')
    return [Object.assign(find(known, `${bare}-in-law`, nameAt(words, i + 3)), { word: `${bare}-in-law` })];
  const several = relationsOf(bare);
  if (several !== undefined) return severalOf(known, words, i, several);
  const relation = relationOf(bare);
  if (
    relation === undefined ||
    (!own && !isAnimal(relation) && genderOf(relation) === undefined && words[i + 1]?.lower === 'of')
  )
    return [];
  if (possessive) {
    const next = words[i + 1];
    const owner = find(known, relation, undefined);
    const theirs = next === undefined ? undefined : relationOf(next.lower);
    if (theirs !== undefined)
      return [owner, find(known, theirs, nameAt(words, i + 2), `your ${relation}'s`)].map((each, n) =>
        withName(each, n === 1 ? nameAt(words, i + 2) : undefined),
      );
    return [withName(owner, nameAfter(words, i + 1))];
  }
  const before = words[at - 1];
  const isBefore =
    before !== undefined && ['is', 'was'].includes(before.lower) && isName(words[at - 2])
      ? nameOf(words[at - 2]!.text)
      : undefined;
  const apposed = before?.breaks === true && isName(before) && at === 1 ? nameOf(before.text) : undefined;
  const joined = words[i + 1]?.lower === 'who' ? undefined : (nameAfter(words, i + 1) ?? nameAt(words, i + 1));
  const dead = words.slice(at, i).some(each => ['late', 'dead'].includes(each.lower));
  const name = isBefore ?? apposed ?? joined;
  const being = withName(find(known, relation, name), name);
  if (own) being.word = bare;
  if (dead) being.dead = true;
  return [being];
}

function withName(being: Being, name: string | undefined): Being {
  if (name !== undefined) being.name = name;
  return being;
}

/** "my children Tom and Lisa", "two cats, Mimi and Momo". */
function severalOf(known: Knowledge, words: readonly Word[], at: number, relation: string): Being[] {
  const names: string[] = [];
  let i = at + 1;
  while (words[i] !== undefined && ['are', 'called', 'named', 'is', 'names'].includes(words[i]!.lower)) i++;
  for (; i < words.length && names.length < 6; i++) {
    if (['and', '&'].includes(words[i]!.lower)) continue;
    if (!isName(words[i])) break;
    names.push(nameOf(words[i]!.text));
  }
  return names.map(name => withName(find(known, relation, name), name));
}

const PRONOUNS: Readonly<Record<string, string>> = {
  his: 'he',
  he: 'he',
  her: 'she',
  she: 'she',
  its: 'it',
  it: 'it',
  the: 'it',
  their: 'they',
};

/** "His name was Bruno", "she is called Clara", "no, it is Max", and a name alone where one was asked for. */
function named(known: Knowledge, { words, plain }: Sentence, asked: string, heard: Set<Being>): void {
  const theirs = words.findIndex(({ lower }, i) => lower === 'names' && words[i - 1]?.lower === 'their');
  if (theirs > 0 && known.group !== undefined) {
    for (const being of severalOf(known, words, theirs, known.group)) heard.add(being);
    return;
  }
  const first = words[0]?.lower === 'no' || words[0]?.lower === 'sorry' ? 1 : 0;
  for (const [i, { lower }] of words.entries()) {
    const pronoun = PRONOUNS[lower];
    const given = pronoun === undefined ? undefined : nameAfter(words, i + 1);
    if (given === undefined) continue;
    give(known, given, pronoun, heard);
    return;
  }
  const asksName =
    asked.endsWith('?') && /\b(?:name|called)\b/.test(asked) && !/\byour name\b|\bcall you\b|you called/.test(asked);
  const nameless = lastBeing(known);
  const isWanted =
    nameless !== undefined &&
    nameless.name === undefined &&
    nameless.turn === known.turn - 1 &&
    words.length === 1 &&
    (words[0]!.tags.has('FirstName') ||
      (/^\p{Lu}/u.test(words[0]!.text) &&
        !words[0]!.tags.has('Verb') &&
        !words[0]!.tags.has('Adverb') &&
        !words[0]!.tags.has('Expression')));
  const alone =
    (asksName || isWanted) && words.length - first <= 5
      ? nameAt(words, words.length > first + 1 ? words.length - 1 : first, false)
      : undefined;
  const subject = words[first]?.lower ?? '';
  const corrected =
    first === 1 &&
    plain.length < 40 &&
    ['it', 'he', 'she'].includes(subject) &&
    ['is', 'was'].includes(words[2]?.lower ?? '')
      ? nameAt(words, 3)
      : undefined;
  const name = alone ?? corrected;
  if (name !== undefined && heard.size === 0)
    give(known, name, corrected === undefined ? undefined : PRONOUNS[subject], heard);
}

/** Who was spoken of is called so; where nobody fits, it is somebody new. */
function give(known: Knowledge, name: string, pronoun: string | undefined, heard: Set<Being>): void {
  const gender: Gender = pronoun === 'he' || pronoun === 'she' ? pronoun : undefined;
  const fits = (being: Being | undefined) =>
    being !== undefined && (gender === undefined || being.gender === undefined || being.gender === gender);
  const near = [...heard].findLast(fits) ?? (gender === undefined ? lastBeing(known) : meant(known, gender));
  if (near !== undefined && fits(near)) {
    near.name = name;
    if (gender !== undefined) near.gender = gender;
    heard.add(near);
    return;
  }
  const fresh = { ...newBeing(undefined, known.turn), name, gender };
  known.beings.push(fresh);
  heard.add(fresh);
}

const DEATH =
  / (?:died|dies|passed away|passed on|passed last|is dead|was dead|has died|had died|is no longer with us|put to sleep|put down|did not make it|was killed|got killed|was buried|funeral|death|dead|run over|ran over|hit by a (?:car|truck|bus|train)|buried (?:him|her|it)) /;
const LOST = / (?:lost|losing|buried|buried) (?:my|our) /;
/** What people say of things and of themselves. */
const NO_DEATH =
  / (?:(?:phone|battery|laptop|computer|car|plant|plants|engine|tv|tree|roses|flowers) (?:has |have |had |just |is |are |was )?(?:died|dead|dying)|to death|dead tired|dead line|dead end|died laughing|die for|dead serious|dead wrong|deadline) /;
const AGED =
  / (?:is|was|turned|turns|are|were|just turned|would be|would have been|would have turned) (\d{1,3})(?: years?| and | now | already | when |years old| )/;

export const isDeath = (plain: string): boolean => DEATH.test(plain) && !NO_DEATH.test(plain);

/** Whether they live, and how old they are. */
function hearState(known: Knowledge, { plain, isQuestion }: Sentence, heard: readonly Being[]): void {
  if (isQuestion) return;
  const being = heard.find(each => plain.includes(' his ') || plain.includes(' her ') || each === heard[0]);
  const lostOne = LOST.test(plain) && heard.length > 0;
  if ((isDeath(plain) || lostOne) && being !== undefined) being.dead = true;
  const age = AGED.exec(plain)?.[1];
  const isOwn = plain.startsWith(' i ');
  if (age === undefined || Number(age) >= 130 || isOwn) return;
  const whose = being ?? meant(known, plain.startsWith(' she ') ? 'she' : plain.startsWith(' it ') ? 'it' : 'he');
  if (whose !== undefined) whose.age = age;
}
