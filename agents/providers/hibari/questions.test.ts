import { expect, it } from 'vitest';
import { rises } from './questions.ts';

it.each([
  ['Is it raining?', true],
  ['And you?', true],
  ['You live in Paris?', true],
  ['So, do you like it?"', true],
  ['What is your name?', false],
  ['And how are you?', false],
  ['Would you like tea or coffee?', false],
  ['It is raining.', false],
  ['', false],
])('%s rises at the end: %s', (text, expected) => expect(rises(text.split(' '))).toBe(expected));
