/** Units of measure, and how numbers are told in them. */
import { cardinal, decimal, isNumber, isYear, year } from './numbers.ts';

const plural = (one: string): [string, string] => [one, `${one}s`];
const UNITS: ReadonlyMap<string, readonly [one: string, many: string]> = new Map(
  Object.entries({
    km: plural('kilometer'),
    m: plural('meter'),
    cm: plural('centimeter'),
    mm: plural('millimeter'),
    µm: plural('micrometer'),
    μm: plural('micrometer'),
    nm: plural('nanometer'),
    mi: plural('mile'),
    ft: ['foot', 'feet'],
    '′': ['foot', 'feet'],
    '″': ['inch', 'inches'],
    yd: plural('yard'),
    kg: plural('kilogram'),
    g: plural('gram'),
    mg: plural('milligram'),
    µg: plural('microgram'),
    lb: plural('pound'),
    lbs: plural('pound'),
    oz: plural('ounce'),
    t: plural('ton'),
    l: plural('liter'),
    L: plural('liter'),
    ml: plural('milliliter'),
    mL: plural('milliliter'),
    cl: plural('centiliter'),
    dl: plural('deciliter'),
    gal: plural('gallon'),
    tbsp: plural('tablespoon'),
    tsp: plural('teaspoon'),
    h: plural('hour'),
    hr: plural('hour'),
    hrs: plural('hour'),
    min: plural('minute'),
    mins: plural('minute'),
    s: plural('second'),
    sec: plural('second'),
    secs: plural('second'),
    ms: plural('millisecond'),
    µs: plural('microsecond'),
    ns: plural('nanosecond'),
    yr: plural('year'),
    yrs: plural('year'),
    kph: ['kilometer per hour', 'kilometers per hour'],
    mph: ['mile per hour', 'miles per hour'],
    Hz: ['hertz', 'hertz'],
    kHz: ['kilohertz', 'kilohertz'],
    MHz: ['megahertz', 'megahertz'],
    GHz: ['gigahertz', 'gigahertz'],
    W: plural('watt'),
    kW: plural('kilowatt'),
    MW: plural('megawatt'),
    GW: plural('gigawatt'),
    kWh: plural('kilowatt hour'),
    Wh: plural('watt hour'),
    V: plural('volt'),
    kV: plural('kilovolt'),
    mA: plural('milliampere'),
    mAh: plural('milliampere hour'),
    Ω: plural('ohm'),
    KB: plural('kilobyte'),
    kB: plural('kilobyte'),
    MB: plural('megabyte'),
    GB: plural('gigabyte'),
    TB: plural('terabyte'),
    kbps: ['kilobits per second', 'kilobits per second'],
    Mbps: ['megabits per second', 'megabits per second'],
    Gbps: ['gigabits per second', 'gigabits per second'],
    px: plural('pixel'),
    fps: ['frame per second', 'frames per second'],
    rpm: ['revolutions per minute', 'revolutions per minute'],
    bpm: ['beats per minute', 'beats per minute'],
    Pa: plural('pascal'),
    hPa: plural('hectopascal'),
    kPa: plural('kilopascal'),
    psi: ['pounds per square inch', 'pounds per square inch'],
    dB: plural('decibel'),
    cal: plural('calorie'),
    kcal: plural('kilocalorie'),
    J: plural('joule'),
    kJ: plural('kilojoule'),
    N: plural('newton'),
    ha: plural('hectare'),
    ppm: ['parts per million', 'parts per million'],
    '°': plural('degree'),
    '°C': ['degree Celsius', 'degrees Celsius'],
    '℃': ['degree Celsius', 'degrees Celsius'],
    '°F': ['degree Fahrenheit', 'degrees Fahrenheit'],
    '℉': ['degree Fahrenheit', 'degrees Fahrenheit'],
    º: plural('degree'),
    ºC: ['degree Celsius', 'degrees Celsius'],
    ºF: ['degree Fahrenheit', 'degrees Fahrenheit'],
    '%': ['percent', 'percent'],
    '‰': ['per mille', 'per mille'],
  }),
);
const POWERS: ReadonlyMap<string, string> = new Map([
  ['²', 'square'],
  ['³', 'cubic'],
  ['2', 'square'],
  ['3', 'cubic'],
]);
/** A number and what is written right behind it. */
const MEASURE = /^([-−+±~≈]?[\d.,]*\d)([a-zA-Zµμ°º%‰Ω℃℉²³/′″]{1,8})$/u;

/** `km`, `m²`, `km/h`; undefined where it is no unit. @param one of one */
export function unit(text: string, one: boolean): string | undefined {
  const [of = '', per, ...others] = text.split('/');
  if (others.length > 0) return undefined;
  const power = POWERS.get(of.at(-1) ?? '');
  const names = UNITS.get(power === undefined ? of : of.slice(0, -1));
  if (names === undefined) return undefined;
  const name = `${power === undefined ? '' : `${power} `}${names[one ? 0 : 1]}`;
  if (per === undefined) return name;
  const below = unit(per, true) ?? (/^(?:day|week|month|year|hour|person|night)$/.test(per) ? per : undefined);
  return below === undefined ? undefined : `${name} per ${below}`;
}

/** `km/h`, without a number. */
export const rate = (core: string): string | undefined =>
  /^[a-zA-Z]{1,4}\/[a-z]{1,2}[²³]?$/.test(core) ? unit(core, false) : undefined;

/** `5km`, `−5°C`, `50%`. */
export function measure(core: string): string | undefined {
  const [, number = '', name = ''] = MEASURE.exec(core) ?? [];
  const named = name === '' ? undefined : unit(name, isOne(number));
  const said = named === undefined ? undefined : signed(number);
  return said === undefined ? undefined : `${said} ${named}`;
}

/** Exactly one. */
export const isOne = (number: string): boolean => /^[-−+±~≈]?1$/.test(number);

const SIGNS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '-': 'minus',
    '−': 'minus',
    '–': 'minus',
    '+': 'plus',
    '±': 'plus or minus',
    '~': 'about',
    '≈': 'about',
    '<': 'less than',
    '>': 'more than',
    '≤': 'at most',
    '≥': 'at least',
    '×': 'times',
    '÷': 'divided by',
    '=': 'equals',
    '√': 'the square root of',
  }),
);

/** A number with the sign before it, or without one: `−5`, `~1,200`, `3.14`. @param asYear four digits may be a year */
export function signed(text: string, asYear = false): string | undefined {
  const sign = SIGNS.get(text[0] ?? '');
  const number = sign === undefined ? text : text.slice(1);
  if (!isNumber(number)) return undefined;
  if (sign === undefined && asYear && isYear(number)) return year(number);
  const said = number.includes('.') ? decimal(number) : cardinal(number);
  return sign === undefined ? said : `${sign} ${said}`;
}
