/** Takes in what a person says, line by line. */
import { callOf } from './being.ts';
import { datedIn } from './calendar.ts';
import { eventIn, isEvent } from './events.ts';
import { hearBeings, isDeath } from './hear-beings.ts';
import { hearPerson } from './hear-person.ts';
import { type Knowledge, meant, namesMeant, remember } from './knowledge.ts';
import { pastimeIn } from './pastimes.ts';
import { practised } from './practice.ts';
import { clauseOf, topicsOf } from './reflect.ts';
import { type Sentence, sentencesIn, stemsIn } from './sentence.ts';

/** So many lines after something hard was told nothing cheerful is said unasked. */
const HEAVY_LINES = 6;
const HARD =
  / (?:died|passed away|funeral|cancer|hospital|divorce|divorced|divorcing|lost my job|got fired|broke up|can not stop crying|heartbroken|devastated|miss him|miss her|depressed|so sad|very sad) /;
const LIGHT =
  / (?:joke|funny|story|game|something else|another topic|change the subject|cheer me up|good news|happy|laugh|play) /;
const CLOSES = / (?:do not want to (?:talk|speak)|not (?:talk|speak) about|would rather not|leave it|drop it) /;
export interface Hearing {
  listener: string;
  /** What the avatar said before. */
  before: string;
  now: Date;
  /** Calls are practised with this persona. */
  practises: boolean;
}

/** One line of the person. Changes what is known. */
export function hear(known: Knowledge, text: string, { listener, before, now, practises }: Hearing): void {
  known.turn++;
  const sentences = sentencesIn(text, listener);
  const { practice, over } = practises ? practised(known.practice, sentences, text) : {};
  if (practice === undefined) delete known.practice;
  else known.practice = practice;
  if (over !== undefined) known.practised = { ...over, turn: known.turn };
  // What is said to the buyer is part of the play.
  if (practice !== undefined && practice.lines.length > 0) return;
  known.pastime =
    pastimeIn(sentences) ?? (sentences.every(({ words }) => words.length < 6) ? known.pastime : undefined);
  const asked = questionIn(before);
  for (const sentence of sentences) hearSentence(known, sentence, asked, now);
  const plain = sentences.map(each => each.plain).join('');
  if (HARD.test(plain) || (isDeath(plain) && known.beings.some(({ dead, turn }) => dead && turn === known.turn)))
    known.heavy = known.turn;
  else if (known.heavy !== undefined && (LIGHT.test(plain) || known.turn - known.heavy > HEAVY_LINES))
    delete known.heavy;
  if (CLOSES.test(plain))
    known.closed = [...known.closed, ...(known.told.findLast(({ turn }) => turn < known.turn)?.stems ?? [])].slice(-20);
}

const questionIn = (before: string) => {
  const last =
    before
      .trim()
      .split(/(?<=[.?!])\s/)
      .at(-1) ?? '';
  return last.endsWith('?') ? last.toLowerCase() : '';
};

function hearSentence(known: Knowledge, sentence: Sentence, asked: string, now: Date): void {
  // Whom a pronoun means is who was spoken of before, not who comes up in the same sentence.
  const named = namesMeant(known);
  hearBeings(known, sentence, asked);
  hearPerson(known, sentence, asked);
  hearHappening(known, sentence, now);
  if (
    sentence.isQuestion ||
    /^ (?:tell|give|show|let us|please|stop|do not|say|sing|play|set|can we|i want to hear) /.test(sentence.plain)
  )
    return;
  const clause = clauseOf(sentence, { ...named, ...missing(named, known) });
  if (clause === undefined || / (?:you are|you look|you sound|your voice) /.test(sentence.plain)) return;
  const plain = ` ${clause.toLowerCase().replaceAll(/[^\p{L}\p{N}' ]/gu, ' ')} `;
  const stems = new Set(stemsIn(plain));
  // Who is meant by a pronoun, or by a name, is found by either.
  for (const { name, relation, turn } of known.beings)
    if (
      turn === known.turn &&
      relation !== undefined &&
      name !== undefined &&
      (stems.has(name.toLowerCase()) || stemsIn(` ${name.toLowerCase()} `).some(stem => stems.has(stem)))
    )
      stems.add(relation);
  remember(known, { clause, stems: [...stems], turn: known.turn });
  const thing = topicsOf(sentence).at(-1);
  if (
    thing !== undefined &&
    / (?:i|we|my|our) /.test(sentence.plain) &&
    known.beings.every(({ turn }) => turn < known.turn)
  )
    known.thing = { text: thing.replace(/^(?:a|an|one|some|the) /, 'the '), turn: known.turn };
}

/** Pronouns that only now mean somebody. */
function missing(named: object, known: Knowledge) {
  return Object.fromEntries(
    ['he', 'she', 'it'].flatMap(pronoun => {
      const being = pronoun in named ? undefined : meant(known, pronoun);
      return being === undefined ? [] : [[pronoun, callOf(being)]];
    }),
  );
}

/** "Clara marries in June": what, whose, and when. */
function hearHappening(known: Knowledge, { plain, isQuestion, words }: Sentence, now: Date): void {
  if (isQuestion || / (?:was|were|had|yesterday|last|ago) /.test(plain)) return;
  const dated = datedIn(plain, now);
  const what = eventIn(plain);
  if (dated === undefined || what === undefined) return;
  const being = known.beings.find(({ turn, dead }) => turn === known.turn && !dead);
  const mine = words.some(
    ({ lower }, i) =>
      ['i', 'we'].includes(lower) || (['my', 'our'].includes(lower) && isEvent(words[i + 1]?.lower ?? '')),
  );
  const whose = being !== undefined && !mine ? `${callOf(being)}'s` : 'your';
  known.happenings = [
    ...known.happenings.filter(each => each.what !== what || each.whose !== whose),
    { what, whose, when: dated.text, date: dated.iso },
  ].slice(-20);
}
