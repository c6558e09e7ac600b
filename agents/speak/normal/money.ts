/** Sums of money. */
import { cardinal, decimal, isNumber } from './numbers.ts';

interface Currency {
  one: string;
  many: string;
  /** Of a hundredth. */
  cent: string;
  cents: string;
}
const currency = (one: string, many = `${one}s`, cent = 'cent', cents = `${cent}s`): Currency => ({
  one,
  many,
  cent,
  cents,
});
const CURRENCIES: ReadonlyMap<string, Currency> = new Map(
  Object.entries({
    $: currency('dollar'),
    US$: currency('US dollar'),
    C$: currency('Canadian dollar'),
    A$: currency('Australian dollar'),
    R$: currency('real', 'reais', 'centavo'),
    '€': currency('euro'),
    '£': currency('pound', 'pounds', 'penny', 'pence'),
    '¥': currency('yen', 'yen'),
    '₹': currency('rupee', 'rupees', 'paisa', 'paise'),
    '₩': currency('won', 'won'),
    '₽': currency('ruble', 'rubles', 'kopeck'),
    '₺': currency('lira', 'lira', 'kurus', 'kurus'),
    '₴': currency('hryvnia', 'hryvnias', 'kopeck'),
    '₪': currency('shekel', 'shekels', 'agora', 'agorot'),
    '₫': currency('dong', 'dong'),
    '₿': currency('bitcoin'),
    '¢': currency('cent'),
    USD: currency('US dollar'),
    EUR: currency('euro'),
    GBP: currency('pound', 'pounds', 'penny', 'pence'),
    JPY: currency('yen', 'yen'),
    CHF: currency('Swiss franc', 'Swiss francs', 'rappen', 'rappen'),
    CAD: currency('Canadian dollar'),
    AUD: currency('Australian dollar'),
    INR: currency('rupee', 'rupees', 'paisa', 'paise'),
    CNY: currency('yuan', 'yuan'),
  }),
);
const MULTIPLES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    k: 'thousand',
    K: 'thousand',
    m: 'million',
    M: 'million',
    mn: 'million',
    mln: 'million',
    b: 'billion',
    B: 'billion',
    bn: 'billion',
    bln: 'billion',
    T: 'trillion',
    tn: 'trillion',
    thousand: 'thousand',
    million: 'million',
    billion: 'billion',
    trillion: 'trillion',
  }),
);
const SIGN = /^(US\$|C\$|A\$|R\$|[$€£¥₹₩₽₺₴₪₫₿]|USD|EUR|GBP|JPY|CHF|CAD|AUD|INR|CNY)(?=[\d.])/;
const SIGN_BEHIND = /(?<=\d)([$€£¥₹₩₽₺₴₪₫₿¢]|USD|EUR|GBP|JPY|CHF|CAD|AUD|INR|CNY)$/;

export const isMultiple = (word: string): boolean => MULTIPLES.has(word);
export const multiple = (word: string): string | undefined => MULTIPLES.get(word);

/** The sign or code of a currency by itself. */
export const isCurrency = (word: string): boolean => CURRENCIES.has(word);

/**
 * A sum as it is written, without blanks: `€19.99`, `5€`, `-$5`, `$2bn`.
 * @param then a multiple that follows: "million"
 * @param single without a plural: "a $100 bill"
 */
export function money(core: string, then = '', single = false): string | undefined {
  const sum = /^[-−]/.test(core) ? core.slice(1) : core;
  const minus = sum === core ? '' : 'minus ';
  const before = SIGN.exec(sum)?.[1];
  const sign = before ?? SIGN_BEHIND.exec(sum)?.[1];
  if (sign === undefined) return undefined;
  const amount = before === undefined ? sum.slice(0, -sign.length) : sum.slice(sign.length);
  const said = amountOf(sign, amount, then, single);
  return said === undefined ? undefined : minus + said;
}

/** Of an amount in this currency, with its name: `amountOf('€', '19.99')`. */
export function amountOf(sign: string, amount: string, then = '', single = false): string | undefined {
  const { one, cent, cents, ...names } = CURRENCIES.get(sign)!;
  const many = single ? one : names.many;
  // Where the money is not American, points part thousands, and a comma before two last digits is a point.
  const grouped = sign !== '$' && /^\d{1,3}(?:\.\d{3}){1,4}(?:,\d\d)?$/.test(amount);
  const written = (grouped ? amount.replaceAll('.', '') : amount).replace(/,(?=\d\d$)/, '.');
  const letters = /[a-zA-Z]{1,3}$/.exec(written)?.[0] ?? '';
  const number = letters === '' ? written : written.slice(0, -letters.length);
  const times = MULTIPLES.get(letters === '' ? then : letters);
  if (!isNumber(number) || (letters !== '' && times === undefined)) return undefined;
  if (times !== undefined) return `${decimal(number)} ${times} ${many}`;
  const [whole = '', part] = number.split('.');
  if (part !== undefined && part.length !== 2) return `${decimal(number)} ${many}`;
  const main = whole === '' || whole === '0' ? '' : `${cardinal(whole)} ${whole === '1' ? one : many}`;
  const rest = Number(part ?? 0);
  if (rest === 0) return main === '' ? `zero ${many}` : main;
  const small = `${cardinal(String(rest))} ${rest === 1 ? cent : cents}`;
  if (main === '') return small;
  return rest < 10 ? `${main} and ${small}` : `${main} ${cardinal(String(rest))}`;
}
