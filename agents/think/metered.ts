import { type Meter, metered } from '../base/meter.ts';
import type { Conversation, Dialogue, ReplyOptions, ReplyPart } from './ports.ts';

/** A dialogue whose answers are counted and timed. */
export class MeteredDialogue implements Dialogue {
  readonly name: string;
  readonly #inner: Dialogue;
  readonly #meter: Meter;

  constructor(inner: Dialogue, meter: Meter) {
    this.name = inner.name;
    this.#inner = inner;
    this.#meter = meter;
  }

  reply(conversation: Conversation, options: ReplyOptions): AsyncIterable<ReplyPart> {
    return metered(this.#meter.call(), this.#inner.reply(conversation, options), options.signal);
  }
}
