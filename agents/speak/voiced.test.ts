import { describe, expect, it } from 'vitest';
import { type Voiced, voiceOf, voiceProblem } from './voiced.ts';

const one = (name: string, known: string[], closed: boolean): Voiced => ({
  names: [name, 'vendor'],
  capabilities: { phones: false, prosody: false, voices: { known, closed } },
});
const cloud = one('cloud', ['alloy', 'nova'], false);
const flite = one('flite', ['slt', 'rms'], true);
const all = [cloud, flite];

describe('the voice of a persona', () => {
  it.each([
    ['alloy', 'alloy', 'slt'],
    ['rms', 'alloy', 'rms'],
    ['my-own', 'my-own', 'slt'],
  ])('%s is, where there are several vendors, %s and %s', (choice, first, second) => {
    expect([voiceOf(choice, cloud, all), voiceOf(choice, flite, all)]).toEqual([first, second]);
  });

  it('may be named for each vendor; who is not named speaks as usual', () => {
    expect(voiceOf({ cloud: 'my-own', flite: 'rms' }, cloud, all)).toBe('my-own');
    expect(voiceOf({ cloud: 'my-own', flite: 'rms' }, flite, all)).toBe('rms');
    expect(voiceOf({ flite: 'rms' }, cloud, all)).toBe('alloy');
    expect(voiceOf({ vendor: 'nova' }, cloud, all)).toBe('nova');
    expect(voiceOf({ toString: 'x' } as never, { ...cloud, names: ['constructor'] }, all)).toBe('alloy');
  });

  it('is refused only where nobody can have it', () => {
    expect(voiceProblem('my-own', all)).toBeUndefined();
    expect(voiceProblem('my-own', [flite])).toEqual({ message: 'there is no my-own; there are slt, rms' });
    expect(voiceProblem({ flite: 'nova' }, all)).toEqual({
      name: 'flite',
      message: 'flite has no nova; it has slt, rms',
    });
    expect(voiceProblem({ cloud: 'anything', elsewhere: 'x', flite: 'slt' }, all)).toBeUndefined();
  });
});
