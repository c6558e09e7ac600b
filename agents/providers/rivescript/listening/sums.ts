/** Sums that are asked in figures or in words. */

const UNITS: Readonly<Record<string, number>> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
};
const SCALES: Readonly<Record<string, number>> = { hundred: 100, thousand: 1000, million: 1e6, billion: 1e9 };
const PARTS: Readonly<Record<string, number>> = { half: 0.5, quarter: 0.25, third: 1 / 3, fifth: 0.2, tenth: 0.1 };
const OPERATORS: Readonly<Record<string, string>> = {
  '+': '+',
  plus: '+',
  '-': '-',
  '−': '-',
  minus: '-',
  less: '-',
  '*': '*',
  x: '*',
  '×': '*',
  times: '*',
  multiplied: '*',
  '/': '/',
  '÷': '/',
  ':': '/',
  divided: '/',
  over: '/',
  '^': '^',
};
const SOUND_ALIKE: Readonly<Record<string, string>> = { for: 'four', to: 'two', too: 'two', won: 'one', ate: 'eight' };
const PASSED_OVER = new Set(
  'by the of is are equals equal what much how does make makes together and a an each euros euro dollars dollar pounds pound bucks cents percent at please can you tell me calculate work out number result boxes pieces off squared half root square quarter third'.split(
    ' ',
  ),
);
const ASKED =
  / (?:what is|what are|how much|calculate|compute|work out|what does|whats|tell me|add|subtract|multiply|divide|sum of|square root|percent|solve) /;

type Token = number | string;

/** Decimals and thousands as they are written: `1,200.50`. */
const figure = (text: string): number | undefined =>
  /^\d[\d,]{0,14}(?:\.\d{1,8})?$/.test(text) ? Number(text.replaceAll(',', '')) : undefined;

