import type { Clock } from '../base/clock.ts';
import type { Conversation, Dialogue, Persona, ReplyOptions, ReplyPart } from './ports.ts';
import { usesTools } from './toolbox.ts';
import { WAITING_WORDS } from './waiting-words.ts';

export interface WaitingOptions {
  clock: Clock;
  /** From when a tool was asked, in a turn that is certain, until something is said; and once more. */
  waitingMs: number;
  stillWaitingMs: number;
}

/**
 * Has the avatar say, in the persona's words, that a tool takes long, and look it up visibly. Once where nothing comes
 * for a while, unless the model has said so itself, and once more where it takes very long.
 */
export class WaitingDialogue implements Dialogue {
  readonly name: string;
  readonly #inner: Dialogue;
  readonly #options: WaitingOptions;

  constructor(inner: Dialogue, options: WaitingOptions) {
    this.name = inner.name;
    this.#inner = inner;
    this.#options = options;
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    if (!usesTools(conversation.persona)) {
      yield* this.#inner.reply(conversation, options);
      return;
    }
    const wait = new Wait(this.#options, options.committed);
    const parts = this.#inner.reply(conversation, { ...options, asked: () => wait.begin() })[Symbol.asyncIterator]();
    const words = wordsOf(conversation);
    let finished = false;
    try {
      let next = parts.next();
      next.catch(() => {});
      while (true) {
        const part = await Promise.race([next, wait.over]);
        if (part === undefined) {
          yield { type: 'looking', on: true };
          const remark = wait.remark(words);
          if (remark !== undefined) yield* [{ type: 'text', text: remark }, { type: 'pause' }] as const;
          continue;
        }
        if (part.done === true) {
          finished = true;
          return;
        }
        if (part.value.type === 'text' && part.value.text.trim() !== '' && wait.said())
          yield { type: 'looking', on: false };
        yield part.value;
        next = parts.next();
        next.catch(() => {});
      }
    } finally {
      wait.end();
      if (!finished) void Promise.resolve(parts.return?.()).catch(() => {});
    }
  }
}

/** How long nothing has come since a tool was asked. */
class Wait {
  readonly #options: WaitingOptions;
  readonly #committed: Promise<void>;
  #over = Promise.withResolvers<undefined>();
  #cancelTimer = () => {};
  #waits = false;
  #ended = false;
  /** The model has said something before it asked. */
  #announced = false;
  #remarks = 0;
  /** It is shown that something is looked up. */
  #shown = false;

  constructor(options: WaitingOptions, committed: Promise<void>) {
    this.#options = options;
    this.#committed = committed;
  }

  /** Resolves when the next remark is due. */
  get over(): Promise<undefined> {
    return this.#over.promise;
  }

  /** A tool was asked. [T5] Time runs from when the turn is certain: what was prepared in secret is not late. */
  begin(): void {
    if (this.#waits || this.#ended) return;
    this.#waits = true;
    void this.#committed.then(() => {
      if (this.#waits) this.#arm(this.#options.waitingMs);
    });
  }

  /** The model goes on. True where it was shown that something is looked up. */
  said(): boolean {
    const shown = this.#shown;
    if (!this.#waits) this.#announced = true;
    this.#waits = false;
    this.#shown = false;
    this.#cancelTimer();
    return shown;
  }

  /** What is said now that it takes so long; undefined: nothing. */
  remark({ waiting, stillWaiting, turn }: Words): string | undefined {
    const { waitingMs, stillWaitingMs } = this.#options;
    const isFirst = !this.#shown;
    this.#shown = true;
    this.#over = Promise.withResolvers();
    if (isFirst) this.#arm(Math.max(0, stillWaitingMs - waitingMs));
    // In one turn each is said once, whatever tools there are.
    const list = isFirst ? waiting : stillWaiting;
    if (this.#remarks > (isFirst ? 0 : 1) || (isFirst && this.#announced)) return undefined;
    this.#remarks = isFirst ? 1 : 2;
    return list[turn % list.length];
  }

  end(): void {
    this.#ended = true;
    this.#waits = false;
    this.#cancelTimer();
  }

  #arm(ms: number): void {
    this.#cancelTimer = this.#options.clock.after(ms, () => this.#over.resolve(undefined));
  }
}

interface Words {
  waiting: readonly string[];
  stillWaiting: readonly string[];
  /** Counts on with the conversation, so that not the same is said each time. */
  turn: number;
}

const wordsOf = ({ persona, history }: Conversation): Words => ({
  ...(WAITING_WORDS[languageOf(persona)] ?? WAITING_WORDS.en!),
  ...(persona.waiting !== undefined && { waiting: persona.waiting }),
  ...(persona.stillWaiting !== undefined && { stillWaiting: persona.stillWaiting }),
  turn: history.length,
});

const languageOf = ({ language = 'en' }: Persona): string => language.split('-', 1)[0]!;
