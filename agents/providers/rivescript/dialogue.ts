import type { Fact } from '../../../protocol/memory.ts';
import { ProviderError } from '../../base/errors.ts';
import type { Learner, Lesson } from '../../think/memory.ts';
import type { Conversation, Dialogue, Exchange, Known, Persona, ReplyOptions, ReplyPart } from '../../think/ports.ts';
import { Brain, type Situation } from './brain.ts';
import { factsAmong, variablesOf } from './facts.ts';

const FEELING_INTENSITY = 0.7;
/** What the script is asked when somebody is back, and when it notices how they feel. */
const WELCOME_BACK = 'phrase welcome back';
const NOTICE = 'phrase notice';
/** Below this a feeling is not spoken of. */
const NOTICEABLE = 0.6;
const NOTICED = ['sad', 'angry', 'fearful', 'happy'];
/** As the script's lines of notice begin; after one of these so many lines pass without another. */
const NOTICING = /^You (?:look|seem|sound)\b/;
const NOTICE_LINES = 12;
/** Of several people who spoke at once, so many are answered. */
const MAX_ANSWERED = 2;

/**
 * The embedded dialogue: a RiveScript brain per persona. What it knows of a conversation is worked out from the
 * history, so that an answer prepared in vain leaves nothing behind [T5].
 */
export class RiveScriptDialogue implements Dialogue, Learner {
  readonly name = 'embedded';
  /** By the persona that was read: a conversation keeps the script it began with. */
  readonly #brains = new WeakMap<Persona, Brain>();
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
    } catch (error) {
      const problem = located((error as Error).message, persona);
      throw new ProviderError('bad-input', `the script of ${name} is wrong: ${problem}`, {
        retryable: false,
        cause: error,
      });
    }
  }

  async *reply(conversation: Conversation, { signal }: ReplyOptions): AsyncGenerator<ReplyPart> {
    const { people = [] } = conversation;
    // The script answers whatever it is told: what was said to others it is not told.
    const history = conversation.history.filter(({ overheard }) => overheard !== true);
    const brain = this.#brain(conversation.persona);
    const speakers = [...Map.groupBy(asked(conversation), ({ speaker }) => speaker).values()].slice(-MAX_ANSWERED);
    for (const said of speakers) {
      const person = people.find(({ identity }) => identity === said[0]!.speaker);
      const situation = this.#situation(person);
      const options = { earlier: variablesOf(person?.facts ?? []), signal };
      const answer = await brain.answer(history, said, situation, options);
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

  /** What the script remembers of a person that is worth keeping. */
  async learn({ persona, person, history }: Lesson, { signal }: { signal: AbortSignal }): Promise<Fact[]> {
    const said = history.findLast(({ speaker }) => speaker === person.identity);
    if (said === undefined) return [];
    const earlier = variablesOf(person.facts);
    return factsAmong(await this.#brain(persona).variables(history, said, { earlier, signal }), earlier, said.name);
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
