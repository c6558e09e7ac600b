import { describe, expect, it } from 'vitest';
import type { Phone, VisemeEvent } from '../../protocol/timeline.ts';
import { phonesToVisemes } from './visemes.ts';

const RATE = 16_000;

/** `'hh 60, ax 50'`: phones and their milliseconds. */
function speak(text: string, rate = RATE): { phones: Phone[]; events: VisemeEvent[]; total: number } {
  let at = 0;
  const phones = text.split(', ').map(part => {
    const [phone, ms] = part.split(' ');
    const startSample = at;
    at += (Number(ms) * rate) / 1000;
    return { phone: phone!, startSample, endSample: at };
  });
  return { phones, events: phonesToVisemes(phones, { sampleRate: rate }), total: at };
}

const ALL =
  'aa ae ah ao aw ax axr ay b ch d dh eh er ey f g hh ih iy jh k l m n ng ow oy p pau r s sh t th uh uw v w y z zh';

describe('phonesToVisemes', () => {
  it('closes the lips fully during every p, b and m, between any neighbours', () => {
    for (const lips of ['p', 'b', 'm']) {
      for (const beside of ALL.split(' ')) {
        for (const ms of [20, 45, 120]) {
          const { phones, events } = speak(`${beside} 70, ${lips} ${ms}, ${beside} 70`);
          const { startSample, endSample } = phones[1]!;
          const closed = events.filter(
            e => e.phoneme === lips && e.peakSample >= startSample && e.peakSample <= endSample,
          );
          expect(closed.length, `${beside} ${lips} ${ms}`).toBeGreaterThan(0);
          expect(closed.every(e => e.viseme === 'PP' && e.weight === 1 && e.mouthOpen === 0)).toBe(true);
        }
      }
    }
  });

  it('puts the teeth on the lip for f and v', () => {
    const { events } = speak('ay 120, v 60, eh 90, f 80');
    for (const phoneme of ['v', 'f'])
      expect(events.filter(e => e.phoneme === phoneme).map(e => [e.viseme, e.weight])).toContainEqual(['FF', 1]);
  });

  it('keeps the mouth closed in silence', () => {
    const { events } = speak('pau 400');
    expect(new Set(events.map(e => e.viseme))).toEqual(new Set(['sil']));
    expect(events.every(e => e.mouthOpen === 0)).toBe(true);
  });

  it('orders events by their start and keeps them and their peaks inside the sentence', () => {
    const { events, total } = speak(
      ALL.split(' ')
        .map((p, i) => `${p} ${20 + ((i * 37) % 180)}`)
        .join(', '),
    );
    expect(events.map(e => e.startSample)).toEqual(events.map(e => e.startSample).toSorted((a, b) => a - b));
    for (const { startSample, peakSample, endSample } of events) {
      expect(startSample).toBeGreaterThanOrEqual(0);
      expect(startSample).toBeLessThanOrEqual(peakSample);
      expect(peakSample).toBeLessThanOrEqual(endSample);
      expect(endSample).toBeLessThanOrEqual(total);
      expect([startSample, peakSample, endSample].every(Number.isInteger)).toBe(true);
    }
  });

  it('moves a diphthong through two shapes', () => {
    const { events } = speak('pau 100, ay 200, pau 100');
    expect(events.filter(e => e.phoneme === 'ay').map(e => e.viseme)).toEqual(['aa', 'I']);
  });

  it('rounds the lips ahead of a rounded vowel, and peaks in it', () => {
    const { phones, events } = speak('eh 100, s 120, uw 150');
    const rounding = events.find(e => e.viseme === 'U')!;
    expect(rounding.startSample).toBeLessThanOrEqual(phones[2]!.startSample - 0.1 * RATE);
    expect(rounding.peakSample).toBeGreaterThanOrEqual(phones[2]!.startSample);
  });

  it('speaks a weak consonant through its vowels, but not a firm one', () => {
    const reachesOver = (consonant: string) => {
      const { events } = speak(`aa 100, ${consonant} 60, iy 100`);
      const middle = events.find(e => e.phoneme === consonant)!.peakSample;
      return events.filter(e => e.phoneme === 'aa').some(e => e.endSample > middle);
    };
    expect(reachesOver('k')).toBe(true);
    expect(reachesOver('t')).toBe(true);
    expect(reachesOver('s')).toBe(false);
  });

  it('opens less for a short or unstressed vowel', () => {
    const [long] = phonesToVisemes([{ phone: 'eh', startSample: 0, endSample: 1600 }], { sampleRate: RATE });
    const [short] = phonesToVisemes([{ phone: 'eh', startSample: 0, endSample: 480 }], { sampleRate: RATE });
    const [weak] = phonesToVisemes([{ phone: 'eh', startSample: 0, endSample: 480, stress: 0 }], { sampleRate: RATE });
    expect(short!.mouthOpen).toBeLessThan(long!.mouthOpen);
    expect(weak!.mouthOpen).toBeLessThan(short!.mouthOpen);
  });

  it('gives the same times at another rate', () => {
    const text = 'hh 60, ax 50, l 60, ow 190, pau 90, m 80';
    const ms = (rate: number) => speak(text, rate).events.map(e => Math.round((e.peakSample * 1000) / rate));
    expect(ms(48_000)).toEqual(ms(16_000));
  });

  it('gives nothing for nothing', () => {
    expect(phonesToVisemes([], { sampleRate: RATE })).toEqual([]);
  });
});
