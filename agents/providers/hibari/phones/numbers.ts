/** English words for whole numbers and years. Digits beyond what has a name are said one by one. */

const SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = ' ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const SCALES = ['', 'thousand', 'million', 'billion', 'trillion', 'quadrillion'];
const ORDINALS: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

/** Words of a number in digits: `1234` to one, thousand, two, hundred, thirty, four. */
export function cardinal(digits: string): string[] {
  const plain = digits.replace(/^0+(?=\d)/, '');
  if (plain === '0') return ['zero'];
  const groups = Math.ceil(plain.length / 3);
  if (groups > SCALES.length) return spelled(digits);
  const padded = plain.padStart(groups * 3, '0');
  return Array.from({ length: groups }, (_, i) => {
    const words = below1000(Number(padded.slice(i * 3, i * 3 + 3)));
    const scale = SCALES[groups - 1 - i]!;
    return words.length > 0 && scale !== '' ? [...words, scale] : words;
  }).flat();
}

function below1000(n: number): string[] {
  const words = n >= 100 ? [SMALL[Math.floor(n / 100)]!, 'hundred'] : [];
  const rest = n % 100;
  if (rest === 0) return words;
  if (rest < 20) return [...words, SMALL[rest]!];
  return [...words, TENS[Math.floor(rest / 10)]!, ...(rest % 10 === 0 ? [] : [SMALL[rest % 10]!])];
}

export function ordinal(digits: string): string[] {
  const words = cardinal(digits);
  const last = words.pop()!;
  return [...words, ORDINALS[last] ?? (last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`)];
}

/** Four digits as a year: nineteen oh five, two thousand five, twenty ten. */
export function year(digits: string): string[] {
  const century = digits.slice(0, 2);
  const rest = Number(digits.slice(2));
  if (century === '00' || (century.endsWith('0') && rest < 10)) return cardinal(digits);
  if (rest === 0) return [...cardinal(century), 'hundred'];
  return [...cardinal(century), ...(rest < 10 ? ['oh'] : []), ...cardinal(String(rest))];
}

/** Digit by digit. */
export const spelled = (digits: string): string[] => [...digits].map(digit => SMALL[Number(digit)]!);
