/** Functions by table, where the ear does not ask for more: errors are below -55 dB. */

const TURN = 8192;
const PER_RADIAN = TURN / (2 * Math.PI);
const COS = Float32Array.from({ length: TURN }, (_, i) => Math.cos(i / PER_RADIAN));

export const cosOf = (radians: number): number => COS[Math.round(radians * PER_RADIAN) & (TURN - 1)]!;
export const sinOf = (radians: number): number => COS[(Math.round(radians * PER_RADIAN) - TURN / 4) & (TURN - 1)]!;

const REACH = 4;
const STEPS = 4096;
const HALF_TURNS = Float32Array.from(
  { length: 2 * REACH * STEPS + 1 },
  (_, i) => Math.PI * Math.tanh(i / STEPS - REACH),
);

/** π tanh x. */
export const halfTurn = (x: number): number =>
  HALF_TURNS[Math.round((Math.min(REACH, Math.max(-REACH, x)) + REACH) * STEPS)]!;

/** Steps between one power of two and the next. */
const FRACTIONS = 2048;
const PER_NEPER = FRACTIONS / Math.LN2;
/** The fraction bits of 2^(i / {@link FRACTIONS}) as a 32-bit float. */
const FRACTION_BITS = new Int32Array(
  Float32Array.from({ length: FRACTIONS }, (_, i) => 2 ** (i / FRACTIONS)).buffer,
).map(bits => bits & 0x7fffff);
const BITS = new Int32Array(1);
const FLOAT = new Float32Array(BITS.buffer);

/** e^x, for x from -80 to 80. */
export function expOf(x: number): number {
  const steps = Math.round(Math.max(-80, x) * PER_NEPER);
  BITS[0] = (((steps >> 11) + 127) << 23) | FRACTION_BITS[steps & (FRACTIONS - 1)]!;
  return FLOAT[0]!;
}

const NOISE = 1 << 16;
const GAUSSIAN = gaussian(NOISE + 2048, 1);

/** So many numbers of standard deviation 1, always the same for the same seed. */
export function noiseOf(count: number, seed: number): Float32Array {
  const from = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) >>> 16;
  return GAUSSIAN.subarray(from, from + count);
}

/** Box and Muller's method over a small generator (Marsaglia's xorshift). */
function gaussian(length: number, seed: number): Float32Array {
  let state = seed;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 1) / 4_294_967_297;
  };
  return Float32Array.from({ length }, () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
}
