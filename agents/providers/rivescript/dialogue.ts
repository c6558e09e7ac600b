import type { Fact } from '../../../protocol/memory.ts';
import { ProviderError } from '../../base/errors.ts';
import type { Learner, Lesson } from '../../think/memory.ts';
import type { Conversation, Dialogue, Exchange, Known, Persona, ReplyOptions, ReplyPart } from '../../think/ports.ts';
import { factsAmong, variablesOf } from './facts.ts';
import { askedAfter, happeningFacts } from './listening/happenings.ts';
import { Listener } from './listening/listener.ts';
import type { Answer } from './listening/turn.ts';
import { MANNERS, type Manner } from './listening/turn.ts';
import { takeOver, variablesKnown } from './listening/variables.ts';
import { type AskOptions, Brain, type Situation } from './script/brain.ts';
import { Pace } from './script/pace.ts';

const FEELING_INTENSITY = 0.7;
/** What the script is asked when somebody is back, and when it notices how they feel. */
const WELCOME_BACK = 'phrase welcome back';
const NOTICE = 'phrase notice';
/** A script cannot put into words what a service answered. */
const FOUND =
  'What you asked me to look up has come, but I cannot put it into words just now. Please ask me once more.';
/** Below this a feeling is not spoken of. */
const NOTICEABLE = 0.6;
const NOTICED = ['sad', 'angry', 'fearful', 'happy'];
/** As the script's lines of notice begin; after one of these so many lines pass without another. */
const NOTICING = /^You (?:look|seem|sound)\b/;
const NOTICE_LINES = 12;
/** Of several people who spoke at once, so many are answered. */
const MAX_ANSWERED = 2;

/** What is to be answered, and to whom. */
interface Question {
  history: readonly Exchange[];
  said: readonly Exchange[];
  person: Known | undefined;
  situation: Situation;
  options: AskOptions;
}

/**
 * The embedded dialogue: a RiveScript brain per persona, and a listener in front of it where the script names a way of
 * listening. What it knows of a conversation is worked out from the
 * history, so that an answer prepared in vain leaves nothing behind [T5].
 */
export class RiveScriptDialogue implements Dialogue, Learner {
  readonly name = 'embedded';
  /** By the persona that was read: a conversation keeps the script it began with. */
  readonly #brains = new WeakMap<Persona, Brain>();
  readonly #listeners = new WeakMap<Persona, Listener>();
  readonly #now: () => Date;

  /** @param now the time that a script may tell */
  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  /** Throws a ProviderError naming the line when the persona's script is wrong. */
  prepare(persona: Persona): void {
    const { name, script } = persona;
    try {
      this.#brains.set(persona, new Brain(script, name));
      const manner = mannerOf(script);
      if (manner !== undefined) this.#listeners.set(persona, new Listener(name, manner));
    } catch (error) {
      const problem = located((error as Error).message, persona);
      throw new ProviderError('bad-input', `the script of ${name} is wrong: ${problem}`, {
        retryable: false,
        cause: error,
      });
    }
  }

  async *reply(conversation: Conversation, { signal }: ReplyOptions): AsyncGenerator<ReplyPart> {
    const { people = [], occasion } = conversation;
    if (occasion?.kind === 'found') {
      yield { type: 'text', text: FOUND };
      return;
    }
    // The script answers whatever it is told: what was said to others it is not told.
    const history = conversation.history.filter(({ overheard }) => overheard !== true);
    const brain = this.#brain(conversation.persona);
    const speakers = [...Map.groupBy(asked(conversation), ({ speaker }) => speaker).values()].slice(-MAX_ANSWERED);
    for (const said of speakers) {
      const person = people.find(({ identity }) => identity === said[0]!.speaker);
      const situation = this.#situation(person);
      const options = { earlier: variablesOf(person?.facts ?? []), signal };
      const answer = await this.#answer(conversation, { history, said, person, situation, options });
      const notice =
        conversation.occasion === undefined && person !== undefined && noticeable(person, history)
          ? await brain.answer(history, [{ ...said[0]!, text: `${NOTICE} ${situation.feeling}` }], situation, options)
          : undefined;
      signal.throwIfAborted();
      if (answer.text === '') throw new ProviderError('internal', 'the script has no answer', { retryable: false });
      // Nobody is told that they seem sad and in the same breath something cheerful.
      const noticed = notice?.emotion !== undefined && (answer.emotion ?? notice.emotion) === notice.emotion;
      const emotion = noticed ? notice.emotion : answer.emotion;
      const text = noticed ? `${notice.text} ${answer.text}` : answer.text;
      if (emotion !== undefined) yield { type: 'feeling', emotion, intensity: FEELING_INTENSITY };
      const addressed = speakers.length > 1 ? `${said[0]!.name}: ${text} ` : text;
      yield { type: 'text', text: addressed };
    }
  }

