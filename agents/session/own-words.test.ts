import { describe, expect, it } from 'vitest';
import { OwnWords } from './own-words.ts';

const SAID = 'Once upon a time there was a lighthouse on a small island.';

function heard(text: string, { afterMs = 200 } = {}): boolean {
  const own = new OwnWords();
  own.sounded(1000);
  own.began('u1', 1000 + afterMs);
  return own.are('u1', text, SAID);
}

describe('[L2] the avatar’s own words in a microphone', () => {
  it.each([
    'There was a lighthouse.',
    'there was a light house on a small island',
    'Once upon the time there was',
  ])('are known: %j', text => expect(heard(text)).toBe(true));

  it.each(['What is a lighthouse?', 'Stop.', 'A small one?', 'I have a question about that'])('are not: %j', text =>
    expect(heard(text)).toBe(false));

  it('are a person’s who repeats them when it is silent', () =>
    expect(heard('There was a lighthouse.', { afterMs: 3000 })).toBe(false));
});
