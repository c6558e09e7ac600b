import { describe, expect, it } from 'vitest';
import type { Gesture, VisemeEvent } from '../../protocol/timeline.ts';
import { gesturesOf } from './gestures.ts';

const S = 48_000;
/** Words of a third of a second each. */
const words = (text: string) => text.split(' ').map((word, i) => ({ text: word, endSample: ((i + 1) * S) / 3 }));
const vowel = (atS: number, mouthOpen: number): VisemeEvent => ({
  viseme: 'aa',
  phoneme: 'AA',
  startSample: (atS - 0.08) * S,
  peakSample: atS * S,
  endSample: (atS + 0.08) * S,
  weight: 1,
  mouthOpen,
});
const kinds = (gestures: Gesture[]) => gestures.map(({ kind }) => kind);

describe('what a body does while it speaks', () => {
  it('beats on what the voice stresses, and not on everything', () => {
    const opens = [0.3, 0.8, 0.3, 0.35, 0.9, 0.3, 0.3, 0.85];
    const beats = gesturesOf(
      [],
      opens.map((open, i) => vowel(0.5 + i * 0.3, open)),
    );
    expect(kinds(beats)).toEqual(['nod', 'nod', 'nod']);
    expect(beats.every(({ amount }) => amount < 0)).toBe(true);
    for (const [i, s] of [0.8, 1.7, 2.6].entries()) {
      expect(beats[i]!.startSample).toBeLessThan(s * S);
      expect(beats[i]!.endSample).toBeGreaterThan(s * S);
    }
  });

  it('leans over where it asks', () => {
    expect(kinds(gesturesOf(words('How are things?'), []))).toEqual(['tilt']);
    expect(gesturesOf(words('How are things.'), [])).toEqual([]);
  });

  it.each([
    ['Yes, of course.', 'nod', -1],
    ['That is huge!', 'arms', 1],
    ['Perhaps so.', 'tilt', -1],
  ] as const)('follows the words: %s', (text, kind, sign) => {
    const found = gesturesOf(words(text), []).filter(gesture => gesture.kind === kind);
    expect(found.length).toBeGreaterThan(0);
    expect(Math.sign(found[0]!.amount)).toBe(sign);
  });

  it('shakes its head to one side and to the other', () => {
    const [first, second] = gesturesOf(words('No, thanks.'), []);
    expect([first!.kind, second!.kind]).toEqual(['turn', 'turn']);
    expect(Math.sign(first!.amount)).toBe(-Math.sign(second!.amount));
  });
});
