/** Sounds that nobody said, 16 kHz: made here, the same each time. */
import { LISTEN_RATE } from '../../agents/base/rates.ts';
import { seeded } from '../../agents/face/random.ts';

const samplesOf = (seconds: number) => Math.round(seconds * LISTEN_RATE);

/** Falls by 3 dB an octave (Kellet's filter). */
export function pinkNoise(seconds: number, level: number): Int16Array {
  const next = seeded(1);
  let [a, b, c] = [0, 0, 0];
  return Int16Array.from({ length: samplesOf(seconds) }, () => {
    const white = next() * 2 - 1;
    a = 0.99765 * a + white * 0.099046;
    b = 0.963 * b + white * 0.2965164;
    c = 0.57 * c + white * 1.0526913;
    return level * (a + b + c + white * 0.1848);
  });
}

/** Chords that change every second, a melody and a beat. */
export function music(seconds: number, level: number): Int16Array {
  const next = seeded(2);
  const chords = [
    [220, 277, 330],
    [196, 247, 294],
    [175, 220, 262],
    [165, 208, 247],
  ];
  const tune = Array.from({ length: Math.ceil(seconds * 4) }, () => 440 * 2 ** (Math.floor(next() * 8) / 12));
  return Int16Array.from({ length: samplesOf(seconds) }, (_, i) => {
    const t = i / LISTEN_RATE;
    const beat = (t * 2) % 1;
    const chord = chords[Math.floor(t) % chords.length]!.reduce(
      (sum, hz) => sum + Math.sin(2 * Math.PI * hz * t) + 0.4 * Math.sin(4 * Math.PI * hz * t),
      0,
    );
    const note = Math.sin(2 * Math.PI * tune[Math.floor(t * 4)]! * t) * Math.exp(-3 * ((t * 4) % 1));
    const drum = (next() - 0.5) * 4 * Math.exp(-30 * beat);
    return (level * (chord / 4 + note + drum)) / 3;
  });
}

/** Strokes of keys, some five a second. */
export function keyboard(seconds: number, level: number): Int16Array {
  const next = seeded(3);
  const pcm = new Int16Array(samplesOf(seconds));
  for (let at = 0; at < pcm.length; at += samplesOf(0.08 + next() * 0.25)) {
    const loud = level * (0.4 + next());
    for (let i = 0; i < samplesOf(0.02) && at + i < pcm.length; i++)
      pcm[at + i] = loud * (next() - 0.5) * Math.exp(-i / 60) + loud * 0.3 * Math.sin(i * 0.8) * Math.exp(-i / 90);
  }
  return pcm;
}

/** Coughs: a burst through a throat, then a breath, every few seconds. */
export function coughs(seconds: number, level: number): Int16Array {
  const next = seeded(4);
  const pcm = new Int16Array(samplesOf(seconds));
  for (let at = samplesOf(1); at < pcm.length; at += samplesOf(2 + next() * 3)) {
    let [low, band] = [0, 0];
    const length = samplesOf(0.25 + next() * 0.2);
    const hz = 500 + next() * 500;
    const tuned = 2 * Math.sin((Math.PI * hz) / LISTEN_RATE);
    for (let i = 0; i < length && at + i < pcm.length; i++) {
      const white = next() * 2 - 1;
      low += tuned * band;
      band += tuned * (white - low - 0.6 * band);
      pcm[at + i] = level * (band + 0.3 * white) * Math.min(1, i / 80) * Math.exp((-4 * i) / length);
    }
  }
  return pcm;
}
