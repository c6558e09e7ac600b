import { words } from '../listen/witness/completeness.ts';

/** Fewer words than these may be anybody's. */
const FEWEST = 3;
/** So many of the words, in their order, make it the avatar's own. */
const SHARE = 0.75;
/** The avatar's words are heard for so long after it has fallen silent. */
const AFTER_MS = 1000;

/**
 * Tells the avatar's own words from a person's, where they came back into a microphone in spite of everything [L2]. Who
 * repeats them after it has finished does not speak at the same time.
 */
export class OwnWords {
  /** Utterances that began while the avatar could be heard. */
  readonly #over = new Set<string>();
  #soundedMs = Number.NEGATIVE_INFINITY;

  sounded(nowMs: number): void {
    this.#soundedMs = nowMs;
  }

  began(utteranceId: string, nowMs: number): void {
    if (nowMs - this.#soundedMs < AFTER_MS) this.#over.add(utteranceId);
  }

  ended(utteranceId: string): void {
    this.#over.delete(utteranceId);
  }

  /** @param said by the avatar, lately */
  are(utteranceId: string, text: string, said: string): boolean {
    const heard = words(text);
    if (!this.#over.has(utteranceId) || heard.length < FEWEST) return false;
    return inOrder(heard, words(said)) >= SHARE * heard.length;
  }
}

/** How many of `these` are found in `those` in the same order (longest common subsequence). */
function inOrder(these: readonly string[], those: readonly string[]): number {
  let row = new Array<number>(those.length + 1).fill(0);
  for (const word of these) {
    const next = [0];
    for (const [i, other] of those.entries()) next.push(word === other ? row[i]! + 1 : Math.max(row[i + 1]!, next[i]!));
    row = next;
  }
  return row.at(-1)!;
}