function tokensOf(text: string): Token[] {
  const pieces = text
    .toLowerCase()
    .replaceAll(/(\d)\s?%/g, '$1 percent')
    .replaceAll(/[€$£?!"()]/g, ' ')
    .replaceAll(/(\d)([+*×÷/^x−-])(?=\s?\d)/g, '$1 $2 ')
    .replaceAll(/([+*×÷/^−])(\d)/g, '$1 $2')
    .replaceAll(/(\p{L})-(\p{L})/gu, '$1 $2')
    .replaceAll(/[,.](?=\s|$)/g, ' ')
    .split(/\s/)
    .filter(Boolean)
    .slice(0, 60);
  const tokens: Token[] = [];
  let words: number | undefined;
  let whole = 0;
  const flush = () => {
    if (words !== undefined) tokens.push(whole + words);
    [words, whole] = [undefined, 0];
  };
  for (const [i, heard] of pieces.entries()) {
    const piece = meantIn(pieces, i) ?? heard;
    const scale = SCALES[piece];
    if (UNITS[piece] !== undefined) {
      // "twenty three" is one number, "two three" are two.
      if (words !== undefined && !(words % 100 === 0 || (words % 10 === 0 && words % 100 >= 20 && UNITS[piece]! < 10)))
        flush();
      words = (words ?? 0) + UNITS[piece]!;
    } else if (scale !== undefined) {
      const last = tokens.at(-1);
      if (words === undefined && typeof last === 'number') tokens[tokens.length - 1] = last * scale;
      else if (scale === 100) words = (words ?? 1) * 100;
      else {
        whole += (words ?? 1) * scale;
        words = 0;
      }
    } else if (
      !(piece === 'and' && words !== undefined && UNITS[pieces[i + 1] ?? ''] !== undefined && words % 100 === 0)
    ) {
      flush();
      tokens.push(figure(piece) ?? piece);
    }
  }
  flush();
  // "3/4 of 80".
  return tokens.map((token, i) =>
    token === 'of' && tokens[i - 2] === '/' && typeof tokens[i + 1] === 'number' ? '*' : token,
  );
}

/** What a recognizer writes for a number behind "times" and the like, where nothing else can be meant: "seventeen times for". */
function meantIn(pieces: readonly string[], i: number): string | undefined {
  const [before, next] = [pieces[i - 1] ?? '', pieces[i + 1]];
  const isOperand = OPERATORS[before] !== undefined || before === 'by';
  return isOperand && (next === undefined || OPERATORS[next] !== undefined) ? SOUND_ALIKE[pieces[i]!] : undefined;
}

/** A result as it is said: without the noise of binary fractions. */
export const figureText = (value: number): string =>
  value.toLocaleString('en-US', {
    maximumFractionDigits: Math.abs(value) < 1 ? 4 : 2,
    useGrouping: Math.abs(value) >= 100_000,
  });

const NAMES = Object.entries(UNITS).filter(([, value]) => value <= 12);

export interface Sum {
  /** `17 times 23`. */
  asked: string;
  result: number;
}

/** What is to be worked out; undefined where nothing is. Sums alone ("12 * 9") count, too. */
export function sumIn(text: string, plain: string): Sum | undefined {
  const tokens = tokensOf(text);
  const numbers = tokens.filter(each => typeof each === 'number');
  if (numbers.length === 0) return undefined;
  const wanted =
    ASKED.test(plain) ||
    tokens.every(each => typeof each === 'number' || OPERATORS[each] !== undefined || PASSED_OVER.has(each));
  if (!wanted) return undefined;
  return special(tokens, plain) ?? chained(tokens);
}

function special(tokens: readonly Token[], plain: string): Sum | undefined {
  const at = (word: string) => tokens.indexOf(word);
  const number = (i: number) => (typeof tokens[i] === 'number' ? (tokens[i] as number) : undefined);
  const after = (i: number) => tokens.slice(i + 1).find(each => typeof each === 'number') as number | undefined;
  const percent = at('percent') >= 0 ? at('percent') : at('%');
  const share = percent > 0 ? number(percent - 1) : undefined;
  const whole = percent > 0 ? after(percent) : undefined;
  if (share !== undefined && whole !== undefined) {
    const off = / (?:off|less|discount|reduction|cheaper|minus) /.test(plain);
    const more = / (?:on top|more|increase|added|plus|tip) /.test(plain) && !off;
    const part = (whole * share) / 100;
    if (off) return { asked: `${figureText(whole)} with ${figureText(share)} percent off`, result: whole - part };
    if (more && !plain.includes(' tip '))
      return { asked: `${figureText(whole)} and ${figureText(share)} percent more`, result: whole + part };
    return { asked: `${figureText(share)} percent of ${figureText(whole)}`, result: part };
  }
  const before =
    share !== undefined
      ? (tokens.slice(0, percent - 1).find(each => typeof each === 'number') as number | undefined)
      : undefined;
  if (share !== undefined && before !== undefined) {
    const off = / (?:minus|less|off|discount) /.test(plain);
    const plus = / (?:plus|more) /.test(plain);
    if (off || plus)
      return {
        asked: `${figureText(before)} ${off ? 'minus' : 'plus'} ${figureText(share)} percent`,
        result: before * (1 + ((off ? -1 : 1) * share) / 100),
      };
  }
  if (plain.includes(' percent ') && / (?:what percent|what percentage|how many percent) /.test(plain)) {
    const [part, all] = tokens.filter(each => typeof each === 'number') as number[];
    if (part !== undefined && all !== undefined && all !== 0)
      return { asked: `${figureText(part)} of ${figureText(all)} in percent`, result: (part / all) * 100 };
  }
  const root = at('root');
  const under = root >= 0 ? after(root) : undefined;
  if (under !== undefined && under >= 0)
    return { asked: `the square root of ${figureText(under)}`, result: Math.sqrt(under) };
  const squared = at('squared') > 0 ? at('squared') : at('cubed');
  const base = squared > 0 ? number(squared - 1) : undefined;
  if (base !== undefined)
    return { asked: `${figureText(base)} ${tokens[squared]}`, result: base ** (tokens[squared] === 'cubed' ? 3 : 2) };
  const power = at('power');
  const exponent = power > 0 ? after(power) : undefined;
  const powered = tokens.find(each => typeof each === 'number') as number | undefined;
  if (exponent !== undefined && powered !== undefined && exponent <= 64)
    return { asked: `${figureText(powered)} to the power of ${figureText(exponent)}`, result: powered ** exponent };
  const part = tokens.findIndex(each => typeof each === 'string' && PARTS[each] !== undefined);
  const of = part >= 0 && tokens[part + 1] === 'of' ? after(part) : undefined;
  if (of !== undefined)
    return {
      asked: `${tokens[part] === 'half' ? 'half' : `a ${tokens[part]}`} of ${figureText(of)}`,
      result: of * PARTS[tokens[part] as string]!,
    };
  const twice = ['twice', 'double', 'triple'].map(at).find(i => i >= 0);
  const doubled = twice === undefined ? undefined : after(twice);
  if (twice !== undefined && doubled !== undefined)
    return { asked: `${tokens[twice]} ${figureText(doubled)}`, result: doubled * (tokens[twice] === 'triple' ? 3 : 2) };
  const [one, two] = tokens.filter(each => typeof each === 'number') as number[];
  if (one === undefined || two === undefined) return undefined;
  // "350 tiles at 4 euros"
  const first = tokens.indexOf(one);
  if (tokens.slice(first + 1, tokens.indexOf(two, first + 1)).includes('at'))
    return { asked: `${figureText(one)} times ${figureText(two)}`, result: one * two };
  if (/ (?:add|sum of) /.test(plain)) {
    const all = tokens.filter(each => typeof each === 'number') as number[];
    return { asked: all.map(figureText).join(' plus '), result: all.reduce((sum, each) => sum + each, 0) };
  }
  if (plain.includes(' subtract ')) return { asked: `${figureText(two)} minus ${figureText(one)}`, result: two - one };
  if (plain.includes(' difference between '))
    return { asked: `the difference between ${figureText(one)} and ${figureText(two)}`, result: Math.abs(one - two) };
  if (
    / multiply /.test(plain) ||
    / (?:boxes|pieces|of them|units|hours|tickets|bottles|jars|items|people|nights|bars|packs|bags) (?:at|for|cost|costing|times) /.test(
      plain,
    )
  )
    return { asked: `${figureText(one)} times ${figureText(two)}`, result: one * two };
  if (/ divide /.test(plain))
    return two === 0 ? undefined : { asked: `${figureText(one)} divided by ${figureText(two)}`, result: one / two };
  return undefined;
}

/** `2 plus 3 times 4`: powers first, then times and divided, then plus and minus. */
function chained(tokens: readonly Token[]): Sum | undefined {
  const numbers: number[] = [];
  const operators: string[] = [];
  let open = false;
  for (const token of tokens) {
    if (typeof token === 'number') {
      if (numbers.length > operators.length) return undefined;
      numbers.push(token);
      open = false;
    } else if (OPERATORS[token] !== undefined && numbers.length > 0) {
      if (open) return undefined;
      operators.push(OPERATORS[token]!);
      open = true;
    } else if (!PASSED_OVER.has(token) && numbers.length > 0 && operators.length > 0 && open) return undefined;
  }
  if (operators.length === 0 || numbers.length !== operators.length + 1) return undefined;
  const words = { '+': 'plus', '-': 'minus', '*': 'times', '/': 'divided by', '^': 'to the power of' } as Readonly<
    Record<string, string>
  >;
  const asked = numbers
    .map((number, i) => (i === 0 ? figureText(number) : `${words[operators[i - 1]!]} ${figureText(number)}`))
    .join(' ');
  const values = [...numbers];
  const left = [...operators];
  for (const level of ['^', '*/', '+-'])
    for (let i = 0; i < left.length; ) {
      if (!level.includes(left[i]!)) {
        i++;
        continue;
      }
      const [a, b] = [values[i]!, values[i + 1]!];
      const result = { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '^': a ** b }[left[i]!]!;
      values.splice(i, 2, result);
      left.splice(i, 1);
    }
  return { asked, result: values[0]! };
}

/** The result in words; what cannot be divided is said so. */
export function sumText({ asked, result }: Sum): string {
  if (!Number.isFinite(result)) return 'That cannot be worked out: nothing can be divided by zero.';
  const name = NAMES.find(([, value]) => value === result)?.[0];
  const figures = figureText(result);
  const about =
    Number(figures.replaceAll(',', '')) === result || Math.abs(Number(figures.replaceAll(',', '')) - result) < 1e-9
      ? ''
      : 'about ';
  return `${asked.charAt(0).toUpperCase()}${asked.slice(1)} is ${about}${name ?? figures}.`;
}
