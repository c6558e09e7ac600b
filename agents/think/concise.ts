import { sentenceSegments } from '../speak/sentences.ts';
import type { Conversation, Dialogue, Persona, ReplyOptions, ReplyPart } from './ports.ts';
import { usesTools } from './toolbox.ts';

/** Of a voice at its usual speed. */
const WORDS_PER_SECOND = 2.8;

/**
 * Keeps answers within their persona's limits: a sentence that would go beyond them is not said, nor what follows
 * it. The first sentence is always said whole, and passed on while it is being written. What is said before a pause
 * ("let me look that up") does not count against what follows it.
 */
export class ConciseDialogue implements Dialogue {
  readonly name: string;
  readonly #inner: Dialogue;

  constructor(inner: Dialogue) {
    this.name = inner.name;
    this.#inner = inner;
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    const { persona } = conversation;
    let budget = new Budget(persona);
    /** The sentence that is being written, and how much of it was passed on. */
    let open = '';
    let passed = 0;
    for await (const part of this.#inner.reply(conversation, options)) {
      if (part.type === 'pause') {
        if (open.length > passed && budget.spend(open)) yield { type: 'text', text: open.slice(passed) };
        budget = new Budget(persona);
        open = '';
        passed = 0;
      }
      if (part.type !== 'text') {
        yield part;
        continue;
      }
      if (budget.exhausted) continue;
      const segments = sentenceSegments(open + part.text);
      open = segments.pop() ?? '';
      for (const sentence of segments) {
        if (!budget.spend(sentence)) {
          // Whatever is done next is still done.
          if (!usesTools(persona) && persona.handover === undefined) return;
          open = '';
          break;
        }
        if (sentence.length > passed) yield { type: 'text', text: sentence.slice(passed) };
        passed = 0;
      }
      if (budget.untouched && open.length > passed) {
        yield { type: 'text', text: open.slice(passed) };
        passed = open.length;
      }
    }
    if (open.length > passed && budget.spend(open)) yield { type: 'text', text: open.slice(passed) };
  }
}

/** How much may still be said. */
class Budget {
  #sentences = 0;
  #words = 0;
  #exhausted = false;
  readonly #maxSentences: number;
  readonly #maxWords: number;

  constructor({ limits, speed }: Persona) {
    this.#maxSentences = limits?.sentences ?? Number.POSITIVE_INFINITY;
    this.#maxWords = (limits?.answerSeconds ?? Number.POSITIVE_INFINITY) * WORDS_PER_SECOND * speed;
  }

  /** Something did not fit: nothing does any more. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  get untouched(): boolean {
    return this.#sentences === 0;
  }

  /** Takes a sentence's share; false where there is not enough left. */
  spend(sentence: string): boolean {
    const words = sentence.split(/\s+/).filter(Boolean).length;
    if (words === 0) return true;
    if (!this.untouched && (this.#sentences >= this.#maxSentences || this.#words + words > this.#maxWords)) {
      this.#exhausted = true;
      return false;
    }
    this.#sentences++;
    this.#words += words;
    return true;
  }
}
