/** The noise that voices are made with: always the same. */
const LENGTH = 1 << 16;
/** Beyond the last place that one may begin at. */
const MORE = 2048;

/** Numbers of standard deviation 1, of which {@link noiseAt} names places. */
export const gaussian = (): Float32Array => normal(LENGTH + MORE, 1);

/** Where the numbers for a seed begin, in any order: the same for the same seed. */
export const noiseAt = (seed: number): number => Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) >>> 16;

/** Box and Muller's method over a small generator (Marsaglia's xorshift). */
function normal(length: number, seed: number): Float32Array {
  let state = seed;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 1) / 4_294_967_297;
  };
  return Float32Array.from({ length }, () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
}