  /** A greeting, thanks, a sum, the time: what one person said, whole, and nothing else. */
  async certain(conversation: Conversation, { signal }: ReplyOptions): Promise<ReplyPart[] | undefined> {
    const { persona, people = [], occasion, turn: said } = conversation;
    const listener = this.#listeners.get(persona);
    const [first] = said;
    if (listener === undefined || occasion !== undefined || first === undefined) return undefined;
    if (said.some(({ speaker }) => speaker !== first.speaker) || !isEnglish(persona)) return undefined;
    const history = conversation.history.filter(({ overheard }) => overheard !== true);
    const isFirst = !history.some(({ role }) => role === 'user');
    if (!listener.isCertain(said, { isFirst, now: this.#now() })) return undefined;
    const person = people.find(({ identity }) => identity === first.speaker);
    const options = { earlier: variablesOf(person?.facts ?? []), signal };
    const question = { history, said, person, situation: this.#situation(person), options };
    const { text, emotion } = await this.#answer(conversation, question);
    if (text === '') return undefined;
    return [
      ...(emotion === undefined ? [] : [{ type: 'feeling' as const, emotion, intensity: FEELING_INTENSITY }]),
      { type: 'text', text },
    ];
  }

  /** What the listener makes of it, with the script behind it; the script alone, where its persona does not listen. */
  async #answer(
    { persona, occasion }: Conversation,
    { history, said, person, situation, options }: Question,
  ): Promise<Answer> {
    const brain = this.#brain(persona);
    const listener = this.#listeners.get(persona);
    if (listener === undefined) return brain.answer(history, said, situation, options);
    const now = this.#now();
    const { speaker } = said.at(-1)!;
    const pace = new Pace(options.signal);
    const facts = person?.facts ?? [];
    const known = await listener.recall(history, { speaker, facts, now }, () => pace.rest());
    const lines = history.filter(({ role }) => role === 'avatar').map(({ text }) => text);
    if (occasion === undefined) for (const { text } of said) listener.hear(known, text, lines.at(-1) ?? '', now);
    const script = await brain.variables(history, said.at(-1)!, options);
    takeOver(known, script);
    const ask = { ...options, known: variablesKnown(known, script) };
    if (occasion !== undefined)
      return askedAfter(facts, said[0]!.name, now) ?? brain.answer(history, said, situation, ask);
    return listener.answer(
      { known, lines, said, now },
      {
        answer: () => brain.answer(history, said, situation, ask),
        phrase: async name => {
          const phrase = await brain.answer(history, [{ ...said.at(-1)!, text: `phrase ${name}` }], situation, ask);
          return phrase.trigger.endsWith(`phrase ${name}`) ? phrase : undefined;
        },
      },
    );
  }

  /** What the script remembers of a person that is worth keeping. */
  async learn({ persona, person, history }: Lesson, { signal }: { signal: AbortSignal }): Promise<Fact[]> {
    const said = history.findLast(({ speaker }) => speaker === person.identity);
    if (said === undefined) return [];
    const earlier = variablesOf(person.facts);
    const script = await this.#brain(persona).variables(history, said, { earlier, signal });
    const listener = this.#listeners.get(persona);
    if (listener === undefined) return factsAmong(script, earlier, said.name);
    const pace = new Pace(signal);
    const asked = { speaker: person.identity, facts: person.facts, now: this.#now() };
    const known = await listener.recall(history, asked, () => pace.rest());
    const over = variablesKnown(known, script);
    const variables = Object.fromEntries(
      Object.entries({ ...script, ...over }).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    return [...factsAmong(variables, earlier, said.name), ...happeningFacts(known, person.facts)];
  }

  #brain(persona: Persona): Brain {
    const brain = this.#brains.get(persona);
    if (brain === undefined)
      throw new ProviderError('internal', `no script is loaded for ${persona.name}`, { retryable: false });
    return brain;
  }

  #situation(person: Known | undefined): Situation {
    const now = this.#now();
    const { label, confidence } = person?.feeling ?? { label: 'neutral', confidence: 0 };
    return {
      time: now.toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' }),
      date: now.toLocaleDateString('en-US', { weekday: 'long', month: 'long', day: 'numeric' }),
      feeling: label === 'neutral' || confidence < NOTICEABLE ? 'undefined' : label,
    };
  }
}

/** Scripts speak English. */
const isEnglish = ({ language = 'en' }: Persona) => language.split('-')[0] === 'en';

/** What the script is asked; for an occasion, words of its own for it. */
function asked({ turn, occasion, people = [] }: Conversation): readonly Exchange[] {
  if (occasion === undefined) return turn;
  const { identity } = occasion;
  const name = people.find(person => person.identity === identity)?.name ?? identity;
  return [{ role: 'user', speaker: identity, name, text: WELCOME_BACK }];
}

/** Something to speak of: seen or heard, not only said (the script hears what is said), and not spoken of just now. */
function noticeable({ feeling }: Known, history: readonly Exchange[]): boolean {
  if (feeling === undefined || feeling.confidence < NOTICEABLE || !NOTICED.includes(feeling.label)) return false;
  if (!feeling.sources.some(source => source !== 'words')) return false;
  return !history.slice(-NOTICE_LINES).some(({ role, text }) => role === 'avatar' && NOTICING.test(text));
}

/** Throws an Error where a script names a way of listening that there is not. */
function mannerOf(script: string): Manner | undefined {
  const named = /^! var listens = (.{1,40})$/m.exec(script)?.[1]?.trim();
  if (named === undefined) return undefined;
  const manner = MANNERS.find(each => each === named);
  if (manner === undefined) throw new Error(`listens = ${named}: it is one of ${MANNERS.join(', ')}`);
  return manner;
}

/** The line of a script that was put together from files is a line of one of them. */
function located(problem: string, { scriptFiles = [] }: Persona): string {
  return problem.replace(/\bline (\d+)/, (words, line: string) => {
    let left = Number(line);
    for (const { file, lines } of scriptFiles) {
      if (left <= lines) return `${file}:${left}`;
      left -= lines;
    }
    return words;
  });
}
