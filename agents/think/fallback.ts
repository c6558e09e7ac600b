import type { Clock } from '../base/clock.ts';
import { ProviderError } from '../base/errors.ts';
import type { Conversation, Dialogue, ReplyOptions, ReplyPart } from './ports.ts';

/** After a failure the first is not asked for so long, twice as long each time in a row, up to the most. */
const REST_MS = 2000;
const REST_MOST_MS = 60_000;

/**
 * Asks the first dialogue; where it fails before it has said anything, the second answers. Words that were passed
 * on cannot be taken back, so a later failure ends the answer where it is; but words before a pause ("let me look") are
 * no answer yet. What tools did for the first is done, and nothing of it is done again. One that fails is left alone for
 * a while, so that not every answer has to wait for it to fail again.
 */
export class FallbackDialogue implements Dialogue {
  readonly name: string;
  readonly #first: Dialogue;
  readonly #second: Dialogue;
  readonly #onFailure: (error: ProviderError, fellBack: boolean) => void;
  readonly #clock: Clock;
  #restMs = 0;
  #restUntilMs = Number.NEGATIVE_INFINITY;

  constructor(
    first: Dialogue,
    second: Dialogue,
    onFailure: (error: ProviderError, fellBack: boolean) => void,
    clock: Clock,
  ) {
    this.#clock = clock;
    this.name = `${first.name}, else ${second.name}`;
    this.#first = first;
    this.#second = second;
    this.#onFailure = onFailure;
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    if (this.#clock.nowMs() < this.#restUntilMs) {
      yield* this.#second.reply(conversation, options);
      return;
    }
    let said = false;
    try {
      for await (const part of this.#first.reply(conversation, options)) {
        if (part.type === 'pause') said = false;
        else said ||= part.type === 'text';
        yield part;
      }
      if (said) {
        this.#restMs = 0;
        return;
      }
      throw new ProviderError('internal', 'the answer was empty', { retryable: true });
    } catch (error) {
      options.signal.throwIfAborted();
      const failure =
        error instanceof ProviderError
          ? error
          : new ProviderError('internal', String(error), { retryable: false, cause: error });
      // What one question was refused for says nothing of the next.
      if (failure.category !== 'bad-input') this.#rest();
      this.#onFailure(failure, !said);
      if (said) return;
    }
    yield* this.#second.reply(conversation, options);
  }

  #rest(): void {
    this.#restMs = Math.min(REST_MOST_MS, Math.max(REST_MS, this.#restMs * 2));
    this.#restUntilMs = this.#clock.nowMs() + this.#restMs;
  }
}
