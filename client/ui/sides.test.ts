import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const CLIENT = path.resolve(import.meta.dirname, '..');
/** What names a side of the screen; those of the text are `inline-start` and `inline-end`. */
const OF_THE_SCREEN =
  /(?:margin|padding|border)-(?:left|right)|(?:text-align|float): (?:left|right)|^\s*(?:left|right):/;
/** Four values of which the second and the fourth differ. */
const FOUR_SIDES = /^\s*(?:margin|padding|inset): (\S+) (\S+) (\S+) (?!\2;)[^\s;]+;/;

it('the page is laid out along the text, so that it is mirrored where one reads from right to left', () => {
  const sheets = fs
    .readdirSync(CLIENT, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.css') && !file.startsWith('dist'));
  expect(sheets.length).toBeGreaterThan(5);
  const wrong = sheets.flatMap(sheet =>
    fs
      .readFileSync(path.join(CLIENT, sheet), 'utf8')
      .split('\n')
      .filter(line => OF_THE_SCREEN.test(line) || FOUR_SIDES.test(line))
      .map(line => `${sheet}: ${line.trim()}`),
  );
  expect(wrong).toEqual([]);
});
