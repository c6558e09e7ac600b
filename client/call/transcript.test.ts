import { expect, it } from 'vitest';
import type { LogEntry } from '../../protocol/conversation.ts';
import { transcriptOf } from './transcript.ts';

const entry = (speakerName: string, text: string, more: Partial<LogEntry> = {}): LogEntry => ({
  id: text,
  turnId: text,
  speaker: speakerName,
  speakerName,
  role: 'user',
  source: 'voice',
  text,
  final: true,
  atMs: Date.UTC(2026, 4, 4, 10),
  ...more,
});

it('is what was said, line by line, without what was not said to its end', () => {
  const log = [
    entry('Ann', 'Hello.'),
    entry('Ollie', 'Once upon', { interrupted: true }),
    entry('Ann', 'sti', { final: false }),
  ];
  const lines = transcriptOf(log, 'blue').trimEnd().split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^blue, .*2026/);
  expect(lines[2]).toMatch(/Ann: Hello\.$/);
  expect(lines[3]).toMatch(/Ollie: Once upon \(interrupted\)$/);
});

it('of a call in which nothing was said is its name', () => {
  expect(transcriptOf([], 'blue')).toBe('blue\n\n');
});
