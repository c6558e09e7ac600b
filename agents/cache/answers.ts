import { commonQuestion, personalIn } from '../think/personal.ts';
import type { Conversation, Dialogue, Persona, ReplyOptions, ReplyPart } from '../think/ports.ts';
import { cacheKey, type DiskCache } from './disk-cache.ts';
import type { CacheOutcome } from './speech.ts';

/** Changes with the layout of entries and with how questions are asked. */
const VERSION = 1;

/**
 * A dialogue that remembers its answers to questions that anybody may ask, per persona. What it was told by one person
 * is never part of an answer to another: questions and answers that are somebody's own are neither looked up nor kept.
 */
export class CachedDialogue implements Dialogue {
  readonly name: string;
  readonly #inner: Dialogue;
  readonly #cache: DiskCache;
  readonly #provider: string;
  readonly #count: (outcome: CacheOutcome) => void;
  readonly #personas = new WeakMap<Persona, string>();

  /** @param provider everything that shapes answers besides the conversation: vendor, model, limits, address */
  constructor(inner: Dialogue, cache: DiskCache, provider: string, count: (outcome: CacheOutcome) => void) {
    this.name = inner.name;
    this.#inner = inner;
    this.#cache = cache;
    this.#provider = provider;
    this.#count = count;
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    const question = commonQuestion(conversation);
    if (question === undefined) {
      this.#count('skip');
      yield* this.#inner.reply(conversation, options);
      return;
    }
    const key = cacheKey('answer', VERSION, this.#provider, this.#persona(conversation.persona), question);
    const known = read(await this.#cache.get(key));
    options.signal.throwIfAborted();
    this.#count(known === undefined ? 'miss' : 'hit');
    if (known !== undefined) {
      for (const part of known) yield part.type === 'text' ? { ...part, cached: true } : part;
      return;
    }
    const parts: ReplyPart[] = [];
    for await (const part of this.#inner.reply(conversation, options)) {
      parts.push(part);
      yield part;
    }
    const text = parts.map(part => (part.type === 'text' ? part.text : '')).join('');
    if (text.trim() === '' || personalIn(conversation)(text)) return;
    // Never, if the turn is thrown away [T5].
    void options.committed.then(() => this.#cache.put(key, Buffer.from(JSON.stringify(parts))));
  }

  #persona(persona: Persona): string {
    const known = this.#personas.get(persona) ?? cacheKey(persona);
    this.#personas.set(persona, known);
    return known;
  }
}

function read(content: Uint8Array | undefined): ReplyPart[] | undefined {
  if (content === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(content).toString()) as ReplyPart[];
  } catch {
    return undefined;
  }
}
