/** A regular expression as a tree, as far as hostile text is made of it. */
export type Node =
  /** One character, told by the source of its atom: `a`, `\d`, `[^x]`, `.` */
  | { type: 'character'; source: string }
  /** `body` so many times; `most` may be infinite. */
  | { type: 'repeat'; body: Node; least: number; most: number }
  | { type: 'sequence'; parts: Node[] }
  | { type: 'choice'; of: Node[] }
  /** Anchors, word boundaries, back references; what lookarounds hold is kept. */
  | { type: 'empty'; body?: Node };

const GROUPS = ['(?:', '(?=', '(?!', '(?<=', '(?<!'];
const LOOKAROUNDS = new Set(['(?=', '(?!', '(?<=', '(?<!']);
const TIMES: Record<string, readonly [least: number, most: number]> = {
  '*': [0, Number.POSITIVE_INFINITY],
  '+': [1, Number.POSITIVE_INFINITY],
  '?': [0, 1],
};
/** How long escapes are that are longer than two characters and hold no braces. */
const ESCAPES: Record<string, number> = { u: 6, x: 4, c: 3 };

/** Reads the source of a valid regular expression; classes within classes (flag v) are not known. */
export function syntaxOf(source: string): Node {
  let at = 0;

  const choice = (): Node => {
    const of = [sequence()];
    while (source[at] === '|') {
      at++;
      of.push(sequence());
    }
    return of.length === 1 ? of[0]! : { type: 'choice', of };
  };

  const sequence = (): Node => {
    const parts: Node[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(repeated(atom()));
    return { type: 'sequence', parts };
  };

  const repeated = (body: Node): Node => {
    const sign = source[at]!;
    const end = source.indexOf('}', at);
    const counted = sign === '{' ? source.slice(at + 1, end).split(',') : [];
    const isCounted = counted.length > 0 && counted.length < 3 && counted.every(count => /^\d*$/.test(count));
    const times = isCounted
      ? ([Number(counted[0]), Number(counted.at(-1) || Number.POSITIVE_INFINITY)] as const)
      : Object.hasOwn(TIMES, sign ?? '')
        ? TIMES[sign]
        : undefined;
    if (times === undefined) return body;
    at = isCounted ? end + 1 : at + 1;
    if (source[at] === '?') at++;
    return { type: 'repeat', body, least: times[0], most: times[1] };
  };

  const atom = (): Node => {
    const from = at;
    switch (source[at]) {
      case '(':
        return group();
      case '^':
      case '$':
        at++;
        return { type: 'empty' };
      case '[':
        while (source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
        at++;
        break;
      case '\\': {
        const kind = source[at + 1]!;
        at = source[at + 2] === '{' && 'upP'.includes(kind) ? source.indexOf('}', at) + 1 : at + (ESCAPES[kind] ?? 2);
        if (kind === 'k') at = source.indexOf('>', at) + 1;
        if ('bBk123456789'.includes(kind)) return { type: 'empty' };
        break;
      }
      default:
        at += String.fromCodePoint(source.codePointAt(at)!).length;
    }
    return { type: 'character', source: source.slice(from, at) };
  };

  const group = (): Node => {
    const opening = GROUPS.find(each => source.startsWith(each, at)) ?? '(';
    at = source.startsWith('(?<', at) && opening === '(' ? source.indexOf('>', at) + 1 : at + opening.length;
    const body = choice();
    at++;
    return LOOKAROUNDS.has(opening) ? { type: 'empty', body } : body;
  };

  return choice();
}
