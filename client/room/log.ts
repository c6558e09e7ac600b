import type { LogEntry } from '../../protocol/conversation.ts';

/** What a page keeps of a long conversation; the oldest entries go first. */
export const LOG_LIMIT = 500;

/** Adds an entry or replaces the one of the same id; entries stay in the order of their first word. */
export function upsert(log: readonly LogEntry[], entry: LogEntry): LogEntry[] {
  const next = log.filter(known => known.id !== entry.id);
  let at = next.length;
  while (at > 0 && next[at - 1]!.atMs > entry.atMs) at--;
  next.splice(at, 0, entry);
  return next.slice(-LOG_LIMIT);
}

/** Puts what was said before in front, as far as there is room. */
export const prepended = (log: readonly LogEntry[], earlier: readonly LogEntry[]): LogEntry[] => {
  const known = new Set(log.map(({ id }) => id));
  return [...earlier.filter(({ id }) => !known.has(id)), ...log].slice(-LOG_LIMIT);
};

/** Takes an entry back. */
export const without = (log: readonly LogEntry[], entryId: string): LogEntry[] =>
  log.filter(entry => entry.id !== entryId);

/** The utterance to show as a caption: what is being said now, else what was said last. */
export const latestUtterance = (log: readonly LogEntry[]): LogEntry | undefined =>
  log.findLast(entry => !entry.final && entry.text !== '') ?? log.findLast(entry => entry.text !== '');

/** The end of a text that fits a caption, cut between words. */
export function captionTail(text: string, limit = 140): string {
  if (text.length <= limit) return text;
  const tail = text.slice(-limit);
  const space = tail.indexOf(' ');
  return `…${space >= 0 && space < limit / 2 ? tail.slice(space + 1) : tail}`;
}
