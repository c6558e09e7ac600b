/** A foreign agent's voice as it streams in, made ready for our face: at the playout rate, with what the mouth does. */
import { SPEECH_RATE } from '../base/rates.ts';
import type { SpokenChunk } from '../perform/port.ts';
import { MouthEstimator } from '../speak/estimate/mouth-estimator.ts';
import { shifted } from '../speak/mouth.ts';
import { Resampler } from '../speak/resample.ts';

const RATES = { least: 8000, most: 48_000 };
/** Sound is passed on in pieces of at least this length: less costs more than it gains. */
const PIECE_MS = 40;
/**
 * Begins to be spoken when so much is there, or all of it: an agent sends faster than speech, but the first packets of a
 * stream come slowly, and a gap is worse than a moment's wait.
 */
const HELD_MS = 320;

/** Why a stream cannot be spoken; undefined: it can. */
export function unspeakable({ sample_rate, num_channels }: Readonly<Record<string, string>>): string | undefined {
  const rate = Number(sample_rate);
  if (!Number.isInteger(rate) || rate < RATES.least || rate > RATES.most)
    return `its sample rate must be ${RATES.least} to ${RATES.most}, not ${sample_rate}`;
  return num_channels === '1' ? undefined : `it must be of one channel, not ${num_channels}`;
}

/** One segment: bytes of 16-bit mono in, pieces of speech out. */
export class SegmentVoice {
  readonly #rate: number;
  readonly #mouth: MouthEstimator;
  readonly #resampler: Resampler | undefined;
  readonly #out: (chunk: SpokenChunk) => void;
  #waiting: Buffer = Buffer.alloc(0);
  #spokenSamples = 0;
  /** What came before there was enough. */
  #held: SpokenChunk[] | undefined = [];

  constructor(sampleRate: number, out: (chunk: SpokenChunk) => void) {
    this.#rate = sampleRate;
    this.#out = out;
    this.#mouth = new MouthEstimator(sampleRate);
    if (sampleRate !== SPEECH_RATE) this.#resampler = new Resampler(sampleRate, SPEECH_RATE);
  }

  /** There was any sound in it. */
  get spoken(): boolean {
    return this.#spokenSamples > 0;
  }

  /** Cut anywhere, within a sample, too. */
  push(bytes: Uint8Array): void {
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    const whole = this.#waiting.length & ~1;
    if (whole < (PIECE_MS / 1000) * this.#rate * 2) return;
    const piece = this.#waiting.subarray(0, whole);
    this.#waiting = this.#waiting.subarray(whole);
    this.#heard(piece);
  }

  /** The rest of it. */
  end(): void {
    this.#heard(this.#waiting.subarray(0, this.#waiting.length & ~1));
    this.#give(this.#resampler?.flush() ?? new Int16Array(0), this.#mouth.flush());
    this.#letGo();
  }

  #heard(piece: Buffer): void {
    const pcm = new Int16Array(piece.length / 2);
    for (let i = 0; i < pcm.length; i++) pcm[i] = piece.readInt16LE(2 * i);
    this.#give(this.#resampler?.push(pcm) ?? pcm, this.#mouth.push(pcm));
  }

  #give(pcm: Int16Array, events: SpokenChunk['events']): void {
    this.#spokenSamples += pcm.length;
    const at = (sample: number) => Math.round((sample * SPEECH_RATE) / this.#rate);
    if (pcm.length === 0 && events.length === 0) return;
    const chunk = { pcm, events: events.map(event => shifted(event, at)) };
    if (this.#held === undefined) this.#out(chunk);
    else {
      this.#held.push(chunk);
      if (this.#spokenSamples > (HELD_MS / 1000) * SPEECH_RATE) this.#letGo();
    }
  }

  #letGo(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const chunk of held) this.#out(chunk);
  }
}
