import { describe, expect, it } from 'vitest';
import { HOP } from './synth/rates.ts';
import { cutsOf, phonesIn, quietHead, type Span, spansOf } from './timing.ts';

const symbols = (text: string, frames = 4) => {
  let word = 0;
  return [...text].map(symbol => ({ symbol, word: symbol === ' ' ? word++ : word, frames }));
};
const shown = (spans: readonly Span[]) => spans.map(({ phone, startFrame, endFrame }) => [phone, startFrame, endFrame]);
/** Sound as loud in each frame. */
const sound = (levels: readonly number[]) =>
  Int16Array.from({ length: levels.length * HOP }, (_, i) => levels[Math.floor(i / HOP)]! * (i % 2 === 0 ? 1 : -1));

describe('the time of phones', () => {
  it('leaves no gap: stress belongs to the vowel behind it, a space to the word before it', () => {
    const spans = spansOf(symbols('hˈO mˌi.'));
    expect(shown(spans)).toEqual([
      ['hh', 0, 3],
      ['ow', 3, 15],
      ['m', 15, 19],
      ['iy', 19, 27],
      ['pau', 27, 31],
    ]);
    expect(spans.map(({ stress }) => stress)).toEqual([undefined, 1, undefined, 1, undefined]);
  });

  it('begins shortly before the first sound, however long the silence before it', () => {
    expect(spansOf([{ symbol: 'm', word: 0, frames: 40 }])[0]).toMatchObject({ startFrame: 27, endFrame: 39 });
  });

  it('gives the sound in a pause to its neighbours', () => {
    const spans = spansOf(symbols('mi,mi'));
    const cut = { fromFrame: 0, toFrame: 19, fromWord: 0, toWord: 1 };
    const pcm = sound([...Array(8).fill(900), 0, 0, ...Array(9).fill(900)]);
    expect(phonesIn(spans, cut, pcm).map(({ phone, endSample }) => [phone, endSample / HOP])).toEqual([
      ['m', 3],
      ['iy', 8],
      ['pau', 10],
      ['m', 15],
      ['iy', 19],
    ]);
  });

  it('knows how long a piece is silent', () => {
    expect(quietHead(sound([0, 10, 900]))).toBe(2);
    expect(quietHead(sound([0, 0]))).toBe(2);
  });
});

describe('a sentence in pieces', () => {
  const text = 'ma mi mo, ma mi mo ma mi mo ma mi mo';
  const spans = spansOf(symbols(text, 10));
  const end = spans.at(-1)!.endFrame;

  it('has a short piece first, and all of its words and frames once, in order', () => {
    const cuts = cutsOf(spans, 12, { from: 0, to: end, least: 32, most: 120 });
    expect(cuts.length).toBeGreaterThan(2);
    expect(cuts[0]!.toFrame).toBeLessThan(100);
    for (const [i, cut] of cuts.entries()) {
      expect(cut.fromFrame).toBe(cuts[i - 1]?.toFrame ?? 0);
      expect(cut.fromWord).toBe(cuts[i - 1]?.toWord ?? 0);
      expect(cut.toFrame - cut.fromFrame).toBeGreaterThanOrEqual(32);
    }
    expect(cuts.at(-1)).toMatchObject({ toFrame: end, toWord: 12 });
  });

  it('is cut between words, or where it is quiet in a pause', () => {
    for (const { toFrame } of cutsOf(spans, 12, { from: 0, to: end, least: 32, most: 60 }).slice(0, -1)) {
      const before = spans.find(span => span.startFrame < toFrame && span.endFrame >= toFrame)!;
      const after = spans.find(span => span.endFrame > toFrame)!;
      expect(before.phone === 'pau' || before.word !== after.word).toBe(true);
    }
  });

  it('is one piece where it is short', () => {
    expect(cutsOf(spansOf(symbols('ma mi')), 2, { from: 0, to: 20, least: 32, most: 60 })).toHaveLength(1);
  });
});
