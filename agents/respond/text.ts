import { Cancelled } from '../base/cancellation.ts';
import { Channel } from '../base/channel.ts';
import { mentions, personalIn } from '../think/personal.ts';
import type { Conversation, Dialogue, ReplyPart } from '../think/ports.ts';
import type { Responder, ResponderCapabilities, RespondOptions, Spoken } from './port.ts';
import { type ReplyDeps, speakReply } from './reply.ts';

export interface TextResponderDeps extends ReplyDeps {
  dialogue: Dialogue;
}

/** Thinks in words, then speaks them: a dialogue and a voice. What was heard it is told with each conversation. */
export class TextResponder implements Responder {
  readonly name: string;
  readonly capabilities: ResponderCapabilities = { ears: false, speculates: true, cuts: 'exact' };
  readonly #deps: TextResponderDeps;

  constructor(deps: TextResponderDeps) {
    this.name = deps.dialogue.name;
    this.#deps = deps;
  }

  respond(conversation: Conversation, options: RespondOptions): AsyncIterable<Spoken> {
    const { dialogue } = this.#deps;
    const { committed } = options;
    const parts = (signal: AbortSignal) => dialogue.reply(conversation, { signal, committed });
    return this.#spoken(parts, personalIn(conversation), options);
  }

  say(text: string, names: readonly string[], options: RespondOptions): AsyncIterable<Spoken> {
    return this.#spoken(() => fixed(text), mentions(names), options);
  }

  async *#spoken(
    parts: (signal: AbortSignal) => AsyncIterable<ReplyPart>,
    isPersonal: (sentence: string) => boolean,
    options: RespondOptions,
  ): AsyncGenerator<Spoken, void, undefined> {
    const made = new Channel<Spoken>();
    const unread = new AbortController();
    const signal = AbortSignal.any([options.signal, unread.signal]);
    const out = (spoken: Spoken) => made.push(spoken);
    yield { type: 'mark', step: 'asked', atMs: this.#deps.clock.nowMs() };
    speakReply(parts(signal), { ...options, signal, isPersonal, out }, this.#deps).then(
      () => made.end(),
      error => made.fail(error),
    );
    try {
      yield* made;
    } finally {
      unread.abort(new Cancelled('nobody listens any more'));
    }
  }
}

async function* fixed(text: string): AsyncGenerator<ReplyPart> {
  yield { type: 'text', text };
}
