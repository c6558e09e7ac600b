import { InnerText } from './inner-text.ts';
import type { Conversation, Dialogue, ReplyOptions, ReplyPart } from './ports.ts';

/**
 * Leaves out of a model's answers what it writes for itself: thoughts, calls of tools as text, marks of its format, its
 * own name before its words, stage directions. Where a model is seen to end a thought that it never began, its next
 * answer waits for that end, and so on as long as there is one.
 */
export class InnerVoiceFilter implements Dialogue {
  readonly name: string;
  readonly #inner: Dialogue;
  #thinksFirst = false;

  constructor(inner: Dialogue) {
    this.name = inner.name;
    this.#inner = inner;
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    const { persona, turn, people = [] } = conversation;
    const others = [...turn, ...people].map(({ name }) => name).filter(name => name !== persona.name);
    let text = new InnerText([persona.name], others, this.#thinksFirst);
    let isSilent = true;
    for await (const part of this.#inner.reply(conversation, options)) {
      if (part.type === 'text') {
        const said = text.push(part.text);
        isSilent &&= said.trim() === '';
        if (said !== '') yield { ...part, text: said };
        continue;
      }
      if (part.type === 'pause') {
        const said = text.end();
        if (said !== '') yield { type: 'text', text: said };
        text = new InnerText([persona.name], others, this.#thinksFirst);
      }
      yield part;
    }
    const said = text.end();
    this.#thinksFirst = text.endedThought;
    if (said !== '') yield { type: 'text', text: said };
    // Who only waved has answered, though without words.
    else if (isSilent && text.acted) yield { type: 'text', text: '…' };
  }
}
