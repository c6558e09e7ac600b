import { describe, expect, it } from 'vitest';
import { Ears } from './ears.ts';

const MS = 16;
/** 20 ms of one value. */
const frame = (value: number) => new Int16Array(20 * MS).fill(value);

function heard(act: (ears: Ears) => void): number[] {
  const out: Int16Array[] = [];
  act(new Ears(pcm => out.push(pcm)));
  return out.map(pcm => pcm[0]!);
}

describe('ears', () => {
  it('pass on who speaks at once, with what came just before they were taken to speak', () => {
    const out = heard(ears => {
      for (let i = 1; i <= 100; i++) ears.hear('ann', frame(i), false);
      ears.hear('ann', frame(101), true);
      ears.hear('ann', frame(102), true);
    });
    expect(out.slice(-3)).toEqual([100, 101, 102]);
    expect(out).toHaveLength(22);
  });

  it('pass on no silence', () => {
    expect(heard(ears => ears.hear('ann', frame(1), false))).toEqual([]);
  });

  it('add the sound of those who speak together, and lose none of either', () => {
    const out = heard(ears => {
      ears.hear('ann', frame(1), true);
      ears.hear('bob', frame(10), true);
      for (let i = 2; i < 5; i++) {
        ears.hear('ann', frame(i), true);
        ears.hear('bob', frame(10 * i), true);
      }
      ears.hear('ann', frame(5), false);
      ears.hear('bob', frame(50), true);
    });
    expect(out.reduce((sum, value) => sum + value, 0)).toBe(1 + 2 + 3 + 4 + 10 + 20 + 30 + 40 + 50);
    expect(out.filter(value => value > 10 && value % 10 !== 0)).toEqual([12, 23, 34]);
  });

  it('do not overflow where loud people speak together', () => {
    const out = heard(ears => {
      for (let i = 0; i < 3; i++) for (const who of ['ann', 'bob']) ears.hear(who, frame(30_000), true);
    });
    expect(Math.max(...out)).toBe(32_767);
  });
});
