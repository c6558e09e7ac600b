/** Days and dates in words: what day it is, how long until another, and when something is to be. */

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const DAY_MS = 86_400_000;
/** Feasts by month and day. */
const FEASTS: Readonly<Record<string, [number, number]>> = {
  'christmas eve': [12, 24],
  christmas: [12, 25],
  'new years eve': [12, 31],
  'new year': [1, 1],
  'new years day': [1, 1],
  'valentines day': [2, 14],
  halloween: [10, 31],
};

const startOf = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
const plusDays = (date: Date, days: number) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
const isoOf = (date: Date) =>
  `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
const spoken = (date: Date, year = false) =>
  date.toLocaleDateString('en-US', {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    ...(year && { year: 'numeric' }),
  });

/** A day or a month that is spoken of. */
export interface Dated {
  /** As it was said: `on Friday`, `in June`. */
  text: string;
  /** ISO 8601: a day, or a month. */
  iso: string;
}

const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** The first day or month in a sentence that is to come, or is today; undefined where there is none. */
export function datedIn(plain: string, now: Date): Dated | undefined {
  const today = startOf(now);
  const words = plain.trim().split(' ');
  if (plain.includes(' day after tomorrow ')) return { text: 'the day after tomorrow', iso: isoOf(plusDays(today, 2)) };
  if (plain.includes(' tomorrow ')) return { text: 'tomorrow', iso: isoOf(plusDays(today, 1)) };
  if (/ (?:today|tonight|this (?:morning|afternoon|evening)) /.test(plain))
    return { text: plain.includes(' tonight ') ? 'tonight' : 'today', iso: isoOf(today) };
  for (const [i, word] of words.entries()) {
    const before = words[i - 1] ?? '';
    const day = DAYS.indexOf(word);
    if (day >= 0 && before !== 'last') {
      const ahead = (day - today.getDay() + 7) % 7 || 7;
      const next = before === 'next' && ahead < 4 ? ahead + 7 : ahead;
      return { text: `${before === 'next' ? 'next' : 'on'} ${capitalised(word)}`, iso: isoOf(plusDays(today, next)) };
    }
    const month = MONTHS.indexOf(word);
    if (
      month >= 0 &&
      (word !== 'may' || ['in', 'next', 'of', 'this'].includes(before) || /^\d/.test(words[i + 1] ?? '')) &&
      before !== 'last'
    ) {
      const number = Number.parseInt(
        /^\d{1,2}(?:st|nd|rd|th)?$/.test(words[i + 1] ?? '')
          ? words[i + 1]!
          : before === 'of'
            ? (words[i - 2] ?? '')
            : before,
        10,
      );
      const year = today.getFullYear() + (month < today.getMonth() ? 1 : 0);
      if (number >= 1 && number <= 31)
        return { text: `on ${capitalised(word)} ${number}`, iso: isoOf(new Date(year, month, number)) };
      return { text: `in ${capitalised(word)}`, iso: `${year}-${String(month + 1).padStart(2, '0')}` };
    }
    if (word === 'weekend' && (before === 'this' || before === 'the' || before === 'next'))
      return {
        text: `${before === 'next' ? 'next' : 'this'} weekend`,
        iso: isoOf(plusDays(today, ((6 - today.getDay() + 7) % 7) + (before === 'next' ? 7 : 0))),
      };
    if (before === 'next' && word === 'week') return { text: 'next week', iso: isoOf(plusDays(today, 7)) };
    if (before === 'next' && word === 'month') {
      const next = new Date(today.getFullYear(), today.getMonth() + 1, 1);
      return { text: 'next month', iso: isoOf(next).slice(0, 7) };
    }
    if (before === 'next' && word === 'year') return { text: 'next year', iso: `${today.getFullYear() + 1}-06` };
    if (before === 'next' && ['spring', 'summer', 'autumn', 'fall', 'winter'].includes(word))
      return { text: `next ${word}`, iso: seasonOf(word, today) };
    if (['in'].includes(before) && ['spring', 'summer', 'autumn', 'winter'].includes(word))
      return { text: `in ${word}`, iso: seasonOf(word, today) };
    if (before === 'in' || (words[i - 2] === 'in' && /^\d{1,3}$/.test(before))) {
      const many = /^\d{1,3}$/.test(before)
        ? Number(before)
        : { a: 1, an: 1, two: 2, three: 3, four: 4, five: 5, six: 6 }[word];
      const unit = /^\d{1,3}$/.test(before) ? word : (words[i + 1] ?? '');
      const days = { day: 1, days: 1, week: 7, weeks: 7, month: 30, months: 30 }[unit];
      if (many !== undefined && days !== undefined)
        return { text: `in ${/^\d/.test(before) ? before : word} ${unit}`, iso: isoOf(plusDays(today, many * days)) };
    }
  }
  const feast = feastIn(plain, today);
  return feast === undefined ? undefined : { text: `at ${feast.name}`, iso: isoOf(feast.date) };
}

function seasonOf(season: string, today: Date): string {
  const month = { spring: 4, summer: 7, autumn: 10, fall: 10, winter: 1 }[season]!;
  return `${today.getFullYear() + (month - 1 <= today.getMonth() ? 1 : 0)}-${String(month).padStart(2, '0')}`;
}

function feastIn(plain: string, today: Date): { name: string; date: Date } | undefined {
  const key = Object.keys(FEASTS).find(each => plain.includes(` ${each} `));
  if (key === undefined) return undefined;
  const [month, day] = FEASTS[key]!;
  const this_ = new Date(today.getFullYear(), month - 1, day);
  const name = key
    .split(' ')
    .map(capitalised)
    .join(' ')
    .replace('Years', "Year's")
    .replace('Valentines', "Valentine's")
    .replace(/\bDay\b/, 'Day');
  return { name, date: this_ < today ? new Date(today.getFullYear() + 1, month - 1, day) : this_ };
}

/** Whether a day, or a month, is over. */
export const isOver = (iso: string, now: Date): boolean => {
  const [year = 0, month = 1, day] = iso.split('-').map(Number);
  return day === undefined ? new Date(year, month, 1) <= now : plusDays(new Date(year, month - 1, day), 1) <= now;
};

const daysText = (days: number) => (days === 1 ? 'one day' : `${days} days`);

/** What is asked about the day, the date or the time; undefined where nothing is. */
export function calendarAnswer(plain: string, now: Date): string | undefined {
  const today = startOf(now);
  const time = now.toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' });
  if (
    / (?:what time is it|what is the time|the time please|do you have the time|tell me the time|what time do you have|how late is it|know what time it is) /.test(
      plain,
    )
  )
    return `By the clock of this machine it is ${time}.`;
  const until =
    / (?:how (?:many days|long|many weeks)) (?:is it |are there |are left |is there |left |do we have |do i have )?(?:until|till|to|before) /.exec(
      plain,
    );
  if (until !== null) {
    const rest = ` ${plain.slice(until.index + until[0].length)}`;
    const target = datedIn(rest, now);
    const date =
      target === undefined
        ? undefined
        : new Date(`${target.iso.length === 7 ? `${target.iso}-01` : target.iso}T00:00:00`);
    if (date === undefined) return undefined;
    const days = Math.round((startOf(date).getTime() - today.getTime()) / DAY_MS);
    return plain.includes('how many weeks')
      ? `About ${Math.round(days / 7)} weeks: it is on ${spoken(date)}.`
      : `It is ${daysText(days)} until ${spoken(date)}.`;
  }
  if (/ what year (?:is it|are we|do we have) /.test(plain)) return `It is ${now.getFullYear()}.`;
  if (/ (?:what|which) month (?:is it|is this|are we) /.test(plain))
    return `It is ${now.toLocaleDateString('en-US', { month: 'long' })}.`;
  if (
    / what (?:is tomorrow|day is (?:it )?tomorrow|is the date tomorrow|date is tomorrow|will tomorrow be|day will it be tomorrow|day is it tomorrow) /.test(
      plain,
    )
  )
    return `Tomorrow is ${spoken(plusDays(today, 1))}.`;
  if (/ what (?:was yesterday|day was (?:it )?yesterday|was the date yesterday|date was yesterday) /.test(plain))
    return `Yesterday was ${spoken(plusDays(today, -1))}.`;
  const when = / (?:what|which) (?:day|date|day of the week|weekday) (?:is|was|will be|does) /.exec(plain);
  if (when !== null) {
    const rest = ` ${plain.slice(when.index + when[0].length)}`;
    const target = / (?:today|it today|it now|it) /.test(rest) ? undefined : datedIn(rest, now);
    const year = /\b((?:19|20)\d\d)\b/.exec(rest)?.[1];
    if (target !== undefined && target.iso.length === 10) {
      const date = new Date(`${year === undefined ? target.iso : year + target.iso.slice(4)}T00:00:00`);
      return `That ${date < today ? 'was' : 'is'} ${spoken(date, true)}.`;
    }
  }
  if (
    / (?:what day is it|what day is today|what is the date|which day|what is today|what date|the date today|today s date|day of the week|todays date|what is todays) /.test(
      plain,
    )
  )
    return `Today is ${spoken(today)}.`;
  if (/ when is /.test(plain)) {
    const feast = feastIn(plain, today);
    if (feast !== undefined) return `${feast.name} is on ${spoken(feast.date)}.`;
  }
  return undefined;
}
