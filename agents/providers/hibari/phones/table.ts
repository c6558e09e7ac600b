import fs from 'node:fs';

const TAB = 0x09;
const NEWLINE = 0x0a;

/**
 * Lines of key, tab and value, sorted by the bytes of their keys, searched where they lie: a hundred thousand words
 * cost their bytes, and nothing to load.
 */
export class Table {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  static read(file: string): Table {
    return new Table(fs.readFileSync(file));
  }

  has(key: string): boolean {
    return this.#find(key) !== undefined;
  }

  get(key: string): string | undefined {
    const from = this.#find(key);
    return from === undefined ? undefined : this.#bytes.toString('utf8', from, this.#lineEnd(from));
  }

  /** Where the key's value begins. */
  #find(key: string): number | undefined {
    const wanted = Buffer.from(key);
    let low = 0;
    let high = this.#bytes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = middle === 0 ? 0 : this.#bytes.lastIndexOf(NEWLINE, middle - 1) + 1;
      const tab = this.#bytes.indexOf(TAB, start);
      if (tab < 0) return undefined;
      const order = this.#bytes.compare(wanted, 0, wanted.length, start, tab);
      if (order === 0) return tab + 1;
      if (order < 0) low = this.#lineEnd(tab) + 1;
      else high = start;
    }
    return undefined;
  }

  #lineEnd(at: number): number {
    const end = this.#bytes.indexOf(NEWLINE, at);
    return end < 0 ? this.#bytes.length : end;
  }
}
