/** Addresses of the net, and numbers that are dialled. */
import { digitByDigit } from './numbers.ts';
import type { Word } from './ports.ts';

/** Of a page, as it is said: longer ones nobody can follow. */
const LONGEST_SAID = 24;
const DOMAINS = new Set(
  'com org net edu gov io ai app dev info biz me tv co uk de fr es it nl eu us ca au at ch jp cn in be se no dk fi pl pt ie nz br example test'.split(
    ' ',
  ),
);
/** Said as words; those of two letters are spelled, and so are the others. */
const SAID_WHOLE = new Set([
  'com',
  'org',
  'net',
  'app',
  'info',
  'biz',
  'example',
  'test',
  'gov',
  'me',
  'in',
  'no',
  'it',
]);
const SIGNS: ReadonlyMap<string, string> = new Map(
  Object.entries({ '.': 'dot', '@': 'at', '/': 'slash', '-': 'dash', _: 'underscore', '+': 'plus', '~': 'tilde' }),
);
const SCHEME = /^(?:https?:\/\/|ftp:\/\/|www\.)/i;
const MAIL = /^(?:mailto:)?([\w.+-]{1,64})@([\w-]{1,63}(?:\.[\w-]{1,63}){1,4})$/;
const HOST = /^(?:[a-z\d-]{1,63}\.){1,4}([a-z]{2,7})(?::\d{1,5})?(?:\/\S*)?$/i;
const IP = /^(?:\d{1,3}\.){3}\d{1,3}$/;

/** Whether it is an address, of a page or a mailbox; what surrounds it is cut off already. */
export const isAddress = (core: string): boolean =>
  core.includes('.') && (SCHEME.test(core) || /^[a-z]{2,10}:\/\//i.test(core) || MAIL.test(core) || isHost(core));

function isHost(core: string): boolean {
  if (core.length > 200) return false;
  const domain = HOST.exec(core)?.[1];
  return domain !== undefined && DOMAINS.has(domain.toLowerCase()) && !/^(?:e\.g|i\.e|a\.m|p\.m)$/i.test(core);
}

/** `https://example.com/docs`: "example dot com slash docs"; a long one: "a link". */
export function address(core: string): string | undefined {
  if (IP.test(core)) return core.split('.').map(digitByDigit).join(' dot ');
  if (/^[a-z]{2,10}:\/\//i.test(core) && !core.includes('.')) return 'a link';
  if (!isAddress(core)) return undefined;
  const mail = MAIL.exec(core);
  if (mail !== null) return `${spelled(mail[1]!, false)} at ${spelled(mail[2]!, true)}`;
  const page = core.replace(/^[a-z]{2,10}:\/\//i, '').replace(/^www\./i, '');
  const shown = page.endsWith('/') ? page.slice(0, -1) : page;
  const [, ...path] = shown.split('/');
  const isCode = path.some(part => /\d/.test(part) || /[a-z][A-Z]/.test(part));
  return shown.length > LONGEST_SAID || isCode || /[^\w./-]/.test(shown) ? 'a link' : spelled(shown, true);
}

/** Parts as words, signs by name. @param hosted the last part of its host is a domain */
function spelled(text: string, hosted: boolean): string {
  const parts: string[] = text.match(/[a-z]+|\d+|[^a-z\d]/gi) ?? [];
  const hostEnds = parts.indexOf('/') < 0 ? parts.length : parts.indexOf('/');
  return parts
    .map((part, i) => {
      const sign = SIGNS.get(part);
      if (sign !== undefined) return sign;
      if (/^\d/.test(part)) return digitByDigit(part);
      const isDomain = hosted && i < hostEnds && i > 0 && parts[i - 1] === '.' && DOMAINS.has(part.toLowerCase());
      return isDomain && !SAID_WHOLE.has(part.toLowerCase()) && part.length <= 3 ? letters(part) : part;
    })
    .join(' ');
}

/** Letters one by one: "T X T". */
export const letters = (text: string): string => Array.from(text.toUpperCase()).join(' ');

/** `555-123-4567`, `+49-30-1234567`: groups of digits. */
const DIALLED = /^\+?\(?\d{1,5}\)?(?:[-./]?\(?\d{2,8}\)?){0,5}$/;
const CALLS = /^(?:call|dial|phone|telephone|number|tel|fax|mobile|cell|text|at|on|ring|whatsapp|is)$/i;
const SHORT_CALLS = /^(?:call|dial|ring|text)$/i;

/** Which words are parts of numbers that are dialled, whole or in groups. */
export function dialled(words: readonly Word[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (let from = 0; from < words.length; from++) {
    if (!isPart(words[from]!)) continue;
    let to = from + 1;
    while (to < words.length && isPart(words[to]!) && words[to - 1]!.after.replace(/\)/g, '') === '') to++;
    const run = words.slice(from, to);
    const before = words[from - 1];
    if (isDialled(run, before?.after === '' || before?.after === ':' ? before.core : ''))
      for (let i = from; i < to; i++) found.add(i);
    from = to - 1;
  }
  return found;
}

const isPart = ({ core, before, after }: Word): boolean =>
  (before === '' || before.endsWith('(')) &&
  core.length <= 24 &&
  !/^\d{4}-\d\d-\d\d$/.test(core) &&
  DIALLED.test(core) &&
  (!before.endsWith('(') || after.startsWith(')') || core.includes(')'));

function isDialled(run: readonly Word[], before: string): boolean {
  const text = run.map(({ before: open, core }) => open + core).join(' ');
  const digits = text.replace(/\D/g, '').length;
  if (run.length === 1 && digits === 3) return SHORT_CALLS.test(before);
  if (digits < 7 || digits > 15) return false;
  if (/[./]/.test(text)) return text.startsWith('+') || /^(?:1\.)?\d{3}\.\d{3}\.\d{4}$/.test(text);
  if (/^\+|^\(\d/.test(text)) return true;
  if (/^\d{3}[- ]\d{3}[- ]\d{4}$|^1-\d{3}-\d{3}-\d{4}$|^\d{3}[- ]\d{4}$/.test(text)) return true;
  return /^0\d{2,4}[- ]/.test(text) || (CALLS.test(before) && (run.length > 1 || /-|^0/.test(text)));
}

/** A part of a number that is dialled: its groups, with a breath between them. @param last nothing of it follows */
export function dialledPart(core: string, last: boolean): string {
  const plus = core.startsWith('+') ? 'plus ' : '';
  const groups = (core.match(/\d+/g) ?? []).map(digitByDigit).join(', ');
  return plus + groups + (last ? '' : ',');
}
