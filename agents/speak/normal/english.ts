/** English as it is read aloud. */
import { abbreviation, initials, name } from './abbreviations.ts';
import { address, letters } from './addresses.ts';
import { counted, number, numbered, part, sidesOf, sum, unitBehind } from './counts.ts';
import { date, day, noon, row, shortName, time, wholeName } from './dates.ts';
import type { Language, Place, Reader, Reading } from './ports.ts';
import { roman } from './roman.ts';
import { formula, greek, sign } from './signs.ts';
import { rate, signed } from './units.ts';

/** `3–5 km`, `$5–10`, `9am–5pm`: each side as if it stood alone. */
const range: Reader = (core, place) => {
  const [one = '', other = ''] = core.length <= 12 ? core.split(/[-–]/) : [];
  const [first, last] = [wholeName(one), wholeName(other)];
  if (first !== undefined && last !== undefined) return `${first} to ${last}`;
  const sides = sidesOf(core);
  if (sides === undefined) return undefined;
  const [from, to] = sides;
  const currency = /^[$€£¥]/.exec(from)?.[0] ?? '';
  const shared = currency !== '' && /^[\d.,]+[a-zA-Z]{0,2}$/.test(to);
  if (from === to) return `${side(from, place)} ${side(to, place)}`;
  const start = side(shared ? from.slice(currency.length) : from, place);
  return `${start} to ${side(shared ? currency + to : to, place)}`;
};

function side(core: string, place: Place): string {
  const said = readingOf(core, { ...place, core, after: '', previous: '', next: place.next });
  return typeof said === 'string' ? said : said.said;
}

/** `@ann`, `#harvest`, `:)`. */
const tagged: Reader = core => {
  if (/^@[\p{L}\d_.]{1,40}$/u.test(core)) return `at ${compound(core.slice(1))}`;
  if (/^#\p{L}[\p{L}\d_]{0,60}$/u.test(core)) return `hashtag ${compound(core.slice(1))}`;
  return undefined;
};

/** `.txt`, `index.html`: names of files, whose ends are spelled where they are no words. */
const file: Reader = core => {
  const [, stem, end] =
    /^([\w-]{0,40})\.(txt|html?|css|js|ts|tsx|py|pdf|csv|json|md|exe|png|jpe?g|gif|zip|mp3|mp4|xml|docx?|xlsx?|sh|yml|yaml)$/i.exec(
      core,
    ) ?? [];
  if (end === undefined) return undefined;
  const said = /^(?:json|zip|doc)$/i.test(end) ? end.replace(/json/i, 'Jason') : compound(end, letters);
  return `${stem === '' ? '' : `${compound(stem!)} `}dot ${said}`;
};

/** `he/she`, `C#/.NET`: each side as if it stood alone. */
const slashed: Reader = (core, place) => {
  const parts = core.split('/');
  if (parts.length < 2 || parts.length > 4 || parts.some(part => part === '' || part.length > 24)) return undefined;
  const or = parts.every(part => CHOICES.has(part.toLowerCase()));
  return parts.map(part => side(part, place)).join(or ? ' or ' : ' ');
};
/** What stands beside its opposite. */
const CHOICES: ReadonlySet<string> = new Set(
  'he she they him her them his hers their yes no true false on off hot cold black white left right man woman boy girl mother father son daughter'.split(
    ' ',
  ),
);

const READERS: readonly Reader[] = [
  name,
  abbreviation,
  initials,
  address,
  date,
  time,
  noon,
  shortName,
  day,
  sum,
  unitBehind,
  numbered,
  counted,
  part,
  number,
  row,
  range,
  roman,
  sign,
  greek,
  tagged,
  file,
  rate,
  formula,
  slashed,
];

export const ENGLISH: Language = { readers: [...READERS, core => compound(core)] };

function readingOf(core: string, place: Place): Reading {
  for (const reader of ENGLISH.readers) {
    const said = reader(core, place);
    if (said !== undefined) return said;
  }
  return core;
}

/** Runs of digits, of letters, and what is between them. */
const RUNS = /\d[\d,]*(?:\.\d+)?|[\p{L}\p{M}'’]+|[^\d\p{L}\p{M}'’]/gu;
const BETWEEN: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '&': ' and ',
    '+': ' plus ',
    '@': ' at ',
    '%': ' percent ',
    '=': ' equals ',
    '°': ' degrees ',
    $: ' dollars ',
    '€': ' euros ',
    '£': ' pounds ',
    '—': ', ',
    '…': '... ',
    ',': ', ',
    ';': '; ',
    ':': ' ',
    '♯': ' sharp ',
    '♭': ' flat ',
    '!': '! ',
    '?': '? ',
  }),
);

/** What no reader knows: its words and numbers, one after another. @param word says a run of letters */
function compound(core: string, word: (letters: string) => string = run => run): string {
  const runs = core.replace(/[₀-₉]/g, digit => String(digit.charCodeAt(0) - 0x2080)).match(RUNS) ?? [];
  const said = runs.map((run, i) => {
    if (/^\d/.test(run)) return ` ${signed(run, true) ?? ''} `;
    if (/^[\p{L}\p{M}'’]/u.test(run)) return word(run);
    const [before = '', after = ''] = [runs[i - 1], runs[i + 1]];
    const joins = /^\p{L}/u.test(before) && /^\p{L}/u.test(after);
    // `word(s)`.
    if (run === '(' && /^e?s$/.test(after)) return '';
    if (/^[-‐‑]$/.test(run)) return joins ? '-' : ' ';
    if (run === '.') return !joins ? ' ' : /^\p{Lu}/u.test(after) ? '. ' : ' dot ';
    return BETWEEN.get(run) ?? ' ';
  });
  return said.join('').replace(/ {2,}/g, ' ').trim();
}
