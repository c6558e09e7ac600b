import { type MouthMark, mouthOfMarks } from './mouth-marks.ts';
import type { Speech, TimedText } from './ports.ts';

/**
 * A sentence that arrives in pieces cut anywhere, each with characters and when they are said, and with what the mouth
 * does, in samples from the sentence's start. It is given on in pieces that end between two words, with their own
 * characters.
 */
export class Growing {
  readonly #text: string;
  readonly #rate: number;
  #pcm: Int16Array[] = [];
  #waiting = 0;
  #characters: TimedText[] = [];
  #mouth: MouthMark[] = [];
  /** Characters of the sentence that were given on. */
  #said = 0;
  taken = 0;

  constructor(text: string, rate: number) {
    this.#text = text;
    this.#rate = rate;
  }

  add(pcm: Int16Array, characters: readonly TimedText[], mouth: readonly MouthMark[] = []): void {
    if (pcm.length > 0) this.#pcm.push(pcm);
    this.#waiting += pcm.length;
    this.#characters.push(...characters);
    this.#mouth.push(...mouth);
  }

  /** The words that are there whole, with their sound; undefined while there are none. */
  take(): Speech | undefined {
    const last = this.#characters.findLastIndex(
      ({ text, endSample }, i) => i > 0 && /^\s+$/.test(text) && endSample <= this.taken + this.#waiting,
    );
    if (last < 1) return undefined;
    const count = this.#characters[last]!.endSample - this.taken;
    return count > 0 ? this.#speech(count, last + 1) : undefined;
  }

  /** All that is left. */
  rest(): Speech | undefined {
    return this.#waiting === 0 ? undefined : this.#speech(this.#waiting, this.#characters.length, true);
  }

  #speech(count: number, characters: number, all = false): Speech {
    const from = this.taken;
    const own = this.#characters.splice(0, characters).map(({ text, startSample, endSample }) => ({
      text,
      startSample: Math.max(0, Math.min(count, startSample - from)),
      endSample: Math.max(0, Math.min(count, endSample - from)),
    }));
    const written = own.reduce((sum, { text }) => sum + text.length, 0);
    const text = all ? this.#text.slice(this.#said) : this.#text.slice(this.#said, this.#said + written);
    this.#said += written;
    this.taken += count;
    const { pcm, rest } = split(this.#pcm, count);
    this.#pcm = rest;
    this.#waiting -= count;
    const mouth = mouthOfMarks(this.#marks(from, this.taken), pcm, this.#rate);
    return {
      text: text.trim(),
      pcm,
      sampleRate: this.#rate,
      ...(own.length > 0 && { characters: own }),
      ...(mouth.length > 0 && { mouth }),
    };
  }

  /** Those of a piece, from its start; a shape that goes on in the next piece is there again. */
  #marks(from: number, to: number): MouthMark[] {
    const own = this.#mouth.filter(({ sample }) => sample < to);
    this.#mouth = [...own.slice(-1), ...this.#mouth.slice(own.length)];
    return own.map(({ phone, sample }) => ({ phone, sample: Math.max(0, sample - from) }));
  }
}

function split(pieces: readonly Int16Array[], count: number): { pcm: Int16Array; rest: Int16Array[] } {
  const pcm = new Int16Array(count);
  const rest: Int16Array[] = [];
  let at = 0;
  for (const piece of pieces) {
    const own = piece.subarray(0, count - at);
    pcm.set(own, at);
    at += own.length;
    if (own.length < piece.length) rest.push(piece.subarray(own.length));
  }
  return { pcm, rest };
}
