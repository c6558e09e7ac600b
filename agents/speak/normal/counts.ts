/** Numbers as they stand among words: with signs, in ranges, as parts, versions, ordinals. */

import { decadeDigits } from './dates.ts';
import { amountOf, isCurrency, isMultiple, money, multiple } from './money.ts';
import { cardinal, decade, decimal, digitByDigit, FRACTION_SIGNS, fraction, isNumber, ordinal } from './numbers.ts';
import type { Place, Reading } from './ports.ts';
import { isOne, measure, signed, unit } from './units.ts';

/** What a unit or a currency may stand behind: `5`, `−3.5`, `3–5`, `½`, `3/4`. */
const AMOUNT = /^[-−–+±~≈<>≤≥]?[\d.,/–-]*[\d½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]$/u;
const isPart = (text: string) => FRACTION_SIGNS.has(text) || /^\d{1,2}\/\d{1,3}$/.test(text);
const isPlainAmount = (text: string) => /^[\d.,]*\d$/.test(text);
/** What people take a part of. */
const MEASURED =
  /^(?:cup|mile|hour|inch|ounce|pound|liter|litre|teaspoon|tablespoon|gallon|pint|day|year|century|second|minute|meter|kilometer|acre)$/;
const hasCode = (text: string) => isCurrency(text) && /^[A-Z]{3}$/.test(text);

/** "A 5 km run", "a $100 bill": what is counted says of what kind something is, and has no plural. */
const isOfKind = ({ previous, next }: Place) =>
  /^an?$/i.test(previous) && /^[a-z]{3,}/.test(next) && !/^(?:per|for|and|from|with|than)$/.test(next);

/** `$5`, `5 €`, `USD 5`, `$5 million`. */
export function sum(core: string, place: Place): string | undefined {
  const { previous, next } = place;
  const [, shared = '', one] = /^([$€£¥])\/([a-z]{1,7})$/.exec(core) ?? [];
  if (one !== undefined && isPlainAmount(previous))
    return `${amountOf(shared, previous)} per ${unit(one, true) ?? one}`;
  if (isPlainAmount(core) && /^[$€£¥]\/[a-z]{1,7}$/.test(next)) return '';
  if (isCurrency(core) && (AMOUNT.test(previous) || (hasCode(core) && isPlainAmount(next)))) return '';
  if (isMultiple(core) && money(previous, core) !== undefined) return '';
  if (isPlainAmount(core) && isCurrency(next)) return amountOf(next, core);
  if (isPlainAmount(core) && hasCode(previous)) return amountOf(previous, core);
  const said = money(core, isMultiple(next) ? next : '', isOfKind(place));
  if (said !== undefined) return said;
  const [, price, per] = /^([^/]{2,16})\/([a-z]{1,7})$/.exec(core) ?? [];
  const each = price === undefined ? undefined : money(price);
  return each === undefined ? undefined : `${each} per ${unit(per!, true) ?? per}`;
}

/** `km` of "5 km", `°C`, `%`. */
export function unitBehind(core: string, place: Place): Reading | undefined {
  const { previous, after, words, index } = place;
  if (!AMOUNT.test(previous)) return undefined;
  if (core === 'in' && words[index - 2]?.core === 'ft') return 'inches';
  if (core === 'in' && after.startsWith('.') && index < words.length - 1)
    return { said: 'inches', after: after.slice(1) };
  const mixed = isPart(previous) && /^\d+$/.test(words[index - 2]?.core ?? '');
  if (isPart(previous) && !mixed) {
    const one = unit(core, true);
    return one === undefined || core === '%' ? one : `of ${/^[aeiou]|^hour/.test(one) ? 'an' : 'a'} ${one}`;
  }
  const kind = isOfKind({ ...place, previous: words[index - 2]?.core ?? '' });
  return unit(core, (isOne(previous) && !mixed) || kind);
}

