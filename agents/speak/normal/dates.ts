/** Times of the day, dates, years. */
import { cardinal, digitByDigit, isYear, ordinal, year } from './numbers.ts';
import type { Place, Reading } from './ports.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const SHORT_MONTHS: ReadonlyMap<string, string> = new Map(
  [...MONTHS.map(name => [name.slice(0, 3), name] as const), ['Sept', 'September'] as const].filter(
    ([short]) => short !== 'May',
  ),
);
const DAYS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Mon: 'Monday',
    Tue: 'Tuesday',
    Tues: 'Tuesday',
    Wed: 'Wednesday',
    Thu: 'Thursday',
    Thur: 'Thursday',
    Thurs: 'Thursday',
    Fri: 'Friday',
    Sat: 'Saturday',
    Sun: 'Sunday',
  }),
);
/** `Mon`, `Dec`: the whole name; undefined for what is none. */
export const wholeName = (short: string): string | undefined => DAYS.get(short) ?? SHORT_MONTHS.get(short);
const isMonth = (word: string) => MONTHS.includes(word) || SHORT_MONTHS.has(word);
const isDayNumber = (text: string) => /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= 31;

/** `3:30pm`, `10:00`, `15:45:10`, `3pm`. */
export function time(core: string, { next }: Place): string | undefined {
  const [, hours, minutes, seconds, half = ''] =
    /^(\d{1,2})(?::([0-5]\d)(?::([0-5]\d))?)?([aApP]\.?[mM])?$/.exec(core) ?? [];
  if (hours === undefined || (minutes === undefined && half === '') || Number(hours) > 24) return undefined;
  const halves = half === '' ? '' : ` ${halfOfDay(half)}`;
  const hour = cardinal(String(Number(hours)));
  if (minutes === undefined) return hour + halves;
  if (seconds !== undefined)
    return `${hour} ${minute(minutes)} and ${cardinal(String(Number(seconds)))} seconds${halves}`;
  if (minutes !== '00') return `${hour} ${minute(minutes)}${halves}`;
  if (half !== '' || isHalfOfDay(next)) return hour + halves;
  return Number(hours) > 12 ? `${hour} hundred` : `${hour} o'clock`;
}

const minute = (minutes: string) => (minutes.startsWith('0') ? `oh ${cardinal(minutes.slice(1))}` : cardinal(minutes));

const isHalfOfDay = (word: string) => /^[ap]\.?m$/i.test(word);
const halfOfDay = (half: string) => (/^a/i.test(half) ? 'A M' : 'P M');

/** `p.m.` behind a time. */
export function noon(core: string, { previous, after, next }: Place): Reading | undefined {
  if (!isHalfOfDay(core) || (!/^\d{1,2}(?::\d\d)?$/.test(previous) && !core.includes('.'))) return undefined;
  return { said: halfOfDay(core), after: core.includes('.') && next !== '' ? after.replace('.', '') : after };
}

/** `2024-03-05`, `12/25/2024`, `25.12.2024`. */
export function date(core: string): string | undefined {
  const iso = /^(\d{4})([-/.])(\d\d)\2(\d\d)(?:T.{0,20})?$/.exec(core);
  if (iso !== null) return spelled(iso[1]!, Number(iso[3]), Number(iso[4]));
  const [, first = '', , second = '', years = ''] = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$/.exec(core) ?? [];
  if (years === '') return undefined;
  const dayFirst = core.includes('.') || Number(first) > 12;
  return dayFirst ? spelled(years, Number(second), Number(first)) : spelled(years, Number(first), Number(second));
}

function spelled(years: string, month: number, day: number): string | undefined {
  const name = MONTHS[month - 1];
  if (name === undefined || day < 1 || day > 31) return undefined;
  return `${name} ${ordinal(String(day))}, ${isYear(years) ? year(years) : cardinal(years)}`;
}

/** The day beside a month: `5` of "March 5" and of "5 March". */
export function day(core: string, { previous, next, words, index }: Place): string | undefined {
  const digits = /^\d{1,2}(?=(?:st|nd|rd|th)$)/.exec(core)?.[0] ?? core;
  if (!isDayNumber(digits)) return undefined;
  const before = words[index - 1];
  if (MONTHS.includes(previous) || (SHORT_MONTHS.has(before?.core ?? '') && /^\.?$/.test(before!.after)))
    return ordinal(digits);
  if (next === 'May' && /^[a-z]/.test(words[index + 2]?.core ?? '')) return undefined;
  if (!isMonth(next)) return undefined;
  return /^the$/i.test(previous) ? `${ordinal(digits)} of` : `the ${ordinal(digits)} of`;
}

/** `Mar. 5`, `Mon.`: their whole names, beside a number or with their stop. */
export function shortName(core: string, { previous, next, after, words, index }: Place): Reading | undefined {
  const month = SHORT_MONTHS.get(core);
  const nearNumber = /^\d/.test(next) || /^\d{1,2}(?:st|nd|rd|th)?$/.test(previous);
  const name = month ?? DAYS.get(core);
  const isDay =
    (after === ',' && isMonth(words[index + 1]?.core ?? '')) ||
    (after.startsWith('.') && (next !== '' || /^(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri)$/.test(core)));
  if (name === undefined || !(month === undefined ? isDay : nearNumber)) return undefined;
  return { said: name, after: next === '' ? after : after.replace(/^\./, '') };
}

/** `'90s`, `1990s`. */
export const decadeDigits = (core: string): string | undefined => /^['’‘]?((?:1[1-9]|20)?\d0)['’]?s$/.exec(core)?.[1];

/** `007`: digits of a row that is no number. */
export const row = (core: string): string | undefined => (/^0\d+$/.test(core) ? digitByDigit(core) : undefined);
