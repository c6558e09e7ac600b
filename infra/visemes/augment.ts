/** The same speech as other rooms, microphones, lines and throats would have it. */
import { BANDS, ESTIMATE_RATE, HOP } from '../../agents/speak/estimate/log-mel.ts';
import type { Labelled } from './labels.ts';
import type { Random } from './random.ts';

/** Nepers from the lowest band to the highest, and about it. */
const SLOPE = 1.5;
const BEND = 0.6;
const SILENCE = { viseme: 'sil', jaw: 0 } as const;

/** Silence around, speed and pitch, a line's bandwidth, tilt, noise, gain: each by chance. */
export function augmented({ voice, pcm, labels }: Labelled, random: Random): Labelled {
  const lead = Math.floor(random.between(5, 30));
  const trail = Math.floor(random.between(10, 40));
  const speed = random.next() < 0.5 ? random.between(0.87, 1.16) : 1;
  const spoken = Math.floor(pcm.length / speed);
  const sound = new Float32Array(spoken + (lead + trail) * HOP);
  for (let i = 0; i < spoken; i++) {
    const at = i * speed;
    const before = Math.floor(at);
    const here = pcm[before]!;
    sound[lead * HOP + i] = here + (at - before) * ((pcm[before + 1] ?? here) - here);
  }
  if (random.next() < 0.4) lowPass(sound, random.between(3000, 7000));
  if (random.next() < 0.5) tilt(sound, random.between(-0.5, 0.5));
  if (random.next() < 0.3) echo(sound, random);
  if (random.next() < 0.65) addNoise(sound, random.between(5, 40), random);
  const loudest = sound.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  const gain = (32_000 / loudest) * 10 ** (random.between(-26, 0) / 20);
  return {
    voice,
    pcm: Int16Array.from(sound, x => Math.round(x * gain)),
    labels: Array.from(
      { length: Math.floor(sound.length / HOP) },
      (_, frame) => labels[Math.round((frame - lead) * speed)] ?? SILENCE,
    ),
  };
}

/** Another voice's and another line's colour: a smooth curve over the bands, natural log of the gain. */
export function coloured(random: Random): Float32Array<ArrayBuffer> {
  const KNOTS = 5;
  const slope = random.normal() * SLOPE;
  const knots = Array.from({ length: KNOTS }, (_, k) => random.normal() * BEND + slope * (k / (KNOTS - 1) - 0.5));
  return Float32Array.from({ length: BANDS }, (_, band) => {
    const at = (band / (BANDS - 1)) * (KNOTS - 1);
    const left = Math.min(KNOTS - 2, Math.floor(at));
    return knots[left]! + (at - left) * (knots[left + 1]! - knots[left]!);
  });
}

/** Two second-order sections (Butterworth), in place. Coefficients after R. Bristow-Johnson's cookbook. */
function lowPass(sound: Float32Array, hertz: number): void {
  const omega = (2 * Math.PI * hertz) / ESTIMATE_RATE;
  for (const q of [0.541, 1.307]) {
    const alpha = Math.sin(omega) / (2 * q);
    const cosine = Math.cos(omega);
    const a0 = 1 + alpha;
    const b1 = (1 - cosine) / a0;
    const [b0, a1, a2] = [b1 / 2, (-2 * cosine) / a0, (1 - alpha) / a0];
    let [x1, x2, y1, y2] = [0, 0, 0, 0];
    for (let i = 0; i < sound.length; i++) {
      const x = sound[i]!;
      const y = b0 * x + b1 * x1 + b0 * x2 - a1 * y1 - a2 * y2;
      [x2, x1, y2, y1] = [x1, x, y1, y];
      sound[i] = y;
    }
  }
}

function tilt(sound: Float32Array, amount: number): void {
  let before = 0;
  for (let i = 0; i < sound.length; i++) {
    const x = sound[i]!;
    sound[i] = x + amount * before;
    before = x;
  }
}

/** Some early reflections of a small room. */
function echo(sound: Float32Array, random: Random): void {
  const dry = sound.slice();
  for (let n = 0; n < 5; n++) {
    const delay = Math.floor(random.between(0.003, 0.045) * ESTIMATE_RATE);
    const share = random.between(-0.3, 0.3);
    for (let i = delay; i < sound.length; i++) sound[i]! += share * dry[i - delay]!;
  }
}

/** White to brown, steady. */
function addNoise(sound: Float32Array, snrDb: number, random: Random): void {
  const smoothing = random.pick([0, 0.7, 0.95]);
  let state = 0;
  const noise = sound.map(() => {
    state = smoothing * state + random.between(-1, 1);
    return state;
  });
  const power = (x: Float32Array) => x.reduce((sum, value) => sum + value * value, 0);
  const scale = Math.sqrt(power(sound) / power(noise) / 10 ** (snrDb / 10));
  for (let i = 0; i < sound.length; i++) sound[i]! += scale * noise[i]!;
}
