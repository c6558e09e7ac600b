import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../protocol/conversation.ts';
import type { TurnTrace } from '../../protocol/trace.ts';
import { compare } from './compare.ts';
import type { Outcome } from './replay.ts';
import { tableText } from './table.ts';
import { compareWords } from './words.ts';

const entry = (id: string, text: string, atMs: number, over: Partial<LogEntry> = {}): LogEntry => ({
  id,
  turnId: id,
  speaker: 'ann',
  speakerName: 'Ann',
  role: 'user',
  source: 'voice',
  text,
  final: true,
  atMs,
  ...over,
});
const trace = (turnId: string, voiceToVoiceMs: number, over: Partial<TurnTrace> = {}): TurnTrace => ({
  turnId,
  outcome: 'completed',
  source: 'voice',
  sounded: true,
  voiceToVoiceMs,
  atMs: 0,
  cached: false,
  resumed: false,
  spans: [{ name: 'asr', startMs: 100, durationMs: voiceToVoiceMs / 10 }],
  ...over,
});
/** What Ann said and got, one after the other. */
const outcome = (name: string, ...said: [text: string, reply: string, atMs: number, tookMs: number][]): Outcome => ({
  entries: said.flatMap(([text, reply, atMs], i) => [
    entry(`${name}-${i}`, text, atMs),
    entry(`${name}-${i}:avatar`, reply, atMs, { turnId: `${name}-${i}`, role: 'avatar', speaker: 'avatar' }),
  ]),
  traces: said.map(([, , , tookMs], i) => trace(`${name}-${i}`, tookMs)),
});

describe('two outcomes', () => {
  it('are compared turn by turn, as near in time as they are', () => {
    const { turns } = compare(
      outcome('then', ['Hello.', 'Hi.', 1000, 500], ['What is your name?', 'Ollie.', 5000, 600]),
      outcome('now', ['What is your game?', 'Chess.', 5100, 900]),
    );
    expect(turns).toMatchObject([
      { recorded: { heard: 'Hello.', reply: 'Hi.' } },
      { recorded: { heard: 'What is your name?' }, replayed: { heard: 'What is your game?', reply: 'Chess.' } },
    ]);
    expect(turns[0]?.replayed).toBeUndefined();
  });

  it('are summed up as median and 95th percentile, and as word error rate', () => {
    const took = Array.from({ length: 20 }, (_, i) => (i + 1) * 100);
    const { recorded, replayed, wordErrorRate } = compare(
      outcome('then', ...took.map(ms => ['one two', 'Yes.', ms * 100, ms] as [string, string, number, number])),
      outcome('now', ...took.map(ms => ['one too', 'Yes.', ms * 100, ms + 50] as [string, string, number, number])),
    );
    expect(recorded).toEqual({ median: { voiceToVoice: 1000, asr: 100 }, p95: { voiceToVoice: 1900, asr: 190 } });
    expect(replayed.median.voiceToVoice).toBe(1050);
    expect(wordErrorRate).toBe(0.5);
  });

  it('leave out of the latencies what nobody heard or said', () => {
    const greeted: Outcome = { entries: [], traces: [trace('g', 700, { source: 'greeting', spans: [] })] };
    const { turns, recorded, wordErrorRate } = compare(greeted, { entries: [], traces: [] });
    expect(turns).toMatchObject([{ recorded: { speaker: '', heard: '' } }]);
    expect(recorded.median).toEqual({});
    expect(wordErrorRate).toBeUndefined();
  });

  it('read as a table, with the words that differ in brackets', () => {
    const table = tableText(
      compare(
        outcome('then', ['What is your name?', 'Ollie.', 1000, 500]),
        outcome('now', ['What is your game?', 'Chess.', 1000, 900]),
      ),
    );
    expect(table.split('\n').slice(0, 5)).toEqual([
      'Ann:',
      '  recorded  What is your [name?]  →  [Ollie.]',
      `${''.padEnd(20)}${'50'.padStart(10)}${'500'.padStart(30)}`,
      '  replayed  What is your [game?]  →  [Chess.]',
      `${''.padEnd(20)}${'90'.padStart(10)}${'900'.padStart(30)}`,
    ]);
    expect(table).toContain('when it was recorded: 25.0 %');
  });
});

describe('two texts', () => {
  it.each([
    ['the same, but for marks and capitals', 'Hello, Ann!', 'hello ann', 0],
    ['one word replaced', 'do you like to swim', 'do you like to win', 1],
    ['one left out', 'a b c', 'a c', 1],
    ['one added', 'a c', 'a b c', 1],
    ['nothing at all', '', 'a b', 2],
  ])('%s', (_name, before, after, errors) => {
    const compared = compareWords(before, after);
    expect(compared.errors).toBe(errors);
    const common = (words: typeof compared.before) => words.filter(({ same }) => same).length;
    expect(common(compared.before)).toBe(common(compared.after));
  });
});
