import type { Source } from '../../protocol/conversation.ts';
import { unlessAborted } from '../base/cancellation.ts';
import type { Conversation, Dialogue, Persona, ReplyOptions, ReplyPart } from '../think/ports.ts';
import type { Knowledge } from './knowledge.ts';
import type { Found } from './library.ts';

/** Looking something up takes no longer; else it is done without. */
const LOOK_MS = 300;
/** A passage with less of the question in it is about something else. */
const RELATED = 0.35;
/** One with so much of it answers it: a script has nothing better to say. */
const ANSWERS = 0.6;
/** What a short question leaves out was said just before. */
const SHORT_WORDS = 5;
const LONGEST_QUOTE = 260;

const ASKS =
  /\?\s*$|^(?:(?:and|so|well|okay|but|hey|please|\w+,)\s+)*(?:what|who|where|when|which|why|how|is|are|can|could|do|does|did|should|would|will|may|tell me|explain|describe)\b/i;

/**
 * Looks up in a persona's documents what people ask: a model is given the passages, a script's place is taken by the
 * sentence that answers.
 */
export class InformedDialogue implements Dialogue {
  readonly name: string;
  readonly #inner: Dialogue;
  readonly #knowledge: Knowledge;
  readonly #scripted: boolean;

  /** @param scripted the inner dialogue can do nothing with passages */
  constructor(inner: Dialogue, knowledge: Knowledge, scripted: boolean) {
    this.name = inner.name;
    this.#inner = inner;
    this.#knowledge = knowledge;
    this.#scripted = scripted;
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    const { persona } = conversation;
    // What was found by its meaning is near enough.
    const related = (await this.#look(conversation, options)).filter(
      ({ covers, near }) => covers >= RELATED || near !== undefined,
    );
    const [best] = related;
    if (best === undefined) yield* this.#inner.reply(conversation, options);
    else if (!this.#scripted) {
      const sources = [...new Map(related.map(({ source }) => [source.file, linked(source, persona)])).values()];
      let told = false;
      for await (const part of this.#inner.reply({ ...conversation, passages: related }, options)) {
        // Of an answer that fails before its first word nothing is left.
        if (part.type === 'text' && !told) yield { type: 'sources', sources };
        told ||= part.type === 'text';
        yield part;
      }
    } else if (best.covers >= ANSWERS && asks(conversation)) {
      yield { type: 'sources', sources: [linked(best.source, persona)] };
      yield { type: 'text', text: quoted(best) };
    } else yield* this.#inner.reply(conversation, options);
  }

  async #look({ persona, turn, history }: Conversation, { signal }: ReplyOptions): Promise<Found[]> {
    const { knowledge } = persona;
    if (knowledge === undefined || turn.length === 0) return [];
    const said = turn.map(({ text }) => text).join(' ');
    const before = history.findLast(({ role }) => role === 'user')?.text ?? '';
    const question = said.split(/\s+/).length <= SHORT_WORDS ? `${said} ${before}` : said;
    try {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]);
      return await unlessAborted(this.#knowledge.find(knowledge.folder, question, { signal: bounded }), bounded);
    } catch {
      signal.throwIfAborted();
      // It is said without having been looked up.
      return [];
    }
  }
}

/** A source with its address, where people find the documents somewhere. */
function linked(source: Source, { knowledge }: Persona): Source {
  const base = knowledge?.url;
  if (base === undefined) return source;
  return { ...source, url: new URL(encodeURI(source.file), base.endsWith('/') ? base : `${base}/`).href };
}

const asks = ({ turn }: Conversation): boolean => turn.some(({ text }) => ASKS.test(text.trim()));

function quoted({ quote, source }: Found): string {
  const sentence = quote.length > LONGEST_QUOTE ? `${quote.slice(0, LONGEST_QUOTE).replace(/\s+\S*$/, '')} …` : quote;
  return `In ${source.title} it says: ${/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`}`;
}
