import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../protocol/conversation.ts';
import { captionTail, LOG_LIMIT, latestUtterance, upsert, without } from './log.ts';

const entry = (id: string, atMs: number, change: Partial<LogEntry> = {}): LogEntry => ({
  id,
  turnId: `turn-${id}`,
  speaker: 'ada',
  speakerName: 'Ada',
  role: 'user',
  source: 'voice',
  text: id,
  final: true,
  atMs,
  ...change,
});
const ids = (log: readonly LogEntry[]) => log.map(({ id }) => id);

describe('the conversation log', () => {
  it('replaces a partial by what it grew into, in its place', () => {
    const log = [entry('a', 1, { text: 'hel', final: false }), entry('b', 2)];
    const next = upsert(log, entry('a', 1, { text: 'hello' }));
    expect(ids(next)).toEqual(['a', 'b']);
    expect(next[0]).toMatchObject({ text: 'hello', final: true });
  });

  it('orders by the first word, and equal times by arrival', () => {
    let log: LogEntry[] = [];
    for (const next of [entry('late', 5), entry('early', 1), entry('also-late', 5)]) log = upsert(log, next);
    expect(ids(log)).toEqual(['early', 'late', 'also-late']);
  });

  it('takes back what turned out to be a cough', () => {
    expect(ids(without([entry('a', 1), entry('cough', 2)], 'cough'))).toEqual(['a']);
  });

  it('forgets the oldest of a very long conversation', () => {
    let log: LogEntry[] = [];
    for (let i = 0; i <= LOG_LIMIT; i++) log = upsert(log, entry(String(i), i));
    expect(log).toHaveLength(LOG_LIMIT);
    expect(log[0]!.id).toBe('1');
  });
});

describe('the caption', () => {
  it('shows who is speaking now rather than what ended later', () => {
    const log = [entry('speaking', 1, { final: false }), entry('typed', 2)];
    expect(latestUtterance(log)?.id).toBe('speaking');
  });

  it('shows nothing for an utterance that has no words yet', () => {
    expect(latestUtterance([entry('said', 1), entry('starting', 2, { text: '', final: false })])?.id).toBe('said');
  });

  it('keeps the end of a long text, cut between words', () => {
    expect(captionTail('one two three four', 12)).toBe('…three four');
    expect(captionTail('short', 10)).toBe('short');
    expect(captionTail('x'.repeat(30), 10)).toBe(`…${'x'.repeat(10)}`);
  });
});
