/** Sentences with which people agree that a voice is made of their own: each is another, for one portrait, good once. */
import { randomBytes, randomInt } from 'node:crypto';
import type { ConsentSentence } from '../../protocol/own-voice.ts';
import SENTENCES from './sentences.json' with { type: 'json' };

/** To read it, to record a minute, and to listen to it again. */
const GOOD_MS = 15 * 60_000;
/** Of a sentence; nobody who has heard another knows them. */
const WORDS = 3;
/** Sentences that wait to be read; the oldest make place [C2]. */
const MOST_WAITING = 1000;

type Language = keyof typeof SENTENCES;
const isKnown = (language: string): language is Language => Object.hasOwn(SENTENCES, language);
const FALLBACK: Language = 'en';

/** What must be heard. */
export interface Consent {
  sentence: string;
  /** Those of its words that are in no other sentence. */
  words: string;
  /** ISO 639. */
  language: string;
}

interface Waiting extends Consent {
  expiresAtMs: number;
}

export class Consents {
  readonly #nowMs: () => number;
  /** By portrait: who asks for another sentence has that one. */
  readonly #waiting = new Map<string, Waiting & { id: string }>();

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  /**
   * A sentence for a portrait.
   * @param wished the page's language
   * @param heard those that recognizers hear, the first one's first; undefined: any
   */
  ask(portrait: string, wished: string, heard: readonly string[] | undefined): ConsentSentence {
    const language = [wished, FALLBACK, ...(heard ?? [])].find(
      (each): each is Language => isKnown(each) && heard?.includes(each) !== false,
    );
    const spoken = language ?? FALLBACK;
    const { text, words } = SENTENCES[spoken];
    const chosen = drawn(words, WORDS).join(', ');
    const asked = {
      id: randomBytes(12).toString('base64url'),
      sentence: text.replace('{words}', chosen),
      words: chosen,
      language: spoken,
      expiresAtMs: this.#nowMs() + GOOD_MS,
    };
    this.#waiting.delete(portrait);
    this.#waiting.set(portrait, asked);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MOST_WAITING) this.#waiting.delete(oldest!);
    return { id: asked.id, text: asked.sentence, language: spoken, expiresAtMs: asked.expiresAtMs };
  }

  /** The sentence that was asked for so; it is good no more. Undefined where there is none, or it was too long ago. */
  take(portrait: string, id: string): Consent | undefined {
    const asked = this.#waiting.get(portrait);
    if (asked?.id !== id) return undefined;
    this.#waiting.delete(portrait);
    return asked.expiresAtMs > this.#nowMs() ? asked : undefined;
  }
}

/** So many of them, no two alike, in an order that nobody can foresee. */
function drawn(words: readonly string[], count: number): string[] {
  const left = [...words];
  return Array.from({ length: count }, () => left.splice(randomInt(left.length), 1)[0]!);
}
