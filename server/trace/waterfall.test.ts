import { describe, expect, it } from 'vitest';
import type { TurnTrace } from '../../protocol/trace.ts';
import { waterfallText } from './waterfall.ts';

const TRACE: TurnTrace = {
  turnId: 't1',
  outcome: 'completed',
  source: 'voice',
  sounded: true,
  voiceToVoiceMs: 600,
  atMs: Date.UTC(2026, 0, 5, 10),
  cached: true,
  resumed: false,
  spans: [
    { name: 'utterance', startMs: -2000, durationMs: 2000 },
    { name: 'endpointing', startMs: 0, durationMs: 300 },
    { name: 'tts', startMs: 400, durationMs: 100 },
    { name: 'tts', startMs: 520, durationMs: 900 },
    { name: 'playout', startMs: 600, durationMs: 4000 },
  ],
};

describe('a turn in the terminal', () => {
  const lines = waterfallText(TRACE, 77).split('\n');

  it('says when it was, what became of it and how long it took', () => {
    expect(lines[0]).toBe('2026-01-05T10:00:00.000Z  voice, completed, cached, voice to voice 600 ms  t1');
  });

  it('shows each step with its numbers, from the end of speech on', () => {
    // 40 columns for 1200 ms, the end of speech at the tenth.
    expect(lines.slice(1)).toEqual([
      `  ${'utterance'.padEnd(17)}${'-2000'.padStart(8)}${'2000'.padStart(8)}  ${'█'.repeat(10)}│${' '.repeat(19)}│`,
      `  ${'endpointing'.padEnd(17)}${'0'.padStart(8)}${'300'.padStart(8)}  ${' '.repeat(10)}${'█'.repeat(10)}${' '.repeat(10)}│`,
      expect.stringMatching(/^ {2}tts 1 +400 +100 {2} {10}│ {12}████ {3}│$/),
      expect.stringMatching(/^ {2}tts 2 +520 +900 .*█+$/),
      `  ${'playout'.padEnd(17)}${'600'.padStart(8)}${'4000'.padStart(8)}  ${' '.repeat(10)}│${' '.repeat(19)}${'█'.repeat(10)}`,
    ]);
  });
});
