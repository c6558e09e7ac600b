import { ProviderError } from '../../agents/base/errors.ts';
import type { OpenMinds } from '../../agents/talk/minds.ts';
import { Talk, type Told } from '../../agents/talk/talk.ts';
import type { Persona } from '../../agents/think/ports.ts';
import { type Call, CallError, type CallerLine, type Exchange, written } from './port.ts';

/** For an answer, a model's too. */
const ANSWER_MS = 120_000;

/** A call that is typed and read: nothing is heard, and nothing waits. */
export class TypedCall implements Call {
  readonly how = 'typed';
  readonly #talk: Talk;
  readonly #signal: AbortSignal;
  #failure: string | undefined;

  constructor(minds: OpenMinds, options: { persona: Persona; callerName: string; signal: AbortSignal }) {
    const { persona, callerName: name, signal } = options;
    this.#signal = signal;
    this.#talk = new Talk(minds, {
      persona,
      name,
      report: (what, error) => {
        // Not its message: endpoints repeat there what was said [P1].
        this.#failure = `${what}: ${error instanceof ProviderError ? error.category : error}`;
      },
    });
  }

  async greeted(): Promise<Exchange> {
    return { answer: answerIn(await this.#inTime(this.#talk.greeted())) };
  }

  async say({ text }: CallerLine): Promise<Exchange> {
    const line = written(text);
    const answer = answerIn(await this.#inTime(this.#talk.say(line)));
    const { firstAnswerMs } = this.#talk;
    return { line, answer, ...(firstAnswerMs !== undefined && { firstAnswerMs }) };
  }

  close(): Promise<void> {
    return this.#talk.close();
  }

  async #inTime(told: Promise<Told[]>): Promise<Told[]> {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(ANSWER_MS)]);
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const end = () =>
      reject(this.#signal.aborted ? this.#signal.reason : new CallError(`no answer within ${ANSWER_MS / 1000} s`));
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    const lines = await Promise.race([told, ended]).finally(() => signal.removeEventListener('abort', end));
    const failure = this.#failure;
    this.#failure = undefined;
    // What is said then is an apology, which no rule was written for.
    if (failure !== undefined) throw new CallError(failure);
    return lines;
  }
}

const answerIn = (told: readonly Told[]) =>
  told
    .filter(({ entry }) => entry.role === 'avatar')
    .map(({ entry, persona, feeling }) => ({ persona, text: entry.text, ...(feeling !== undefined && { feeling }) }));
