import { SPEECH_RATE } from '../face/avatar.ts';

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
const tables = new Map<number, Float32Array[]>();

/** Converts a whole stretch of speech to the playout rate (48 kHz). Polyphase FIR; its delay is taken out. */
export function toSpeechRate(pcm: Int16Array, sampleRate: number): Int16Array {
  if (sampleRate === SPEECH_RATE) return pcm;
  const divisor = gcd(SPEECH_RATE, sampleRate);
  const up = SPEECH_RATE / divisor;
  const down = sampleRate / divisor;
  const phases = tables.get(sampleRate) ?? polyphase(up, down);
  tables.set(sampleRate, phases);
  const taps = phases[0]!.length;
  const delay = Math.floor((taps * up) / 2);
  const out = new Int16Array(Math.floor((pcm.length * up) / down));
  for (let n = 0; n < out.length; n++) {
    const position = n * down + delay;
    const row = phases[position % up]!;
    const newest = Math.floor(position / up);
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) sum += row[tap]! * (pcm[newest - tap] ?? 0);
    out[n] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }
  return out;
}
