/** English numbers in words. */

const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const POWERS: readonly [bigint, string][] = [
  [10n ** 12n, 'trillion'],
  [10n ** 9n, 'billion'],
  [10n ** 6n, 'million'],
  [1000n, 'thousand'],
  [100n, 'hundred'],
];
const ORDINALS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    one: 'first',
    two: 'second',
    three: 'third',
    five: 'fifth',
    eight: 'eighth',
    nine: 'ninth',
    twelve: 'twelfth',
  }),
);
/** Longer numbers are read digit by digit. */
const MOST_DIGITS = 15;
/** A number as it is written, without its sign: `1,234.5`, `.5`. */
const NUMBER = /^(?:\d{1,3}(?:,\d{3}){1,4}|\d*)(?:\.\d+)?$/;

/** Digits, one by one. */
export const digitByDigit = (digits: string): string => Array.from(digits, digit => ONES[Number(digit)]).join(' ');

/** `1234` or `1,234`: "one thousand two hundred thirty-four". A number with a leading zero is a row of digits. */
export function cardinal(written: string): string {
  const digits = written.replaceAll(',', '');
  if (digits.length > MOST_DIGITS || /^0\d/.test(digits)) return digitByDigit(digits);
  return counted(BigInt(digits));
}

function counted(n: bigint): string {
  if (n < 20n) return ONES[Number(n)]!;
  if (n < 100n) return TENS[Number(n / 10n)]! + (n % 10n === 0n ? '' : `-${ONES[Number(n % 10n)]}`);
  const [size, name] = POWERS.find(([power]) => n >= power)!;
  return `${counted(n / size)} ${name}${n % size === 0n ? '' : ` ${counted(n % size)}`}`;
}

/** Of a number's words, the last becomes an ordinal: "twenty-first". */
export function ordinal(digits: string): string {
  const words = cardinal(digits);
  const at = Math.max(words.lastIndexOf(' '), words.lastIndexOf('-')) + 1;
  const last = words.slice(at);
  const regular = last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`;
  return words.slice(0, at) + (ORDINALS.get(last) ?? regular);
}

/** Whether it is a number as it is written, without a sign. */
export const isNumber = (text: string): boolean => text !== '' && NUMBER.test(text) && /\d$/.test(text);

/** `3.14`: "three point one four". */
export function decimal(written: string): string {
  const [whole = '', fraction] = written.split('.');
  const said = cardinal(whole === '' ? '0' : whole);
  return fraction === undefined ? said : `${said} point ${digitByDigit(fraction)}`;
}

/** Four digits that may count years: 1100 to 2099. */
export const isYear = (text: string): boolean => /^(?:1[1-9]|20)\d\d$/.test(text);

/** `1984`: "nineteen eighty-four". */
export function year(digits: string): string {
  const [century, rest] = [digits.slice(0, 2), digits.slice(2)];
  if (digits.startsWith('200')) return cardinal(digits);
  if (rest === '00') return `${cardinal(century)} hundred`;
  return `${cardinal(century)} ${rest.startsWith('0') ? `oh ${ONES[Number(rest)]}` : cardinal(rest)}`;
}

/** `90`, `1990`: "nineties", "nineteen nineties". */
export function decade(digits: string): string {
  const words = digits.length === 4 ? year(digits) : cardinal(digits);
  return words.endsWith('y') ? `${words.slice(0, -1)}ies` : `${words}s`;
}

/** `3/4`: "three quarters". */
export function fraction(above: string, below: string): string {
  const one = Number(above) === 1;
  const part = below === '2' ? (one ? 'half' : 'halves') : below === '4' ? 'quarter' : ordinal(below);
  return `${cardinal(above)} ${one || part === 'halves' ? part : `${part}s`}`;
}

/** Fractions that have a sign of their own. */
export const FRACTION_SIGNS: ReadonlyMap<string, readonly [above: string, below: string]> = new Map([
  ['½', ['1', '2']],
  ['⅓', ['1', '3']],
  ['⅔', ['2', '3']],
  ['¼', ['1', '4']],
  ['¾', ['3', '4']],
  ['⅕', ['1', '5']],
  ['⅖', ['2', '5']],
  ['⅗', ['3', '5']],
  ['⅘', ['4', '5']],
  ['⅙', ['1', '6']],
  ['⅚', ['5', '6']],
  ['⅛', ['1', '8']],
  ['⅜', ['3', '8']],
  ['⅝', ['5', '8']],
  ['⅞', ['7', '8']],
]);
