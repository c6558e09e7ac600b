import { type InferenceSession, Tensor } from 'onnxruntime-node';

/** Its letters and phones by number, from 1 on; 0 is none. */
export interface Spelling {
  in: readonly string[];
  out: readonly string[];
  /** Letters that it reads. */
  maxlen: number;
}

/** Words that were read lately; a name comes again and again. */
const REMEMBERED = 2000;

/** Reads words that are in no list, letter by letter, by a small network. */
export class UnknownWords {
  readonly #session: InferenceSession;
  readonly #spelling: Spelling;
  readonly #letters: ReadonlyMap<string, number>;
  readonly #known = new Map<string, string>();

  constructor(session: InferenceSession, spelling: Spelling) {
    this.#session = session;
    this.#spelling = spelling;
    this.#letters = new Map(spelling.in.map((letter, i) => [letter, i + 1]));
  }

  known(word: string): string | undefined {
    return this.#known.get(word);
  }

  async read(words: Iterable<string>): Promise<void> {
    if (this.#known.size > REMEMBERED) this.#known.clear();
    for (const word of words) this.#known.set(word, await this.#phones(word));
  }

  async #phones(word: string): Promise<string> {
    const letters = [...word].flatMap(letter => this.#letters.get(letter) ?? []).slice(0, this.#spelling.maxlen);
    if (letters.length === 0) return '';
    const chars = new Tensor('int64', BigInt64Array.from(letters, BigInt), [1, letters.length]);
    const { ids } = await this.#session.run({ chars });
    // Several slots a letter; the same phone in a row is one, and none divides (connectionist temporal classification).
    return Array.from(ids!.data as BigInt64Array, Number)
      .filter((id, i, all) => id !== 0 && id !== all[i - 1])
      .map(id => this.#spelling.out[id - 1] ?? '')
      .join('');
  }
}
