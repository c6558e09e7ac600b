import { randomUUID } from 'node:crypto';
import RiveScript from 'rivescript';
import type { Emotion } from '../../../../protocol/timeline.ts';
import type { Exchange } from '../../../think/ports.ts';
import { lastSentence, normalised, sentencesOf, shortened } from './hearing.ts';
import { Pace } from './pace.ts';

/** A reply may begin with the feeling it is said with: `(happy) Nice to see you.` */
const FEELING = /\((neutral|happy|sad|angry|surprised|fearful|disgusted)\)\s*/g;
/** Asked of the script when every answer it has was just given. */
const CHANGE_SUBJECT = 'change the subject';
/** A trigger that takes anything for the answer to its question, unless it is triggered elsewhere from this weight on. */
const YIELDING = '{weight=2}*';
const OWN_MEANING = 60;
/** How often the script is asked for something that was not said lately. */
const TRIES = 24;
/** Of what somebody said, so many of the last sentences are gone through: each takes a few milliseconds. */
const RECALLED_SENTENCES = 80;
/** Lines of the avatar that should not be said again yet. */
const RECENT = 8;

/** What a script remembers of one person: its variables and the last lines. */
type Memory = Record<string, unknown> & { __history__: { input: string[]; reply: string[] } };

interface Answer {
  text: string;
  emotion?: Emotion;
  /** The script had nothing better than its `*`. */
  fallback: boolean;
  trigger: string;
  /** How much this repeats what was said before; 0 is new. */
  staleness: number;
}

/** A script's variables of one person. */
export type Variables = Readonly<Record<string, string>>;

/** What is known of the situation; a script reads it as `<get time>` and so on. */
export interface Situation {
  time: string;
  date: string;
  /** How the person feels: `sad`, or `undefined` where nothing is known. */
  feeling: string;
}

export interface AskOptions {
  /** Variables of that person from earlier conversations. */
  earlier?: Variables;
  /** What is known of them otherwise; it counts before what the script took in. `undefined` takes a variable back. */
  known?: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}

/** What a script says, and why. */
export interface Reply {
  text: string;
  emotion?: Emotion;
  /** The trigger that it answers. */
  trigger: string;
  /** How strong that is; 0 where it names no weight. */
  weight: number;
  /** It waited for these words, after a question of its own; `perhaps`: it would take any. */
  awaited: boolean | 'perhaps';
}

/** One persona's script. */
export class Brain {
  readonly #rive: RiveScript;
  readonly #listener: string;
  /**
   * What was remembered of each speaker after a line of a history. Lines are objects that live as long as their
   * conversation, so what is remembered goes with it, and only the newest lines have to be gone through.
   */
  readonly #memories = new WeakMap<Exchange, Map<string, Memory>>();
  /** Triggers that follow a question of the script's. */
  readonly #awaited: ReadonlySet<string>;
  /** Triggers that mean the same whatever was asked before: they pass on. */
  readonly #passing: ReadonlySet<string>;
  /** To which trigger a question passed on, by its user. */
  readonly #passedOnTo = new Map<string, string>();

