import { SPEECH_RATE } from '../../base/rates.ts';
import type { SpokenWord } from '../../speak/words.ts';

/** Sound is judged in frames of this length. */
const FRAME = SPEECH_RATE / 100;
/** Mean amplitude above which somebody speaks. */
const VOICED = 250;
/** How much of a text is said in a second of voice, before this answer has told: letters, as people speak English. */
const LETTERS_PER_S = 15;
const PAUSE = /[.,;:!?…–—。、！？]["'”’)]?$/u;
/** Silence of so many frames is a pause between phrases. */
const PAUSE_FRAMES = 18;
/** At a pause the words up to the next comma or stop are taken for said, if no more than so many letters are left. */
const SNAP_LETTERS = 10;

const lengthOf = (word: string) => Math.max(1, word.replace(/[^\p{L}\p{N}]/gu, '').length + 1);

/**
 * Where the words of a voice stand that tells no times: words come ahead of their sound, and are spread over what is
 * voiced of it, in proportion to their letters; pauses belong to commas and stops. As long as only a part has come, at
 * the usual pace; once a stretch is whole, so that its last word ends where it does.
 */
export class Placing {
  #text = '';
  readonly #words: string[] = [];
  /** Voice per frame that was heard and has no word yet. */
  readonly #frames: boolean[] = [];
  /** A frame that is not whole yet. */
  #sum = 0;
  #count = 0;
  /** The frame that is looked at next. */
  #at = 0;
  #quiet = 0;
  /** Letters that were said and belong to no word yet. */
  #said = 0;
  #lettersPerFrame = LETTERS_PER_S / 100;
  #placed: SpokenWord[] = [];
  #ended = false;

  add(text: string): void {
    const parts = (this.#text + text).split(/\s+/);
    this.#text = parts.pop()!;
    this.#words.push(...parts.filter(Boolean));
  }

  hear(pcm: Int16Array): void {
    for (const sample of pcm) {
      this.#sum += Math.abs(sample);
      if (++this.#count < FRAME) continue;
      this.#frames.push(this.#sum / FRAME > VOICED);
      this.#sum = 0;
      this.#count = 0;
    }
  }

  /** The words so far end where the sound so far does. */
  whole(samples: number): void {
    if (this.#text !== '') this.#words.push(this.#text);
    this.#text = '';
    const voiced = this.#frames.slice(this.#at, Math.ceil(samples / FRAME)).filter(Boolean).length;
    const letters = this.#words.reduce((sum, word) => sum + lengthOf(word), 0) - this.#said;
    if (voiced > 0 && letters > 0) this.#lettersPerFrame = letters / voiced;
  }

  end(samples: number): void {
    if (!this.#ended) this.whole(samples);
    this.#ended = true;
  }

  /** The words that are said by then; `last`: all that are left. */
  until(sample: number, last: boolean): SpokenWord[] {
    for (const end = Math.min(this.#frames.length, Math.floor(sample / FRAME)); this.#at < end; this.#at++) {
      if (this.#frames[this.#at]!) {
        this.#quiet = 0;
        this.#said += this.#lettersPerFrame;
        this.#place(word => this.#said >= lengthOf(word));
      } else if (++this.#quiet === PAUSE_FRAMES) this.#pause();
    }
    if (last) this.#place(() => true, sample);
    return this.#placed.splice(0);
  }

  #place(isSaid: (word: string) => boolean, at = (this.#at + 1) * FRAME): void {
    while (this.#words.length > 0 && isSaid(this.#words[0]!)) {
      const text = this.#words.shift()!;
      this.#said = Math.max(0, this.#said - lengthOf(text));
      this.#placed.push({ text, endSample: at });
    }
    // Words that are late in coming are not all said at once when they are there.
    if (this.#words.length === 0) this.#said = Math.min(this.#said, 2);
  }

  #pause(): void {
    const stop = this.#words.findIndex(word => PAUSE.test(word));
    if (stop < 0) return;
    const left = this.#words.slice(0, stop + 1).reduce((sum, word) => sum + lengthOf(word), 0) - this.#said;
    if (left > SNAP_LETTERS) return;
    const endSample = (this.#at + 1 - PAUSE_FRAMES) * FRAME;
    for (const text of this.#words.splice(0, stop + 1)) this.#placed.push({ text, endSample });
    this.#said = 0;
  }
}
