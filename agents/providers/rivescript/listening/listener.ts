/** Who listens: works out what is known, and answers with it, or leaves the answer to the script. */
import type { Fact } from '../../../../protocol/memory.ts';
import type { Exchange } from '../../../think/ports.ts';
import { isReckoned } from './about.ts';
import { isCertain, isReckoning } from './certain.ts';
import { knownBefore } from './happenings.ts';
import { hear } from './hear.ts';
import type { Knowledge } from './knowledge.ts';
import { asSentence, clauseOf } from './reflect.ts';
import { LISTENING, SURE } from './rules.ts';
import { Said } from './said.ts';
import { type Sentence, sentencesIn, stemsIn } from './sentence.ts';
import type { Answer, Manner, Rule, Turn } from './turn.ts';

/** What the script says to it, and how sure it is of that. */
export interface Scripted extends Answer {
  /** Weight of the trigger; 0 where it has none. */
  weight: number;
  trigger: string;
  /** It waited for this answer; `perhaps`: it would take any. */
  awaited: boolean | 'perhaps';
}

/** A persona's script, as far as a listener asks it. */
export interface Script {
  answer(): Promise<Scripted>;
  phrase(name: string): Promise<Answer | undefined>;
}

export interface Asked {
  known: Knowledge;
  /** What the avatar said so far. */
  lines: readonly string[];
  said: readonly Exchange[];
  now: Date;
}

/** What a script is still better at, by its triggers: feelings, names, manners. */
const OWN_SENSE =
  /@(?:bad|tired|angry|afraid|lonely|ill|good)\)|my name is|sexy|fuck|i apologize|you are\||love you|haha|nice to meet you|i am back/;
const SMALL = 41;
const GREETING =
  /^ (?:hello|hi|hey|hey there|hi there|hello there|good (?:morning|afternoon|evening|day)|thanks|thank you|ok|okay|yes|no|well|oh|so|sorry|please|nice to meet you|hm|hmm|dear \S{1,20}) $/;
const TELLS = /^ (?:i|we|they|he|she|it|my|our|his|her|their|you|that|there|this) /;
const URGENT = / (?:kill myself|suicide|end my life|want to die|hurt myself|harm myself|do not want to live) /;
const BYE =
  / (?:bye|goodbye|good bye|good night|see you (?:later|soon|tomorrow)|farewell|have to go|need to go|must go|talk to you later) /;

/** Of what somebody said before, so many characters are gone through at once. */
const RECALLED = 12_000;

/** One persona's way of listening. */
export class Listener {
  readonly #persona: string;
  readonly #manner: Manner;
  /** What was known of each speaker after a line of a history; see the brain's memories. */
  readonly #known = new WeakMap<Exchange, Map<string, Knowledge>>();

  constructor(persona: string, manner: Manner) {
    this.#persona = persona;
    this.#manner = manner;
  }

