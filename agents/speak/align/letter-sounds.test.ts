import { describe, expect, it } from 'vitest';
import { letterNames, letterSounds } from './letter-sounds.ts';

describe('letterSounds', () => {
  it.each([
    ['blip', 'b l ih p'],
    ['phabe', 'f ey b'],
    ['knomatch', 'n aa m ae ch'],
    ['quimbation', 'k w ih m b ae sh ax n'],
    ['shrumpling', 'sh r ah m p l ih ng'],
  ])('sounds out %s', (word, phones) => expect(letterSounds(word).join(' ')).toBe(phones));

  it('spells what cannot be sounded out', () => {
    expect(letterSounds('bbc').join(' ')).toBe('b iy b iy s iy');
    expect(letterNames('USA').join(' ')).toBe('y uw eh s ey');
  });

  it('has a sound for every word with a letter, and for nothing else', () => {
    for (const word of ['e', 'ough', 'xyzzy', 'rhythm', "'twas", 'o'.repeat(500)])
      expect(letterSounds(word).length, word).toBeGreaterThan(0);
    expect(letterSounds('…')).toEqual([]);
  });
});
