import type { Clock } from '../base/clock.ts';
import { Cooldown } from '../base/cooldown.ts';
import { ProviderError, type ProviderErrorCategory } from '../base/errors.ts';
import type { Conversation, Dialogue, ReplyOptions, ReplyPart } from './ports.ts';

/** Failures that say something of the endpoint rather than of the question; the latter are nobody else's concern. */
const ENDPOINTS = new Set<ProviderErrorCategory>(['network', 'quota', 'auth', 'model']);
/** These are the same for everybody. */
const EVERYBODYS = new Set<ProviderErrorCategory>(['auth', 'model']);

/**
 * Asks the first dialogue; where it fails before it has said anything, the second answers. Words that were passed
 * on cannot be taken back, so a later failure ends the answer where it is; but words before a pause ("let me look") are
 * no answer yet. What tools did for the first is done, and nothing of it is done again. One that fails is left alone for
 * a while, so that not every answer has to wait for it to fail again: by the conversation that it failed in, and by all
 * once it has failed in two of them with no answer in between.
 */
export class FallbackDialogue implements Dialogue {
  readonly name: string;
  readonly #first: Dialogue;
  readonly #second: Dialogue;
  readonly #onFailure: (error: ProviderError, fellBack: boolean) => void;
  readonly #clock: Clock;
  readonly #everybodys: Cooldown;
  readonly #rests = new WeakMap<object, Cooldown>();
  /** Where it failed last, since it has answered anybody. */
  #failedIn: object | undefined;

  constructor(
    first: Dialogue,
    second: Dialogue,
    onFailure: (error: ProviderError, fellBack: boolean) => void,
    clock: Clock,
  ) {
    this.#clock = clock;
    this.#everybodys = new Cooldown(clock);
    this.name = `${first.name}, else ${second.name}`;
    this.#first = first;
    this.#second = second;
    this.#onFailure = onFailure;
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    const who = conversation.deeds ?? conversation.persona;
    const rest = this.#rests.get(who) ?? new Cooldown(this.#clock);
    this.#rests.set(who, rest);
    if (rest.active || this.#everybodys.active) {
      yield* this.#second.reply(conversation, options);
      return;
    }
    let said = false;
    try {
      for await (const part of this.#first.reply(conversation, options)) {
        if (part.type === 'pause') said = false;
        else said ||= part.type === 'text' && part.text.trim() !== '';
        yield part;
      }
      if (said) {
        rest.succeeded();
        this.#everybodys.succeeded();
        this.#failedIn = undefined;
        return;
      }
      throw new ProviderError('internal', 'the answer was empty', { retryable: true });
    } catch (error) {
      options.signal.throwIfAborted();
      const failure =
        error instanceof ProviderError
          ? error
          : new ProviderError('internal', String(error), { retryable: false, cause: error });
      if (ENDPOINTS.has(failure.category)) this.#failed(who, rest, failure);
      this.#onFailure(failure, !said);
      if (said) return;
    }
    yield* this.#second.reply(conversation, options);
  }

  #failed(who: object, rest: Cooldown, { category }: ProviderError): void {
    rest.failed();
    const elsewhere = this.#failedIn !== undefined && this.#failedIn !== who;
    if (elsewhere || EVERYBODYS.has(category)) this.#everybodys.failed();
    this.#failedIn = who;
  }
}
