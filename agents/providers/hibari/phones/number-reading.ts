import { cardinal, ordinal, spelled, year } from './numbers.ts';
import { type Readings, withEd, withIng, withS } from './readings.ts';
import type { Stress } from './stress.ts';

const CURRENCIES: Readonly<Record<string, readonly [whole: string, part: string]>> = {
  $: ['dollar', 'cent'],
  '£': ['pound', 'pence'],
  '€': ['euro', 'cent'],
};
export const isCurrency = (text: string): boolean => text in CURRENCIES;

/** Sign, digits with commas and dots, and what may hang on them. */
const NUMBER = /^(-?)((?:[,.]*\d)+[,.]*)(st|nd|rd|th|'s|s|'d|ed|ing)?$/;

/** Numbers in digits, as words: years, sums, decimals; undefined for what is none. */
export function readNumber(
  text: string,
  { currency, first }: { currency: string | undefined; first: boolean },
  readings: Readings,
): string | undefined {
  const [, sign, figure, suffix] = NUMBER.exec(text) ?? [];
  if (figure === undefined || (sign !== '' && !first)) return undefined;
  const say = (word: string): string => readings.lookUp(word, undefined, stressOf(word)) ?? '';
  const words = [
    ...(sign === '' ? [] : ['minus']),
    ...wordsOf(figure, { currency, first, suffix, signed: sign !== '' }),
  ];
  const phones = words.map(say).filter(Boolean).join(' ');
  if (suffix === 's' || suffix === "'s") return withS(phones);
  if (suffix === 'ed' || suffix === "'d") return withEd(phones);
  return suffix === 'ing' ? withIng(phones) : phones;
}

/** A point between whole and parts, and a nought inside of a name, are said in passing. */
const stressOf = (word: string): Stress => (word === 'point' || word === 'o' ? -2 : undefined);

const isOrdinal = (suffix: string | undefined) => suffix !== undefined && /^(?:st|nd|rd|th)$/.test(suffix);

function wordsOf(
  figure: string,
  {
    currency,
    first,
    suffix,
    signed,
  }: { currency: string | undefined; first: boolean; suffix: string | undefined; signed: boolean },
): string[] {
  const plain = figure.replaceAll(',', '');
  const parts = plain.split('.');
  if (isOrdinal(suffix) && parts.length === 1) return ordinal(plain);
  if (currency !== undefined && parts.length <= 2) return sum(parts, CURRENCIES[currency]!);
  if (!signed && /^\d{4}$/.test(figure)) return year(figure);
  if (parts.length > 2 || !first) return parts.flatMap((part, i) => inName(part, parts.length > 1 && i > 0));
  const [whole = '', decimals = ''] = parts;
  const said = decimals.slice(0, 1 + [...decimals].findLastIndex(digit => digit !== '0'));
  return [...(whole === '' ? [] : cardinal(whole)), ...(said === '' ? [] : ['point', ...spelled(said)])];
}

/** Digits inside of a name (`B52`, `4-320`): few as a number, many one by one. */
function inName(digits: string, later: boolean): string[] {
  if (digits === '') return [];
  if (digits.startsWith('0') || digits.length > 3 || (later && digits.length !== 2)) return spelled(digits);
  if (digits.length < 3 || digits.endsWith('00')) return cardinal(digits);
  const rest = digits[1] === '0' ? ['o', ...cardinal(digits[2]!)] : cardinal(digits.slice(1));
  return [...cardinal(digits[0]!), ...rest];
}

function sum([whole = '', cents = '']: string[], [unit, part]: readonly [string, string]): string[] {
  const many = (digits: string, word: string) => (Number(digits) === 1 || word === 'pence' ? word : `${word}s`);
  const of = (digits: string, word: string) => [...cardinal(digits), many(digits, word)];
  const parts = cents.padEnd(2, '0').slice(0, 2);
  if (Number(parts) === 0) return of(whole || '0', unit);
  if (Number(whole) === 0) return of(parts, part);
  return [...of(whole, unit), 'and', ...of(parts, part)];
}
