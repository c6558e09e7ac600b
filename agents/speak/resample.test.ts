import { describe, expect, it } from 'vitest';
import { Resampler, resampled, toSpeechRate } from './resample.ts';

const OUT = 48_000;
const tone = (rate: number, hertz: number, amplitude = 20_000) =>
  Int16Array.from({ length: rate / 2 }, (_, i) => Math.round(amplitude * Math.sin((2 * Math.PI * hertz * i) / rate)));

/** The best fitting tone of that frequency, and what else is in there, away from the ends. */
function measure(pcm: Int16Array, hertz: number) {
  const edge = 1200;
  const inner = pcm.subarray(edge, pcm.length - edge);
  const phase = (i: number) => (2 * Math.PI * hertz * (i + edge)) / OUT;
  let sine = 0;
  let cosine = 0;
  inner.forEach((sample, i) => {
    sine += (2 * sample * Math.sin(phase(i))) / inner.length;
    cosine += (2 * sample * Math.cos(phase(i))) / inner.length;
  });
  let rest = 0;
  let all = 0;
  inner.forEach((sample, i) => {
    rest += (sample - sine * Math.sin(phase(i)) - cosine * Math.cos(phase(i))) ** 2;
    all += sample ** 2;
  });
  return {
    amplitude: Math.hypot(sine, cosine),
    delayMs: (-Math.atan2(cosine, sine) / (2 * Math.PI * hertz)) * 1000,
    snrDb: 10 * Math.log10(all / rest),
    rms: Math.sqrt(all / inner.length),
  };
}

describe('toSpeechRate', () => {
  it.each([8000, 16_000, 22_050, 24_000, 44_100, 96_000])('keeps 1 kHz from %i Hz, in place and clean', rate => {
    const out = toSpeechRate(tone(rate, 1000), rate);
    expect(out.length).toBe(OUT / 2);
    const { amplitude, delayMs, snrDb } = measure(out, 1000);
    expect(amplitude).toBeCloseTo(20_000, -2);
    expect(Math.abs(delayMs)).toBeLessThan(0.02);
    expect(snrDb).toBeGreaterThan(60);
  });

  it('keeps the sounds of speech from a 16 kHz voice', () => {
    for (const hertz of [200, 3000, 6000]) {
      const { amplitude, snrDb } = measure(toSpeechRate(tone(16_000, hertz), 16_000), hertz);
      expect(amplitude, `${hertz} Hz`).toBeGreaterThan(19_000);
      expect(snrDb, `${hertz} Hz`).toBeGreaterThan(50);
    }
  });

  it('makes no sound of what is too high for it', () => {
    const { rms } = measure(toSpeechRate(tone(96_000, 30_000), 96_000), 18_000);
    expect(20 * Math.log10(rms / (20_000 / Math.SQRT2))).toBeLessThan(-60);
  });

  it('does not wrap around at full scale', () => {
    const square = Int16Array.from({ length: 1600 }, (_, i) => (i % 32 < 16 ? 32_767 : -32_768));
    const out = toSpeechRate(square, 16_000);
    // The middle of each half wave, 8 samples from its edges.
    for (let i = 20; i < 80; i++) expect(Math.sign(out[(i * 16 + 8) * 3]!)).toBe(i % 2 === 0 ? 1 : -1);
  });

  it('leaves its own rate alone and takes nothing for nothing', () => {
    const pcm = tone(OUT, 440);
    expect(toSpeechRate(pcm, OUT)).toBe(pcm);
    expect(toSpeechRate(new Int16Array(0), 16_000).length).toBe(0);
    expect(toSpeechRate(new Int16Array(3), 22_050).length).toBe(6);
  });
});

describe('Resampler', () => {
  it.each([
    [24_000, 48_000],
    [22_050, 16_000],
    [48_000, 16_000],
  ])('gives the same from %i to %i Hz in pieces as in one, soon after each has come', (from, to) => {
    const pcm = tone(from, 440);
    const whole = resampled(pcm, from, to);
    expect(whole.length).toBe(to / 2);
    for (const size of [1, 333, 5000]) {
      const resampler = new Resampler(from, to);
      const out: number[] = [];
      for (let at = 0; at < pcm.length; at += size) {
        out.push(...resampler.push(pcm.subarray(at, at + size)));
        const comeMs = (Math.min(pcm.length, at + size) * 1000) / from;
        expect(comeMs - (out.length * 1000) / to).toBeLessThan(1.5);
      }
      out.push(...resampler.flush());
      expect(out).toEqual([...whole]);
    }
  });
});
