import { describe, expect, it } from 'vitest';
import { isMuttered } from './backchannel.ts';

const SHORT_MS = 500;

describe('what a recognizer makes of "uh-huh" and "yeah, okay"', () => {
  it.each(['A hug.', 'Ahock.', 'We are okay.', 'A huh', 'Hm hm.', 'M-hm.', 'A hawk'])('is %j', text =>
    expect(isMuttered(text, SHORT_MS)).toBe(true));

  it.each([
    'Stop.',
    'Wait.',
    'No.',
    'What is that?',
    'Go away.',
    'Tell me more.',
    'That is wrong.',
    'Ollie.',
    'Huh?',
    'Okay, stop',
    'Louder',
  ])('is not %j', text => expect(isMuttered(text, SHORT_MS)).toBe(false));

  it('is short', () => expect(isMuttered('A hug.', 1500)).toBe(false));
});
