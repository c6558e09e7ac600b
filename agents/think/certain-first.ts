import type { Conversation, Dialogue, ReplyOptions, ReplyPart } from './ports.ts';

/** A dialogue that knows some answers for certain. */
export type Certain = Pick<Dialogue, 'certain'>;

/** Asks for what is known for certain (a greeting, a sum, the time) before it asks who thinks longer. */
export class CertainFirst implements Dialogue {
  readonly name: string;
  readonly #inner: Dialogue;
  readonly #certain: Certain;

  constructor(inner: Dialogue, certain: Certain) {
    this.name = inner.name;
    this.#inner = inner;
    this.#certain = certain;
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    const known = await this.#known(conversation, options);
    if (known === undefined) yield* this.#inner.reply(conversation, options);
    else yield* known;
  }

  /** A failure is told by the answer that comes instead. */
  async #known(conversation: Conversation, options: ReplyOptions): Promise<ReplyPart[] | undefined> {
    try {
      return await this.#certain.certain?.(conversation, options);
    } catch {
      options.signal.throwIfAborted();
      return undefined;
    }
  }
}