  /** What is known of a speaker after a history. The result is the caller's own. */
  async recall(
    history: readonly Exchange[],
    { speaker, facts, now }: { speaker: string; facts: readonly Fact[]; now: Date },
    rest: () => Promise<void>,
  ): Promise<Knowledge> {
    const from = history.findLastIndex(line => this.#known.get(line)?.has(speaker));
    const known = from < 0 ? knownBefore(facts) : structuredClone(this.#known.get(history[from]!)!.get(speaker)!);
    let before = history.slice(0, from + 1).findLast(({ role }) => role === 'avatar')?.text ?? '';
    const unheard = history.slice(from + 1);
    for (const line of unheard.slice(beginning(unheard, speaker))) {
      if (line.role === 'avatar') before = line.text;
      else if (line.speaker === speaker) {
        await rest();
        this.hear(known, line.text, before, now);
        this.#keep(line, speaker, known);
      }
    }
    const last = history.at(-1);
    if (last !== undefined) this.#keep(last, speaker, known);
    return known;
  }

  /** Whether these words, alone, are answered here as well as anybody could. */
  isCertain(said: readonly Exchange[], { isFirst, now }: { isFirst: boolean; now: Date }): boolean {
    const text = said.map(each => each.text).join(' ');
    const [sentence, ...more] = sentencesIn(text, this.#persona);
    if (sentence === undefined || more.length > 0) return false;
    return isCertain(sentence.plain, { isFirst }) || (isReckoning(sentence.plain) && isReckoned(sentence, now));
  }

  hear(known: Knowledge, text: string, before: string, now: Date): void {
    hear(known, text, { listener: this.#persona, before, now, practises: this.#manner === 'practical' });
  }

  #keep(line: Exchange, speaker: string, known: Knowledge): void {
    const speakers = this.#known.get(line) ?? new Map<string, Knowledge>();
    this.#known.set(line, speakers.set(speaker, structuredClone(known)));
  }

  /** Answers what was said last, given what is known with it. */
  async answer({ known, lines, said, now }: Asked, script: Script): Promise<Answer> {
    const text = said.map(each => each.text).join(' ');
    const spoken = new Said(lines);
    const all = sentencesIn(text, this.#persona);
    const sentences = all.length > 1 ? all.filter(({ plain }) => !GREETING.test(plain)) : all;
    const turn: Turn = {
      known,
      sentences: sentences.length > 0 ? sentences : all,
      name: (known.name ?? said.at(-1)!.name).replaceAll(/[<>{}\\|]/g, '').trim(),
      persona: this.#persona,
      said: spoken,
      manner: this.#manner,
      now,
      text,
      phrase: name => script.phrase(name),
    };
    const whole = turn.sentences.map(({ plain }) => plain).join('');
    if (URGENT.test(whole)) return script.answer();
    if (
      BYE.test(turn.sentences.at(-1)?.plain ?? '') &&
      known.practice === undefined &&
      (turn.sentences.at(-1)?.words.length ?? 0) < 9
    )
      return this.#parted(await script.answer(), turn);
    const last = turn.sentences.at(-1);
    if (last === undefined) return script.answer();
    // A question behind something that was told is what wants an answer.
    const asked = last.isQuestion ? [last] : turn.sentences;
    const sure = await best(SURE, { ...turn, sentences: asked });
    if (sure !== undefined) return welcomed(finished(sure, turn), turn);
    const scripted = await script.answer();
    if (this.#isMeant(scripted, turn)) return welcomed(await this.#filled(echoed(scripted, turn), turn), turn);
    const heard = (await best(LISTENING, { ...turn, sentences: asked })) ?? (await best([...SURE, ...LISTENING], turn));
    return welcomed(heard === undefined ? await this.#filled(scripted, turn) : finished(heard, turn), turn);
  }

  /** Goodbyes ask nothing. */
  #parted(scripted: Scripted, { said }: Turn): Answer {
    return { ...scripted, text: said.withoutSurplus(scripted.text, false) || scripted.text };
  }

  #isMeant({ weight, trigger, awaited }: Scripted, { sentences, manner, said }: Turn): boolean {
    const last = sentences.at(-1);
    if (last === undefined || awaited === true || weight >= 94) return true;
    // "She says I talk too fast" is not said to who listens.
    if (weight >= 90) return !TELLS.test(last.plain) || last.words.length <= 5;
    if (awaited === 'perhaps' && manner === 'practical' && !last.isQuestion && !TELLS.test(last.plain)) return true;
    const asks = sentences.some(
      ({ isQuestion, plain }) =>
        isQuestion || /^ (?:tell|show|explain|teach|give|help|let us|ask|sing|say|describe) /.test(plain),
    );
    if (asks)
      return weight >= (/^ (?:tell me (?:more )?about|talk about|what do you know about) /.test(last.plain) ? 30 : 40);
    if (weight >= 40 && weight <= SMALL) return said.mayAsk || last.words.length <= 5;
    if (OWN_SENSE.test(trigger)) return true;
    return manner === 'practical' && weight >= 60;
  }

  /** The script's answer, without questions that are too many; where too little is left, with a thought of its own. */
  async #filled(scripted: Scripted, turn: Turn): Promise<Answer> {
    const { said, known, manner } = turn;
    const text = said.withoutSurplus(scripted.text);
    const again = said.lines.includes(text);
    const slight = text === '' || (text.split(' ').length < 4 && scripted.weight <= SMALL);
    if (!again && (!slight || text.endsWith('?'))) return { ...scripted, text };
    const opening = text === '' ? '' : `${text} `;
    if (known.heavy !== undefined)
      return {
        text: `${opening}${said.fresh(['I am here, and there is no hurry.', 'I stay with you, with or without words.', 'Nothing has to be said. I am listening.', 'Take all the time you need.'])}`,
        emotion: 'sad',
      };
    const old = known.told
      .filter(
        ({ turn: when, stems, clause }) =>
          when < known.turn - 2 &&
          !stems.some(stem => known.closed.includes(stem)) &&
          !said.lines.slice(-4).some(line => line.toLowerCase().includes(clause.toLowerCase())),
      )
      .at(-1);
    const recalled =
      old === undefined
        ? undefined
        : said.fresh([
            `I was still thinking of what you told me: ${old.clause}.`,
            `Something of before stays with me, that ${old.clause}.`,
            `I have not forgotten that ${old.clause}.`,
          ]);
    const thought = await turn.phrase('thought');
    const useRecalled = recalled !== undefined && !said.has(recalled) && (manner !== 'playful' || known.turn % 2 === 0);
    const filling = useRecalled || thought === undefined ? recalled : thought.text;
    return { ...scripted, text: filling === undefined ? text || scripted.text : `${opening}${filling}` };
  }
}

/** Where to begin, so that no more is gone through than {@link RECALLED} characters of what a speaker said. */
function beginning(lines: readonly Exchange[], speaker: string): number {
  let left = RECALLED;
  return (
    1 +
    lines.findLastIndex(line => {
      if (line.role === 'user' && line.speaker === speaker) left -= Math.min(line.text.length, 2000);
      return left < 0;
    })
  );
}

/** The first rule that has an answer to one of the sentences, the last of them first. */
async function best(rules: readonly Rule[], turn: Turn): Promise<Answer | undefined> {
  for (const rule of rules)
    for (const sentence of turn.sentences.toReversed()) {
      const answer = await rule(turn, sentence as Sentence);
      if (answer !== undefined && answer.text !== '') return answer;
    }
  return undefined;
}

/** What the script says to something that was told, with a word of that before it. */
function echoed(scripted: Scripted, { sentences, manner, said, known }: Turn): Scripted {
  const text = scripted.text.replace(/\b([Aa]) (?=[aeio])(?!one\b|euro)/g, '$1n ');
  const last = sentences.at(-1);
  if (
    manner !== 'practical' ||
    last === undefined ||
    scripted.awaited ||
    scripted.weight >= 90 ||
    OWN_SENSE.test(scripted.trigger)
  )
    return { ...scripted, text };
  const clause = known.told.findLast(({ turn }) => turn === known.turn)?.clause ?? clauseOf(last);
  const words = new Set(stemsIn(` ${text.toLowerCase().replaceAll(/[^\p{L} ]/gu, ' ')} `));
  const shares = stemsIn(last.plain).some(stem => words.has(stem));
  if (clause === undefined || last.isQuestion || shares || clause.split(' ').length > 12) return { ...scripted, text };
  return { ...scripted, text: `${said.fresh([asSentence(clause), `So ${clause}.`])} ${text}` };
}

const AGAIN = [
  'Once more: ',
  'As before: ',
  'It is still so: ',
  'To say it again: ',
  'The same as before: ',
  'I can only repeat it: ',
  'Again, then: ',
  'I said it before, and say it again: ',
];

/** Who says who they are, and something else, is greeted before it is answered. */
function welcomed(answer: Answer, { known, name, said, sentences }: Turn): Answer {
  const isNew = known.named === known.turn && sentences.length > 1 && !answer.text.includes(name);
  return unrepeated(isNew ? { ...answer, text: `Nice to meet you, ${name}. ${answer.text}` } : answer, said);
}

/** Nothing is said twice in the same words. */
function unrepeated(answer: Answer, said: Said): Answer {
  const { text } = answer;
  if (!said.lines.includes(text)) return answer;
  const prefix = AGAIN.find(each => !said.lines.includes(each + text)) ?? AGAIN[said.lines.length % AGAIN.length]!;
  return { ...answer, text: prefix + text };
}

function finished(answer: Answer, { said, known }: Turn): Answer {
  const { text, ask, whole, emotion } = answer;
  const felt = emotion === undefined ? {} : { emotion };
  if (whole === true) return { text, ...felt };
  const question =
    ask !== undefined && said.mayAsk && !(known.heavy !== undefined && known.heavy < known.turn)
      ? said.question(ask)
      : undefined;
  return { text: question === undefined ? text : `${text} ${question}`, ...felt };
}
