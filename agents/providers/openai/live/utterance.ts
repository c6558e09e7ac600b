import type { LinePiece } from '../../../respond/live/port.ts';

/** Mean amplitude above which it speaks. */
const VOICED = 200;
/** Sound is judged in frames of so many seconds. */
const FRAME_S = 0.02;
/** So much silence, and it may be something new that it says next, s. */
const QUIET_S = 0.4;
/** So much silence after its voice, and it has said what it had to say, s. */
const OVER_S = 0.9;

/** Whether somebody, or something, speaks in this sound. */
export function isVoiced(pcm: Int16Array): boolean {
  let sum = 0;
  for (const sample of pcm) sum += Math.abs(sample);
  return pcm.length > 0 && sum / pcm.length > VOICED;
}

/** A word with the time at which it begins, ms on the vendor's clock. */
interface Timed {
  text: string;
  startMs: number;
}

/**
 * What a model says in one go, out of a sound that never ends: silence before it is left out, silence within it stays,
 * and so much after it that it is over ends it.
 */
export class Utterance {
  readonly item: string;
  readonly #rate: number;
  readonly #words: Timed[] = [];
  /** Silence that is part of it only if its voice goes on. */
  #silence: Int16Array[] = [];
  #silentSamples = 0;
  #begun = false;
  /** Samples of it so far, without the silence that may be its end. */
  samples = 0;

  /** When it began, ms on our clock. */
  readonly beganMs: number;
  #ended = false;

  constructor(item: string, rate: number, beganMs: number) {
    this.item = item;
    this.#rate = rate;
    this.beganMs = beganMs;
  }

  /** What is part of it now. */
  hear(pcm: Int16Array): LinePiece[] {
    const pieces: LinePiece[] = [];
    const frame = FRAME_S * this.#rate;
    for (let from = 0; from < pcm.length; from += frame) {
      const part = pcm.subarray(from, from + frame);
      if (isVoiced(part)) {
        this.#begun = true;
        for (const each of [...this.#silence.splice(0), part]) pieces.push(this.#sound(each));
        this.#silentSamples = 0;
      } else if (this.#begun) {
        this.#silence.push(part);
        this.#silentSamples += part.length;
      }
    }
    return pieces;
  }

  say(text: string, startMs: number): LinePiece {
    this.#words.push({ text, startMs });
    return { type: 'words', text };
  }

  get begun(): boolean {
    return this.#begun;
  }

  /** It speaks, or has only just paused. */
  get speaking(): boolean {
    return this.#begun && !this.#ended && this.#silentSamples < QUIET_S * this.#rate;
  }

  get over(): boolean {
    return this.#ended || this.#silentSamples >= OVER_S * this.#rate;
  }

  /** Nothing more is part of it. */
  end(): void {
    this.#ended = true;
  }

  /** It is over, and was not when this was said. */
  covers(startMs: number): boolean {
    const from = this.#words[0]?.startMs;
    return this.over && from !== undefined && startMs < from + (this.samples * 1000) / this.#rate;
  }

  /** The words that were said when so much of it was heard. */
  heard(ms: number): string {
    const from = this.#words[0]?.startMs ?? 0;
    return this.#words
      .filter(({ startMs }) => startMs - from < ms)
      .map(({ text }) => text)
      .join('');
  }

  #sound(pcm: Int16Array): LinePiece {
    this.samples += pcm.length;
    return { type: 'sound', item: this.item, pcm };
  }
}
