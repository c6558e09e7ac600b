/** How loud every voice is, LUFS: what streaming services and meetings settled on for speech. */
export const VOICE_LUFS = -16;

/** From here on peaks are bent, so that none is cut off. */
const KNEE = 0.7;
const FULL = 32_767;

/** Samples from -1 to 1, made louder or softer, as 16-bit ones. */
export function levelled(samples: Float32Array, gain: number): Int16Array {
  const pcm = new Int16Array(samples.length);
  for (let i = 0; i < pcm.length; i++) pcm[i] = Math.round(FULL * bounded(samples[i]! * gain));
  return pcm;
}

export const gainOfDb = (db: number): number => 10 ** (db / 20);

function bounded(value: number): number {
  const size = Math.abs(value);
  return size <= KNEE ? value : Math.sign(value) * (KNEE + (1 - KNEE) * Math.tanh((size - KNEE) / (1 - KNEE)));
}
