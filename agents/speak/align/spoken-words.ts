/** Written English to the words that a voice says: numbers, money, times, signs and abbreviations are spelled out. */

const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const POWERS: [number, string][] = [
  [1e12, 'trillion'],
  [1e9, 'billion'],
  [1e6, 'million'],
  [1000, 'thousand'],
  [100, 'hundred'],
];
const ORDINALS: Record<string, string> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};
const MONEY: Record<string, [one: string, many: string]> = {
  $: ['dollar', 'dollars'],
  '£': ['pound', 'pounds'],
  '€': ['euro', 'euros'],
};
const SIGNS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '&': 'and',
    '+': 'plus',
    '=': 'equals',
    '@': 'at',
    '%': 'percent',
    '°': 'degrees',
    '#': 'number',
  }),
);
const ABBREVIATIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'mr.': 'mister',
    'mrs.': 'missis',
    'ms.': 'miz',
    'dr.': 'doctor',
    'prof.': 'professor',
    'st.': 'saint',
    'jr.': 'junior',
    'sr.': 'senior',
    'no.': 'number',
    'vs.': 'versus',
    vs: 'versus',
    'etc.': 'et cetera',
    etc: 'et cetera',
    'approx.': 'approximately',
    'dept.': 'department',
    'e.g.': 'E G',
    'i.e.': 'I E',
    'a.m.': 'A M',
    'p.m.': 'P M',
  }),
);
/** Only behind a number: "5 km", "5km". */
const UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    km: 'kilometers',
    m: 'meters',
    cm: 'centimeters',
    mm: 'millimeters',
    kg: 'kilograms',
    g: 'grams',
    ml: 'milliliters',
    ft: 'feet',
    lb: 'pounds',
    mph: 'miles per hour',
    ms: 'milliseconds',
    min: 'minutes',
    am: 'A M',
    pm: 'P M',
  }),
);
/** Longer numbers are read digit by digit. */
const MAX_DIGITS = 15;

/**
 * The words of a text as they are said, in lower case; letters that are said one by one, and words that may be, stay
 * in capitals. Empty where nothing is said that is written in Latin letters or digits.
 */
export function spokenWords(text: string): string[] {
  const written = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[\u2018\u2019]/g, "'")
    .split(/[\s\u2013\u2014/\\_]+/);
  return written.flatMap((word, i) => spoken(word, /\d["')\],.!?]*$/.test(written[i - 1] ?? ''))).filter(Boolean);
}

function spoken(written: string, afterNumber: boolean): string[] {
  const word = written
    .replace(/^[^\p{L}\p{N}$£€@#&+=%-]+|(?<![^\p{L}\p{N}%°&+=.'])[^\p{L}\p{N}%°&+=.']+$/gu, '')
    .replace(/^-(?!\d)/, '');
  const bare = word.replace(/(?<![.'])[.']+$/, '');
  const unit = afterNumber ? UNITS.get(bare) : undefined;
  const whole =
    unit ?? ABBREVIATIONS.get(word.toLowerCase()) ?? ABBREVIATIONS.get(`${bare.toLowerCase()}.`.replace(/^no\.$/, ''));
  // "No." ends more sentences than it counts things.
  if (whole !== undefined && bare.toLowerCase() !== 'no') return whole.split(' ');
  const money = /^([$£€])([\d,]+)(?:\.(\d\d))?$/.exec(bare);
  if (money) return amount(money[1]!, money[2]!, money[3]);
  const time = /^(\d{1,2}):(\d\d)(am|pm)?$/i.exec(bare);
  if (time) return [...clock(Number(time[1]), time[2]!), ...(time[3]?.toUpperCase().split('') ?? [])];
  const ordinal = /^([\d,]+)(?:st|nd|rd|th)$/i.exec(bare);
  if (ordinal) return ordinalWords(digitsOf(ordinal[1]!));
  // Runs of digits, letters and signs, each by itself.
  return (bare.match(/-?\d[\d,]*(?:\.\d+)*|[A-Za-z']+|[&+=@%°#]/g) ?? []).flatMap((part, i, parts) => {
    const sign = SIGNS.get(part);
    if (sign !== undefined) return [sign];
    if (/\d/.test(part)) return numberWords(i === 0 ? part : part.replace('-', ''), parts.length === 1);
    const unit = i > 0 && /\d$/.test(parts[i - 1]!) ? UNITS.get(part) : undefined;
    if (unit !== undefined) return unit.split(' ');
    const letters = part.replace(/^'+|(?<!')'+$/g, '');
    return [/^[A-Z]+$/.test(letters) && letters !== 'I' && letters !== 'A' ? letters : letters.toLowerCase()];
  });
}

const digitsOf = (text: string) => text.replaceAll(',', '');
const digitByDigit = (digits: string) => [...digits].map(digit => ONES[Number(digit)]!);

function amount(sign: string, whole: string, cents: string | undefined): string[] {
  const count = digitsOf(whole);
  const [one, many] = MONEY[sign]!;
  const main = [...cardinal(count), count === '1' ? one : many];
  return cents === undefined || cents === '00'
    ? main
    : [...main, 'and', ...counted(Number(cents)), sign === '£' ? 'pence' : 'cents'];
}

function clock(hours: number, minutes: string): string[] {
  if (minutes === '00') return [...cardinal(String(hours)), "o'clock"];
  return [
    ...cardinal(String(hours)),
    ...(minutes.startsWith('0') ? ['oh', ONES[Number(minutes)]!] : cardinal(minutes)),
  ];
}

/** `alone`: four digits by themselves may be a year. */
function numberWords(text: string, alone: boolean): string[] {
  if (text.startsWith('-')) return ['minus', ...numberWords(text.slice(1), false)];
  const [whole = '', ...parts] = text.split('.');
  if (alone && parts.length === 0 && /^(1[1-9]|20)\d\d$/.test(whole)) return year(whole);
  return [...cardinal(digitsOf(whole)), ...parts.flatMap(part => ['point', ...digitByDigit(part)])];
}

function year(digits: string): string[] {
  const [century, rest] = [digits.slice(0, 2), digits.slice(2)];
  if (rest === '00') return century === '20' ? ['two', 'thousand'] : [...cardinal(century), 'hundred'];
  if (digits.startsWith('200')) return ['two', 'thousand', ONES[Number(rest)]!];
  return [...cardinal(century), ...(rest.startsWith('0') ? ['oh', ONES[Number(rest)]!] : cardinal(rest))];
}

function cardinal(digits: string): string[] {
  if (digits.length > MAX_DIGITS || /^0\d/.test(digits)) return digitByDigit(digits);
  return counted(Number(digits));
}

function counted(n: number): string[] {
  if (n < 20) return [ONES[n]!];
  if (n < 100) return [TENS[Math.floor(n / 10)]!, ...(n % 10 === 0 ? [] : counted(n % 10))];
  const [size, name] = POWERS.find(([power]) => n >= power)!;
  return [...counted(Math.floor(n / size)), name, ...(n % size === 0 ? [] : counted(n % size))];
}

function ordinalWords(digits: string): string[] {
  const words = cardinal(digits);
  const last = words.pop()!;
  return [
    ...words,
    ORDINALS[last] ?? (last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last.replace(/e$/, '')}th`),
  ];
}
