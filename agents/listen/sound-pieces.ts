import { LISTEN_RATE } from '../base/rates.ts';

/** Sound in pieces as a vendor takes them, a second at most; what is too short at the end is filled up with silence. */
export class SoundPieces {
  readonly #send: (pcm: Int16Array) => void;
  readonly #usual: number;
  readonly #least: number;
  #waiting: Int16Array[] = [];
  #samples = 0;

  /** Lengths are samples at 16 kHz. */
  constructor(send: (pcm: Int16Array) => void, { usual, least = 0 }: { usual: number; least?: number }) {
    this.#send = send;
    this.#usual = usual;
    this.#least = least;
  }

  push(pcm: Int16Array): void {
    this.#waiting.push(pcm);
    this.#samples += pcm.length;
    if (this.#samples >= this.#usual) this.flush();
  }

  flush(): void {
    if (this.#samples === 0) return;
    const all = new Int16Array(Math.max(this.#least, this.#samples));
    let at = 0;
    for (const piece of this.#waiting.splice(0)) {
      all.set(piece, at);
      at += piece.length;
    }
    this.#samples = 0;
    for (let from = 0; from < all.length; from += LISTEN_RATE) this.#send(all.subarray(from, from + LISTEN_RATE));
  }
}
