import { ProviderError } from '../listen/ports.ts';
import type { Conversation, Dialogue, ReplyOptions, ReplyPart } from './ports.ts';

/**
 * Asks the first dialogue; where it fails before it has said anything, the second answers. Words that were passed
 * on cannot be taken back, so a later failure ends the answer where it is; but words before a pause ("let me look") are
 * no answer yet. What tools did for the first is done, and nothing of it is done again.
 */
export class FallbackDialogue implements Dialogue {
  readonly name: string;
  readonly #first: Dialogue;
  readonly #second: Dialogue;
  readonly #onFailure: (error: ProviderError, fellBack: boolean) => void;

  constructor(first: Dialogue, second: Dialogue, onFailure: (error: ProviderError, fellBack: boolean) => void) {
    this.name = `${first.name}, else ${second.name}`;
    this.#first = first;
    this.#second = second;
    this.#onFailure = onFailure;
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    let said = false;
    try {
      for await (const part of this.#first.reply(conversation, options)) {
        if (part.type === 'pause') said = false;
        else said ||= part.type === 'text';
        yield part;
      }
      if (said) return;
      throw new ProviderError('internal', 'the answer was empty', { retryable: true });
    } catch (error) {
      options.signal.throwIfAborted();
      const failure =
        error instanceof ProviderError
          ? error
          : new ProviderError('internal', String(error), { retryable: false, cause: error });
      this.#onFailure(failure, !said);
      if (said) return;
    }
    yield* this.#second.reply(conversation, options);
  }
}
