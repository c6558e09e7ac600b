/** Dates, numbers and lists as the language of the page writes them. */
import { locale } from './words.ts';

/** Made once for each language that is spoken: to make one costs more than to use it. */
function perLocale<T>(make: (locale: string) => T): () => T {
  let of: string | undefined;
  let made: T;
  return () => {
    if (of !== locale()) {
      of = locale();
      made = make(of);
    }
    return made;
  };
}

const dates = (options: Intl.DateTimeFormatOptions) => {
  const format = perLocale(tag => new Intl.DateTimeFormat(tag, options));
  /** @param time Unix time, ms, or ISO 8601 */
  return (time: number | string): string => format().format(new Date(time));
};

/** "4 May 2026" */
export const dateOf = dates({ dateStyle: 'medium' });
/** "Monday, 4 May 2026" */
export const fullDateOf = dates({ dateStyle: 'full' });
/** "10:30" */
export const clockOf = dates({ hour: '2-digit', minute: '2-digit' });
/** "10:30:07" */
export const exactClockOf = dates({ hour: '2-digit', minute: '2-digit', second: '2-digit' });

const numbers = (options: Intl.NumberFormatOptions) => {
  const format = perLocale(tag => new Intl.NumberFormat(tag, options));
  return (value: number): string => format().format(value);
};

/** 0.012: "1.2%" */
export const percentOf = numbers({ style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
const milliseconds = numbers({ style: 'unit', unit: 'millisecond', maximumFractionDigits: 0 });
const seconds = numbers({
  style: 'unit',
  unit: 'second',
  unitDisplay: 'narrow',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** "312 ms" */
export const millisecondsOf = (ms: number): string => milliseconds(Math.round(ms));
/** "312 ms", "1.4s" */
export const tookOf = (ms: number): string => (ms < 1000 ? millisecondsOf(ms) : seconds(ms / 1000));

const kilobytes = numbers({ style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 });
const megabytes = numbers({ style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 });
/** "340 kB", "1.2 MB" */
export const bytesOf = (bytes: number): string =>
  bytes < 1_000_000 ? kilobytes(Math.max(1, Math.round(bytes / 1000))) : megabytes(bytes / 1_000_000);

const conjunctions = perLocale(tag => new Intl.ListFormat(tag, { type: 'conjunction' }));
const units = perLocale(tag => new Intl.ListFormat(tag, { type: 'unit', style: 'short' }));

/** "Ann, Bob and Ollie" */
export const allOf = (items: readonly string[]): string => conjunctions().format(items);
/** "Ann, muted" */
export const listOf = (items: readonly (string | false | undefined)[]): string =>
  units().format(items.filter(item => typeof item === 'string' && item !== '') as string[]);
