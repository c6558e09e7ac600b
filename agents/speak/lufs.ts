/**
 * How loud a programme is, as ITU-R BS.1770-5 measures it: filtered as the head and the ear do, in blocks of 400 ms that
 * overlap by three quarters, without those that are silent or 10 dB below the others.
 */

const BLOCK_MS = 400;
const STEP_MS = 100;
const SILENT_LUFS = -70;
const RELATIVE_LU = -10;
const OFFSET = -0.691;

interface Biquad {
  b: readonly [number, number, number];
  a: readonly [number, number];
}

/** The two filters at any rate: a shelf that lifts what the head lifts, and a high pass (analogue prototypes of the standard's). */
function weighting(sampleRate: number): [Biquad, Biquad] {
  const shelf = { hz: 1681.974450955533, gainDb: 3.999843853973347, q: 0.7071752369554196 };
  const high = { hz: 38.13547087602444, q: 0.5003270373238773 };
  const k = Math.tan((Math.PI * shelf.hz) / sampleRate);
  const vh = 10 ** (shelf.gainDb / 20);
  const vb = vh ** 0.4996667741545416;
  const norm = 1 + k / shelf.q + k * k;
  const h = Math.tan((Math.PI * high.hz) / sampleRate);
  const highNorm = 1 + h / high.q + h * h;
  return [
    {
      b: [
        (vh + (vb * k) / shelf.q + k * k) / norm,
        (2 * (k * k - vh)) / norm,
        (vh - (vb * k) / shelf.q + k * k) / norm,
      ],
      a: [(2 * (k * k - 1)) / norm, (1 - k / shelf.q + k * k) / norm],
    },
    { b: [1, -2, 1], a: [(2 * (h * h - 1)) / highNorm, (1 - h / high.q + h * h) / highNorm] },
  ];
}

function filtered(samples: Float64Array, { b, a }: Biquad): Float64Array {
  const out = new Float64Array(samples.length);
  const [b0, b1, b2] = b;
  const [a1, a2] = a;
  let x1 = 0;
  let x2 = 0;
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i]!;
    out[i] = b0 * x + b1 * x1 + b2 * x2 - a1 * (out[i - 1] ?? 0) - a2 * (out[i - 2] ?? 0);
    x2 = x1;
    x1 = x;
  }
  return out;
}

function energy(samples: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += samples[i]! ** 2;
  return sum;
}

const lufs = (power: number) => OFFSET + 10 * Math.log10(power);

/** Integrated loudness of mono sound, LUFS; -Infinity where all of it is silent, or it is shorter than a block. */
export function integratedLufs(pcm: Int16Array, sampleRate: number): number {
  const weighted = weighting(sampleRate).reduce(
    filtered,
    Float64Array.from(pcm, sample => sample / 32_768),
  );
  const block = Math.round((BLOCK_MS * sampleRate) / 1000);
  const step = Math.round((STEP_MS * sampleRate) / 1000);
  const powers: number[] = [];
  for (let at = 0; at + block <= weighted.length; at += step) powers.push(energy(weighted, at, at + block) / block);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const audible = powers.filter(power => lufs(power) > SILENT_LUFS);
  const gate = lufs(mean(audible)) + RELATIVE_LU;
  const counted = audible.filter(power => lufs(power) > gate);
  return counted.length === 0 ? Number.NEGATIVE_INFINITY : lufs(mean(counted));
}
