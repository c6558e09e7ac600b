/** Signs between and around words: of arithmetic, of comparison, and others that have names. */
import { cardinal, digitByDigit, isNumber } from './numbers.ts';
import type { Place } from './ports.ts';
import { signed } from './units.ts';

/** Of arithmetic, between what they join. */
const JOINING: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '*': 'times',
    '×': 'times',
    '·': 'times',
    '⋅': 'times',
    '÷': 'divided by',
    '/': 'divided by',
    '+': 'plus',
    '−': 'minus',
    '±': 'plus or minus',
    '^': 'to the power of',
    '**': 'to the power of',
    '<': 'is less than',
    '>': 'is greater than',
    '≤': 'is at most',
    '≥': 'is at least',
    '<=': 'is at most',
    '>=': 'is at least',
    '≠': 'is not equal to',
    '!=': 'is not equal to',
    '!==': 'is not equal to',
    '≈': 'is about',
    '~': 'about',
    '∈': 'in',
    '∞': 'infinity',
    ':=': 'becomes',
  }),
);
const NAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '&': 'and',
    '&&': 'and',
    '||': 'or',
    '→': 'to',
    '⇒': 'to',
    '->': 'to',
    '=>': 'to',
    '←': 'from',
    '↔': 'and',
    '@': 'at',
    '%': 'percent',
    $: 'dollars',
    '€': 'euros',
    '£': 'pounds',
    '¥': 'yen',
    '#': 'number',
    '°': 'degrees',
    '°C': 'degrees Celsius',
    '°F': 'degrees Fahrenheit',
    '∞': 'infinity',
    '√': 'square root',
    '§': 'section',
    '№': 'number',
    '©': 'copyright',
  }),
);
const GREEK: ReadonlyMap<string, string> = new Map(
  Object.entries({
    α: 'alpha',
    β: 'beta',
    γ: 'gamma',
    δ: 'delta',
    ε: 'epsilon',
    θ: 'theta',
    λ: 'lambda',
    μ: 'mu',
    π: 'pie',
    ρ: 'rho',
    σ: 'sigma',
    τ: 'tau',
    φ: 'phi',
    χ: 'kye',
    ψ: 'psi',
    ω: 'omega',
    Γ: 'gamma',
    Δ: 'delta',
    Θ: 'theta',
    Λ: 'lambda',
    Π: 'pie',
    Σ: 'sigma',
    Φ: 'phi',
    Ψ: 'psi',
    Ω: 'omega',
  }),
);
const RAISED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '⁰': '0',
    '¹': '1',
    '²': '2',
    '³': '3',
    '⁴': '4',
    '⁵': '5',
    '⁶': '6',
    '⁷': '7',
    '⁸': '8',
    '⁹': '9',
  }),
);
/** One side of a sign: a number, or a name of one letter. */
const OPERAND = /^[-−+(]?(?:[\d.,]*\d|\p{L})[%)²³!]?$/u;
/** Of a formula that is written without blanks, what is read: operands and signs. */
const PARTS = /\d[\d,]*(?:\.\d+)?%?|\.\d+|\p{L}+|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\*\*|[<>!=]=|->|[^\s\p{L}\d]/gu;
const LONGEST_FORMULA = 64;

/** A sign that stands alone. */
export function sign(core: string, place: Place): string | undefined {
  const { previous, next, words } = place;
  const between = OPERAND.test(previous) && OPERAND.test(next);
  if (core === '=' || core === '==' || core === '===') return equals(previous);
  if (/^[-–]$/.test(core)) {
    // Between words it is a breath.
    if (!between) return ',';
    // A range, unless something is reckoned.
    const reckoned = words.some(({ core: each }) => /^(?:=|\+|\*|×|÷)$/.test(each));
    const numbers = /\d/.test(previous) && /\d/.test(next);
    return core === '–' ? (reckoned ? 'minus' : 'to') : reckoned || !numbers ? 'minus' : 'to';
  }
  if (core === 'x' || core === 'X') return /\d$/.test(previous) && /^\d/.test(next) ? by(previous, next) : undefined;
  if (core === '<3') return '';
  if (core === '*' || core === '·' || core === '~') return between ? JOINING.get(core) : undefined;
  if (core === '/') return between ? 'divided by' : 'or';
  return JOINING.get(core) ?? NAMED.get(core) ?? GREEK.get(core);
}

/** What was reckoned is so much; a name equals it. */
const equals = (before: string) => (/[\d½⅓⅔¼¾][)%²³!]?$/u.test(before) ? 'is' : 'equals');

/** Sizes are so much by so much. */
const by = (a: string, b: string) => (Number(a) >= 100 && Number(b) >= 100 ? 'by' : 'times');

/** `3*4=12`, `x²`, `10^3`, `2×4`. */
export function formula(core: string): string | undefined {
  if (core.length > LONGEST_FORMULA || /^0x/i.test(core) || !/[*×·÷=<>≤≥≠≈^+−⁰¹²³⁴⁵⁶⁷⁸⁹√±]|\dx\d|^-\p{L}$/u.test(core))
    return undefined;
  const parts: string[] = core.replace(/(?<=\d)x(?=\d)/g, '×').match(PARTS) ?? [];
  // Words may have a sign of their own: what is reckoned has numbers, or names of one letter.
  if (parts.some(part => /\p{L}{4}/u.test(part))) return undefined;
  const said = parts.map((part, i) => {
    const before = parts[i - 1] ?? '';
    const after = parts[i + 1] ?? '';
    if (/^[⁰¹²³⁴⁵⁶⁷⁸⁹]/.test(part)) return raised(part);
    if (/%$/.test(part)) return `${signed(part.slice(0, -1)) ?? part} percent`;
    if (before === '^' && /^[23]$/.test(part)) return '';
    if (isNumber(part)) return signed(part);
    if (/^={1,2}$/.test(part)) return equals(/[⁰¹²³⁴⁵⁶⁷⁸⁹)]$/.test(before) ? (parts.find(isNumber) ?? '') : before);
    if (part === '×' && isNumber(before) && isNumber(after)) return by(before, after);
    if (part === '^' && /^[23]$/.test(after)) return after === '2' ? 'squared' : 'cubed';
    if (part === '-') return 'minus';
    if (part === '√') return 'the square root of';
    if (i === 0 && part === '<') return 'less than';
    if (i === 0 && part === '>') return 'more than';
    if (i === 0 && part === '≈') return 'about';
    return JOINING.get(part) ?? GREEK.get(part) ?? (/\p{L}/u.test(part) ? part : '');
  });
  return said.filter(Boolean).join(' ');
}

function raised(powers: string): string {
  const digits = Array.from(powers, power => RAISED.get(power)).join('');
  if (digits === '2') return 'squared';
  if (digits === '3') return 'cubed';
  return `to the power of ${digits.length > 3 ? digitByDigit(digits) : cardinal(digits)}`;
}

/** Greek letters that stand alone. */
export const greek = (core: string): string | undefined => GREEK.get(core);
