import { expect, it } from 'vitest';
import { joinOverlapping } from './overlap.ts';

it.each([
  [
    'what both have is said once',
    'we went to the market and bought',
    'market and bought apples',
    'we went to the market and bought apples',
  ],
  [
    'a word that was cut off is read in the second',
    'we went to the market and bou',
    'the market and bought apples',
    'we went to the market and bought apples',
  ],
  [
    'what the second makes of half a word at its beginning is left out',
    'we went to the market',
    'X to the market again',
    'we went to the market again',
  ],
  ['marks and capitals do not matter', 'Well, to the Market.', 'to the market, again', 'Well, to the market, again'],
  ['nothing in common: nothing is lost', 'we went', 'to the market', 'we went to the market'],
  ['nothing before', '', 'to the market', 'to the market'],
])('[L1] %s', (_, first, second, whole) => expect(joinOverlapping(first, second)).toBe(whole));
