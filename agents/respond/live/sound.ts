import type { VisemeEvent } from '../../../protocol/timeline.ts';
import { SPEECH_RATE } from '../../base/rates.ts';
import { LOOK_AHEAD_MS, MouthEstimator } from '../../speak/estimate/mouth-estimator.ts';
import { shifted } from '../../speak/mouth.ts';
import { Resampler } from '../../speak/resample.ts';
import type { SpokenWord } from '../../speak/words.ts';
import type { SpokenSound } from '../port.ts';
import { Placing } from './placing.ts';

/** How far behind the sound that has come the mouth is known. */
const MOUTH_LATE = Math.ceil((LOOK_AHEAD_MS * SPEECH_RATE) / 1000);

/** A stretch of an item, in samples of the answer at SPEECH_RATE. */
interface Stretch {
  item: string;
  from: number;
}

/**
 * The sound of one answer as it comes, and what is given on of it: resampled, with the mouth read from the sound, and
 * with each word where it is likely to be said.
 */
export class AnswerSound {
  readonly #mouth = new MouthEstimator(SPEECH_RATE);
  readonly #placing = new Placing();
  readonly #stretches: Stretch[] = [];
  #resampler: Resampler | undefined;
  #waiting: Int16Array[] = [];
  #events: VisemeEvent[] = [];
  #made = 0;
  #given = 0;
  #ended = false;

  constructor(rate: number) {
    if (rate !== SPEECH_RATE) this.#resampler = new Resampler(rate, SPEECH_RATE);
  }

  push(item: string, pcm: Int16Array): void {
    if (this.#stretches.at(-1)?.item !== item) this.#stretches.push({ item, from: this.#made });
    this.#add(this.#resampler?.push(pcm) ?? pcm);
  }

  words(text: string): void {
    this.#placing.add(text);
  }

  /** A stretch of sound and its words are complete: where the words stand is now known better. */
  whole(): void {
    this.#placing.whole(this.#made);
  }

  /** No more comes. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#resampler !== undefined) this.#add(this.#resampler.flush());
    this.#events.push(...this.#mouth.flush());
    this.#placing.end(this.#made);
  }

  /** Samples that may be taken now. */
  get ready(): number {
    return Math.max(0, this.#made - this.#given - (this.#ended ? 0 : MOUTH_LATE));
  }

  /** The next of it, at most so many samples; undefined where none is ready. */
  take(most: number): SpokenSound | undefined {
    const count = Math.min(most, this.ready);
    if (count === 0) return undefined;
    const pcm = this.#cut(count);
    const from = this.#given;
    this.#given += count;
    const last = this.#ended && this.#given === this.#made;
    const events = this.#events.filter(({ peakSample }) => peakSample < this.#given || last);
    this.#events = this.#events.slice(events.length);
    const here = (sample: number) => Math.max(0, Math.min(count, sample - from));
    const words: SpokenWord[] = this.#placing
      .until(this.#given, last)
      .map(({ text, endSample }) => ({ text, endSample: here(endSample) }));
    return { type: 'speech', pcm, events: events.map(event => shifted(event, here)), words };
  }

  /** What was heard of each item, where only so many samples of the answer were; ms of the item's own sound. */
  heard(samples: number): { item: string; heardMs: number; whole: boolean }[] {
    return this.#stretches.map(({ item, from }, i) => {
      const to = this.#stretches[i + 1]?.from ?? this.#made;
      const heard = Math.max(0, Math.min(to, samples) - from);
      return { item, heardMs: (heard * 1000) / SPEECH_RATE, whole: samples >= to };
    });
  }

  #add(pcm: Int16Array): void {
    if (pcm.length === 0) return;
    this.#waiting.push(pcm);
    this.#made += pcm.length;
    this.#placing.hear(pcm);
    this.#events.push(...this.#mouth.push(pcm));
  }

  #cut(count: number): Int16Array {
    const out = new Int16Array(count);
    let at = 0;
    while (at < count) {
      const next = this.#waiting[0]!;
      const piece = next.subarray(0, count - at);
      out.set(piece, at);
      at += piece.length;
      if (piece.length === next.length) this.#waiting.shift();
      else this.#waiting[0] = next.subarray(piece.length);
    }
    return out;
  }
}
