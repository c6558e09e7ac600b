import { ProviderError } from '../../listen/ports.ts';
import type { Conversation, Dialogue, Persona, ReplyOptions, ReplyPart } from '../../think/ports.ts';
import { Brain } from './brain.ts';

const FEELING_INTENSITY = 0.7;
/** Of several people who spoke at once, so many are answered. */
const MAX_ANSWERED = 2;

/**
 * The embedded dialogue: a RiveScript brain per persona. What it knows of a conversation is worked out from the
 * history, so that an answer prepared in vain leaves nothing behind [T5].
 */
export class RiveScriptDialogue implements Dialogue {
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

  async *reply({ persona, history, turn }: Conversation, { signal }: ReplyOptions): AsyncGenerator<ReplyPart> {
    const brain = this.#brains.get(persona);
    if (brain === undefined)
      throw new ProviderError('internal', `no script is loaded for ${persona.name}`, { retryable: false });
    const now = this.#now();
    const situation = {
      time: now.toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' }),
      date: now.toLocaleDateString('en-US', { weekday: 'long', month: 'long', day: 'numeric' }),
    };
    const speakers = Object.values(Object.groupBy(turn, ({ speaker }) => speaker)).slice(-MAX_ANSWERED);
    for (const said of speakers) {
      if (said === undefined) continue;
      const { text, emotion } = await brain.answer(history, said, situation);
      signal.throwIfAborted();
      if (text === '') throw new ProviderError('internal', 'the script has no answer', { retryable: false });
      if (emotion !== undefined) yield { type: 'feeling', emotion, intensity: FEELING_INTENSITY };
      const addressed = speakers.length > 1 ? `${said[0]!.name}: ${text} ` : text;
      yield { type: 'text', text: addressed };
    }
  }
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
