import { SPEECH_RATE } from '../base/rates.ts';

/** Taps per output sample when the rate goes up; as many more as the rate goes down. */
const TAPS = 24;

/** Windowed-sinc (Blackman) low-pass, one row of coefficients per output phase. */
function polyphase(up: number, down: number): Float32Array[] {
  const taps = Math.ceil(TAPS * Math.max(1, down / up));
  const length = taps * up;
  const cutoff = 0.5 / Math.max(up, down);
  const centre = (length - 1) / 2;
  const coefficient = (n: number) => {
    const x = n - centre;
    const sinc = x === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * x) / (Math.PI * x);
    const window =
      0.42 - 0.5 * Math.cos((2 * Math.PI * n) / (length - 1)) + 0.08 * Math.cos((4 * Math.PI * n) / (length - 1));
    return sinc * window * up;
  };
  return Array.from({ length: up }, (_, phase) =>
    Float32Array.from({ length: taps }, (_, tap) => coefficient(tap * up + phase)),
  );
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
const tables = new Map<string, Float32Array[]>();

function table(up: number, down: number): Float32Array[] {
  const key = `${up}/${down}`;
  const rows = tables.get(key) ?? polyphase(up, down);
  tables.set(key, rows);
  return rows;
}

/** Converts 16-bit mono from one rate to another, in pieces of any size. Polyphase FIR; its delay is taken out. */
export class Resampler {
  readonly #up: number;
  readonly #down: number;
  readonly #rows: Float32Array[];
  readonly #delay: number;
  /** The input that is still needed; its first sample is the stream's number `#from`. */
  #tail: Int16Array = new Int16Array(0);
  #from = 0;
  #written = 0;

  constructor(fromRate: number, toRate: number) {
    const divisor = gcd(fromRate, toRate);
    this.#up = toRate / divisor;
    this.#down = fromRate / divisor;
    this.#rows = table(this.#up, this.#down);
    this.#delay = Math.floor((this.#rows[0]!.length * this.#up) / 2);
  }

  /** Gives what can be computed; each output sample waits for half a filter of input behind its place. */
  push(pcm: Int16Array): Int16Array {
    const input = new Int16Array(this.#tail.length + pcm.length);
    input.set(this.#tail);
    input.set(pcm, this.#tail.length);
    const end = this.#from + input.length;
    const until = Math.max(this.#written, Math.ceil((end * this.#up - this.#delay) / this.#down));
    const out = this.#convert(input, until);
    const oldest = Math.floor((until * this.#down + this.#delay) / this.#up) - this.#rows[0]!.length;
    const keep = Math.min(end, Math.max(this.#from, oldest));
    this.#tail = input.slice(keep - this.#from);
    this.#from = keep;
    return out;
  }

  /** The rest, as if silence followed. */
  flush(): Int16Array {
    const total = Math.floor(((this.#from + this.#tail.length) * this.#up) / this.#down);
    return this.#convert(this.#tail, Math.max(this.#written, total));
  }

  #convert(input: Int16Array, until: number): Int16Array {
    const out = new Int16Array(until - this.#written);
    const taps = this.#rows[0]!.length;
    // Silence before and behind, so that the innermost loop need not ask whether there is something.
    const padded = new Float32Array(input.length + 2 * taps);
    padded.set(input, taps);
    for (let i = 0; i < out.length; i++) {
      const position = (this.#written + i) * this.#down + this.#delay;
      const row = this.#rows[position % this.#up]!;
      const newest = Math.floor(position / this.#up) - this.#from + taps;
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) sum += row[tap]! * padded[newest - tap]!;
      out[i] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
    }
    this.#written = until;
    return out;
  }
}

/** Converts a whole stretch of 16-bit mono. */
export function resampled(pcm: Int16Array, fromRate: number, toRate: number): Int16Array {
  if (fromRate === toRate) return pcm;
  const resampler = new Resampler(fromRate, toRate);
  const body = resampler.push(pcm);
  const rest = resampler.flush();
  const out = new Int16Array(body.length + rest.length);
  out.set(body);
  out.set(rest, body.length);
  return out;
}

/** Converts a whole stretch of speech to the playout rate (48 kHz). */
export const toSpeechRate = (pcm: Int16Array, sampleRate: number): Int16Array =>
  resampled(pcm, sampleRate, SPEECH_RATE);
