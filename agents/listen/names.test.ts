import { describe, expect, it } from 'vitest';
import { corrected } from './names.ts';

const ROOM = { names: ['Ollie', 'Maria'], hotWords: ['mediasoup'] };

describe('words that matter in a room', () => {
  it.each([
    ['Hello Ali.', 'Hello Ollie.'],
    ["Hello, I'll do.", 'Hello, Ollie.'],
    ['Hey, all he.', 'Hey, Ollie.'],
    ['Thank you, Oly.', 'Thank you, Ollie.'],
    ['Ali, what is your name?', 'Ollie, what is your name?'],
    ['How are you, Ali?', 'How are you, Ollie?'],
    ['I think Ali is right.', 'I think Ollie is right.'],
    ['Hi Ally, how are you?', 'Hi Ollie, how are you?'],
    ['What is media soup?', 'What is mediasoup?'],
  ])('are heard in %j', (read, right) => expect(corrected(read, ROOM)).toBe(right));

  it.each([
    'Hello.',
    'Hello everyone.',
    'Hi there.',
    'All of it.',
    "Oh, I'll do it.",
    'I will do it.',
    'All right.',
    'Thank you.',
    'And you?',
    'Okay, allow it.',
    'Hello Bob.',
    // Who says their own name says what the room does not know yet.
    'My name is Ali.',
    'Hello Ollie, I am Ali.',
  ])('are not heard in %j', text => expect(corrected(text, ROOM)).toBe(text));

  it('are left alone where somebody here is called so', () =>
    expect(corrected('Hello Ali.', { names: ['Ollie', 'Ali'], hotWords: [] })).toBe('Hello Ali.'));
});
