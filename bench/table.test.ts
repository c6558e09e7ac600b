import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { between, longTable, pages, readResults, shortTable } from './table.ts';

describe('the tables of figures', () => {
  it('in README.md and docs/measured.md say what bench/results says', () => {
    for (const { file, text } of pages(readResults()))
      expect(fs.readFileSync(file, 'utf8'), `run: node bench/table.ts`).toBe(text);
  });

  it('leave out what was not measured', () => {
    const machine = { cpu: 'X', cores: 2, memoryGb: 4, node: 'v24' };
    const results = new Map([
      ['rooms', { date: '2026-01-02T03:04:05Z', version: '1.0.0', machine, result: { viewersPerAvatar: 75 } }],
    ]);
    expect(shortTable(results)).toMatch(/^\| what \| measured \|\n\|---\|---\|\n\| people who watch .* \| 75 \|$/);
    expect(longTable(results)).toContain('| `rooms` | 2026-01-02 | 1.0.0 | X, 2 cores, 4 GB | v24 |');
  });

  it('go between their marks, and nowhere else', () => {
    const text = 'a\n<!-- figures: made by bench/table.ts -->\nold\n<!-- end of figures -->\nb\n';
    expect(between(text, 'new')).toBe(text.replace('old', 'new'));
    expect(() => between('a', 'new')).toThrow(/has no/);
  });
});