  /** Throws an Error naming the line when the script is wrong. */
  constructor(script: string, listener: string) {
    this.#listener = listener;
    [this.#awaited, this.#passing] = answeringIn(script);
    let problem: string | undefined;
    this.#rive = new RiveScript({
      utf8: true,
      errors: { replyNotMatched: '', replyNotFound: '', objectNotFound: '', deepRecursion: '' },
      onDebug: warning => {
        problem ??= warning.replace('[WARNING] ', '');
      },
    });
    this.#rive.stream(script, error => {
      problem ??= error;
    });
    if (problem !== undefined) throw new Error(problem.replace(' stream()', ''));
    this.#rive.sortReplies();
    rememberPatterns(this.#rive);
    rememberPassing(this.#rive, this.#passedOnTo);
  }

  /**
   * Answers what `speaker` said last, given everything before. Leaves nothing behind but a cache. Rejects with the
   * signal's reason.
   */
  async answer(
    history: readonly Exchange[],
    said: readonly Exchange[],
    situation: Situation,
    { earlier = {}, known = {}, signal }: AskOptions,
  ): Promise<Reply> {
    const { speaker, name } = said.at(-1)!;
    const pace = new Pace(signal);
    const memory = await this.#recall(history, { speaker, joined: clean(name), earlier }, pace);
    learn(memory, known);
    const lines = history.filter(({ role }) => role === 'avatar').map(({ text }) => text);
    const others = new Set(history.filter(line => line.role === 'user' && line.speaker !== speaker).map(l => l.name));
    Object.assign(memory, situation, {
      said: clean(lastOriginal(lines)),
      others: others.size === 0 ? 'nobody' : clean([...others].join(' and ')),
    });
    const before = lines.map(text => ({
      plain: normalised(text),
      lastSentence: lastSentence(text),
      notable: notable(text),
    }));
    const sentences = said.flatMap(({ text }) => sentencesOf(text, this.#listener));
    let best: Answer | undefined;
    for (const sentence of sentences) {
      const answer = await this.#fresh(memory, sentence, before, pace);
      if (best === undefined || !answer.fallback) best = answer;
    }
    if (best === undefined || (best.fallback && sentences.length > 1))
      best = await this.#fresh(memory, shortened(sentences.join(' ')), before, pace);
    if (best.staleness >= STALE.last) best = await this.#fresh(memory, CHANGE_SUBJECT, before, pace);
    const { text, emotion, trigger } = best;
    return {
      text,
      ...(emotion !== undefined && { emotion }),
      trigger,
      weight: Number(/\{weight=(\d+)\}/.exec(trigger)?.[1] ?? 0),
      awaited: trigger !== '*' && this.#awaited.has(trigger) && (trigger === YIELDING ? 'perhaps' : true),
    };
  }

  /** The script's variables of a person after a history. */
  async variables(
    history: readonly Exchange[],
    { speaker, name }: Exchange,
    { earlier = {}, signal }: AskOptions,
  ): Promise<Variables> {
    const memory = await this.#recall(history, { speaker, joined: clean(name), earlier }, new Pace(signal));
    return Object.fromEntries(
      Object.entries(memory).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  }

  /**
   * Works out what is remembered of a speaker after the history: from the newest line that is known on, or as far back
   * as is gone through. When it is called off, what was gone through is known the next time.
   */
  async #recall(
    history: readonly Exchange[],
    { speaker, joined, earlier }: { speaker: string; joined: string; earlier: Variables },
    pace: Pace,
  ): Promise<Memory> {
    const known = history.findLastIndex(line => this.#memories.get(line)?.has(speaker));
    const memory = known < 0 ? blank() : copy(this.#memories.get(history[known]!)!.get(speaker)!);
    if (known < 0) {
      for (const [key, value] of Object.entries(earlier)) memory[key] = clean(value);
      // Who said once what to call them is called that again.
      if (earlier.name !== undefined) memory.joined = joined;
    }
    if (memory.joined !== joined) Object.assign(memory, { joined, name: joined });
    const heard = this.#heard(history.slice(known + 1), speaker);
    for (const { line, sentences } of heard) {
      if (line.role === 'avatar') memory.__history__.reply[0] = lastSentence(line.text);
      for (const sentence of sentences) {
        await pace.rest();
        await this.#ask(memory, sentence);
      }
      if (sentences.length > 0) this.#remember(line, speaker, memory);
    }
    const last = history.at(-1);
    if (last !== undefined) this.#remember(last, speaker, memory);
    return memory;
  }

  #remember(line: Exchange, speaker: string, memory: Memory): void {
    const speakers = this.#memories.get(line) ?? new Map<string, Memory>();
    this.#memories.set(line, speakers.set(speaker, copy(memory)));
  }

  /** The last lines, with what a speaker said in them: no more than is gone through. */
  #heard(lines: readonly Exchange[], speaker: string): { line: Exchange; sentences: string[] }[] {
    const heard: { line: Exchange; sentences: string[] }[] = [];
    let left = RECALLED_SENTENCES;
    for (const line of lines.toReversed()) {
      const theirs = line.role === 'user' && line.speaker === speaker;
      const sentences = theirs ? sentencesOf(line.text, this.#listener) : [];
      if (sentences.length > left) break;
      left -= sentences.length;
      heard.push({ line, sentences });
    }
    return heard.reverse();
  }

  /** The script's answer that repeats least of what was said before; the memory goes on from it. */
  async #fresh(memory: Memory, sentence: string, lines: readonly Said[], pace: Pace): Promise<Answer> {
    const before = copy(memory);
    let best: Answer | undefined;
    let after = memory;
    for (let tries = 0; tries < TRIES && best?.staleness !== 0; tries++) {
      await pace.rest();
      const trial = copy(before);
      const { reply, matched } = await this.#ask(trial, sentence);
      const text = reply.replace(FEELING, '');
      // A reply may be put together from several: the first feeling counts.
      const emotion = reply.matchAll(FEELING).next().value?.[1] as Emotion | undefined;
      const staleness = stalenessOf(text, lines);
      if (best !== undefined && staleness >= best.staleness) continue;
      best = {
        text,
        ...(emotion !== undefined && { emotion }),
        fallback: matched === '*',
        trigger: matched,
        staleness,
      };
      after = trial;
    }
    Object.assign(memory, after);
    return best!;
  }

  /**
   * Asks once; what the script remembers changes, except for what was said last: that is for the history to tell.
   * An answer that only a question made likely yields to words that have a meaning of their own.
   */
  async #ask(memory: Memory, sentence: string): Promise<{ reply: string; matched: string }> {
    let heard = await this.#hear(memory, sentence);
    if (heard.matched === YIELDING) {
      const alone = await this.#hear({ ...memory, __history__: blank().__history__ }, sentence);
      if (Number(/\{weight=(\d+)\}/.exec(alone.matched)?.[1] ?? 0) >= OWN_MEANING) heard = alone;
    }
    const { __history__, ...kept } = heard.memory;
    Object.assign(memory, kept);
    return heard;
  }

  async #hear(memory: Memory, sentence: string): Promise<{ reply: string; matched: string; memory: Memory }> {
    // Several conversations share the script, and their questions may interleave: each has a user of its own.
    const user = randomUUID();
    try {
      await this.#rive.setUservars(user, memory);
      const reply = (await this.#rive.reply(user, sentence)).replace(/\s+/g, ' ').trim();
      const {
        __initialmatch__: matched,
        __lastmatch__,
        __last_triggers__,
        ...kept
      } = await this.#rive.getUservars(user);
      const passedOnTo = this.#passing.has(String(matched)) ? this.#passedOnTo.get(user) : undefined;
      return { reply, matched: passedOnTo ?? String(matched), memory: kept as Memory };
    } finally {
      this.#passedOnTo.delete(user);
      await this.#rive.clearUservars(user);
    }
  }
}

const STALE = { question: 1, sentence: 5, recent: 10, last: 100, nothing: 1000 };
/** A shorter sentence may be said again. */
const NOTABLE_WORDS = 6;

/** A line of the avatar in a form that can be compared. */
interface Said {
  plain: string;
  lastSentence: string;
  notable: Set<string>;
}

const notable = (text: string) =>
  new Set(sentencesOf(text, '').filter(words => words.split(' ').length >= NOTABLE_WORDS));

/** Said just now, said lately, in part said before, or at least asked before? */
function stalenessOf(text: string, lines: readonly Said[]): number {
  if (text === '') return STALE.nothing;
  const plain = normalised(text);
  // What was interrupted counts as said.
  const same = (line: Said) => plain === line.plain || (line.plain.length > 20 && plain.startsWith(line.plain));
  const last = lines.at(-1);
  if (last !== undefined && same(last)) return STALE.last;
  if (lines.slice(-RECENT).some(same)) return STALE.recent;
  const sentences = [...notable(text)];
  if (lines.some(line => sentences.some(sentence => line.notable.has(sentence)))) return STALE.sentence;
  const question = text.endsWith('?') ? lastSentence(text) : undefined;
  return lines.some(line => line.lastSentence === question) ? STALE.question : 0;
}

/** What was said last; where that repeated the line before it, that line. */
function lastOriginal(lines: readonly string[]): string {
  let said = lines.at(-1) ?? 'nothing yet';
  for (const line of lines.slice(0, -1).toReversed()) {
    if (!said.endsWith(line)) break;
    said = line;
  }
  return said;
}

/** The pattern of a trigger is worked out for each question anew, which takes most of the time of a reply. */
function rememberPatterns(rive: RiveScript): void {
  const { brain } = rive;
  const patterns = new Map<string, Promise<string>>();
  const workOut = brain.triggerRegexp.bind(brain);
  brain.triggerRegexp = async (user, trigger) => {
    if (trigger.includes('<')) return workOut(user, await withVariables(rive, user, trigger));
    const pattern = patterns.get(trigger) ?? workOut(user, trigger);
    patterns.set(trigger, pattern);
    return pattern;
  };
}

/** Where a trigger passes on to another, the first of those is remembered by its user: it tells what the words mean. */
function rememberPassing(rive: RiveScript, passedOnTo: Map<string, string>): void {
  const { brain } = rive;
  const process = brain.processTags.bind(brain);
  brain.processTags = async (user, message, reply, stars, botStars, step, scope) => {
    if (step === 1 && !passedOnTo.has(user)) passedOnTo.set(user, String(await rive.getUservar(user, '__lastmatch__')));
    return process(user, message, reply, stars, botStars, step, scope);
  };
}

/** Variables of people become part of the pattern: as words only, like everything that is compared with it. */
async function withVariables(rive: RiveScript, user: string, trigger: string): Promise<string> {
  const names = [...new Set([...trigger.matchAll(/<get ([^<>]+)>/g)].map(match => match[1]!))];
  const values = await Promise.all(names.map(name => rive.getUservar(user, name)));
  return names.reduce(
    (filled, name, i) => filled.replaceAll(`<get ${name}>`, () => normalised(String(values[i])) || 'undefined'),
    trigger,
  );
}

/** Triggers of a script that answer something: a question of its own, or (`% *`) whatever was asked. */
function answeringIn(script: string): [awaited: Set<string>, passing: Set<string>] {
  const lines = script.split('\n');
  const answering = (isAny: boolean) =>
    lines.flatMap((line, i) => {
      const previous = lines[i + 1] ?? '';
      const answers = line.startsWith('+ ') && previous.startsWith('% ') && (previous.trim() === '% *') === isAny;
      return answers ? [line.slice(2).trim()] : [];
    });
  return [new Set(answering(false)), new Set(answering(true))];
}

function learn(memory: Memory, known: Readonly<Record<string, string | undefined>>): void {
  for (const [key, value] of Object.entries(known))
    if (value === undefined) delete memory[key];
    else memory[key] = clean(value);
}

const blank = (): Memory => ({
  topic: 'random',
  __history__: { input: Array(10).fill('undefined'), reply: Array(10).fill('undefined') },
});

const copy = (memory: Memory): Memory => ({
  ...memory,
  __history__: { input: [...memory.__history__.input], reply: [...memory.__history__.reply] },
});

/** Names and lines may hold what a script would take for a tag. */
const clean = (text: string) => text.replace(/[<>{}\\]/g, '').trim();