/** `5km`, `50%`, `18+`, `5'10`, `10k`. */
export function counted(core: string, { previous, next, after }: Place): Reading | undefined {
  const [, feet, inches] = /^(\d{1,2})['’′](\d{1,2})[″]?$/.exec(core) ?? [];
  if (feet !== undefined)
    return { said: `${cardinal(feet)} foot ${cardinal(inches!)}`, after: after.replace(/^["”]/, '') };
  const [, number, many] = /^([\d.,]{1,12})(k|K|M|bn|mn)$/.exec(core) ?? [];
  if (number !== undefined && isNumber(number) && !/^\dK$/.test(core)) return `${decimal(number)} ${multiple(many!)}`;
  if (/^\d{1,4}(?:\.\d)?[x×]$/.test(core) && /^[a-z]{3}/.test(next)) return `${decimal(core.slice(0, -1))} times`;
  if (/^\d{1,2}m$/.test(core) && /^\d{1,3}h$/.test(previous)) return `${cardinal(core.slice(0, -1))} minutes`;
  if (/^\d{1,3}\+$/.test(core)) return `${cardinal(core.slice(0, -1))} plus`;
  return measure(core);
}

/** `½`, `1½`, `3/4`, `9/10`, `24/7`; behind a whole number "and three quarters". */
export function part(core: string, { previous, next }: Place): string | undefined {
  const [, whole = '', signOf = ''] = /^(\d*)([½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])$/u.exec(core) ?? [];
  const [, over, under] = /^(\d{1,3})\/(\d{1,3})$/.exec(core) ?? [];
  const [above, below] = FRACTION_SIGNS.get(signOf) ?? [over, under];
  if (above === undefined || below === undefined) return undefined;
  const behind = whole !== '' || (/^\d{1,3}$/.test(previous) && Number(above) < Number(below));
  if (behind) {
    const rest = above === '1' && below === '2' ? 'a half' : fraction(above, below);
    return `${whole === '' ? '' : `${cardinal(whole)} `}and ${rest}`;
  }
  if (signOf === '' && (above === below || core === '24/7' || core === '9/11'))
    return `${cardinal(above)} ${below === '10' ? 'out of ' : ''}${cardinal(below)}`;
  if (below === '1' || below === '0' || below.startsWith('0')) return undefined;
  if (/^10{1,2}$/.test(below) && above !== '1') return `${cardinal(above)} out of ${cardinal(below)}`;
  const of = !MEASURED.test(next) ? '' : /^(?:ou|in|ho|ac)/.test(next) ? ' of an' : ' of a';
  return fraction(above, below) + of;
}

/** `21st`, `1990s`, `#5`, `v2.0.1`, `2.0.1`, `16:9`, `007`. */
export function numbered(core: string): string | undefined {
  const [, digits] = /^(\d[\d,]*)(?:st|nd|rd|th)$/i.exec(core) ?? [];
  if (digits !== undefined) return ordinal(digits);
  const tens = decadeDigits(core);
  if (tens !== undefined) return decade(tens);
  if (/^#\d{1,9}$/.test(core)) return `number ${cardinal(core.slice(1))}`;
  const [, counted] = /^(?:№|[Nn]o\.)(\d{1,9})$/.exec(core) ?? [];
  if (counted !== undefined) return `number ${cardinal(counted)}`;
  if (/^§+\d/.test(core) && isNumber(core.replace(/^§+/, ''))) return `section ${decimal(core.replace(/^§+/, ''))}`;
  if (/^v\d{1,4}(?:\.\d{1,6}){0,4}$/.test(core)) return `version ${points(core.slice(1))}`;
  if (/^\d{1,6}(?:\.\d{1,6}){2,4}$/.test(core)) return points(core);
  const [, left, right] = /^(\d{1,4}):(\d{1,4})$/.exec(core) ?? [];
  return left === undefined ? undefined : `${cardinal(left)} to ${cardinal(right!)}`;
}

const points = (version: string) => version.split('.').map(cardinal).join(' point ');

/** A number by itself; four digits count years, unless they are reckoned with or measured. */
export function number(core: string, { previous, next }: Place): string | undefined {
  // Thousands that stand apart, `20 000`.
  if (core === '000' && /^\d{1,3}$/.test(previous)) return '';
  if (next === '000' && /^\d{1,3}$/.test(core)) return cardinal(core + next);
  const reckoned = /^[+*×÷=/<>−-]$/.test(previous) || /^[+*×÷=/<>−-]$/.test(next);
  const asYear = !reckoned && unit(next, false) === undefined;
  const [, whole, part] = /^[-−]?(\d{1,9}|\d{1,3}(?:\.\d{3}){1,4}),(\d{1,2})$/.exec(core) ?? [];
  // A comma before one or two last digits is a point in most of the world.
  if (whole !== undefined)
    return `${/^\d/.test(core) ? '' : 'minus '}${cardinal(whole.replaceAll('.', ''))} point ${digitByDigit(part!)}`;
  return signed(core, asYear);
}

/** Two sides of a range, `3–5`; undefined where it is none. */
export function sidesOf(core: string): [string, string] | undefined {
  const [, from, to] = /^([-−+~≈]?[^-–—−\s]{1,16})[-–—]([-−]?[^-–—−\s]{1,16})$/.exec(core) ?? [];
  if (from === undefined || to === undefined) return undefined;
  if (/\d/.test(from) && /^[-−]?[$€£¥]?\d/.test(to) && !/^\p{L}/u.test(from)) return [from, to];
  return /^[A-Z]$/.test(from) && /^[A-Z]$/.test(to) ? [from, to] : undefined;
}
