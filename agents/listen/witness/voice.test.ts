import { describe, expect, it } from 'vitest';
import { LISTEN_RATE } from '../../base/rates.ts';
import { readVoice } from './voice.ts';

/** A voice with overtones that glides from one pitch to another. */
function glide(fromHz: number, toHz: number, seconds = 0.6, noise = 0): Int16Array {
  let phase = 0;
  let seed = 1;
  const length = LISTEN_RATE * seconds;
  return Int16Array.from({ length }, (_, i) => {
    phase += (fromHz * (toHz / fromHz) ** (i / length)) / LISTEN_RATE;
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const tone = [1, 2, 3, 4].reduce((sum, k) => sum + Math.sin(2 * Math.PI * k * phase) / k, 0);
    return 4000 * tone + noise * (seed / 2 ** 32 - 0.5);
  });
}
const contour = (pcm: Int16Array, silence = 0) => readVoice(pcm, silence).pitchSemitones;
const joined = (...parts: Int16Array[]): Int16Array => Int16Array.from(parts.flatMap(part => [...part]));

describe('pitch at the end of an utterance', () => {
  it.each([
    ['a low voice', 110, 80],
    ['a high voice', 240, 170],
  ])('falls where %s falls', (_, from, to) => {
    const fall = contour(glide(from, to))!;
    const whole = 12 * Math.log2(to / from);
    expect(fall).toBeLessThan(-1.5);
    // First third against last third: two thirds of the whole glide.
    expect(fall).toBeCloseTo((whole * 2) / 3, 0);
  });

  it('rises where the voice rises', () => {
    expect(contour(glide(150, 230))).toBeGreaterThan(2);
  });

  it.each([90, 130, 220, 330])('is level where the voice stays at %i Hz', hz => {
    expect(Math.abs(contour(glide(hz, hz))!)).toBeLessThan(0.5);
  });

  it('heeds the end only, not what was before', () => {
    expect(contour(joined(glide(100, 300, 2), glide(200, 150)))).toBeLessThan(-1.5);
  });

  it('leaves the silence after the speech out', () => {
    const speech = glide(200, 140);
    const silence = new Int16Array(LISTEN_RATE * 0.3);
    expect(contour(joined(speech, silence), silence.length)).toBeCloseTo(contour(speech)!, 1);
  });

  it('bears some noise', () => {
    expect(contour(glide(200, 140, 0.6, 1500))).toBeLessThan(-1.5);
  });

  it.each([
    ['silence', new Int16Array(LISTEN_RATE)],
    ['nothing', new Int16Array(0)],
    ['a blip', glide(200, 200, 0.05)],
  ])('is unknown for %s', (_, pcm) => {
    expect(contour(pcm)).toBeUndefined();
  });

  it('is unknown for breath', () => {
    let seed = 9;
    const breath = Int16Array.from({ length: LISTEN_RATE }, () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return (seed / 2 ** 32 - 0.5) * 8000;
    });
    expect(contour(breath)).toBeUndefined();
  });

  it('is unknown where everything is silence', () => {
    expect(contour(glide(200, 140), 1e9)).toBeUndefined();
  });
});
