import { describe, expect, it } from 'vitest';
import { choose, common, type Slot, textOf } from './slots.ts';

const slot = (read: string, more: Partial<Slot> = {}): Slot => ({
  read,
  busy: false,
  leaving: false,
  usedAt: 0,
  ...more,
});
const PERSONA = 'You are Ollie. '.repeat(50);

describe('the place that a conversation is read on in', () => {
  it('is the one that has read most of it', () => {
    const [other, own] = [slot(`${PERSONA}Ann: hello`), slot(`${PERSONA}Bob: hello. Ollie: Hi Bob.`)];
    expect(choose([other, own, slot('')], `${PERSONA}Bob: hello. Ollie: Hi Bob. Bob: how are you?`, 2)).toBe(own);
  });

  it('is an empty one for whoever is new, while others talk long', () => {
    const talks = slot(PERSONA + 'Ann: I tell a story. '.repeat(60), { usedAt: 5 });
    const empty = slot('');
    expect(choose([talks, empty], `${PERSONA}Bob: hello`, 5)).toBe(empty);
  });

  it('is the one that was quiet longest where none is empty', () => {
    const long = 'Ann: a story. '.repeat(100);
    const [old, recent] = [slot(long, { usedAt: 1 }), slot(long, { usedAt: 9 })];
    expect(choose([recent, old], 'Bob: hello', 9)).toBe(old);
  });

  it('is the one that has read it, also where its older lines are left out', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `Ann: line ${i} of my long story. Ollie: I see, and then?\n`);
    const own = slot(PERSONA + lines.join(''), { usedAt: 3 });
    expect(choose([slot(''), own], `${PERSONA}${lines.slice(25).join('')}Ann: well`, 3)).toBe(own);
  });

  it('is waited for while it is being left, and never one that is busy', () => {
    const text = `${PERSONA}Ann: I would like to`;
    const leaving = slot(text, { busy: true, leaving: true });
    expect(choose([leaving, slot('')], `${text} know`, 1)).toBeUndefined();
    const busy = slot(text, { busy: true });
    const empty = slot('');
    expect(choose([busy, empty], `${text} know`, 1)).toBe(empty);
    expect(choose([busy], text, 1)).toBeUndefined();
  });
});

describe('what two conversations have in common', () => {
  it('is counted from their beginning, line by line with who said it', () => {
    const lines = [
      { type: 'system', text: 'Be kind.' },
      { type: 'user', text: 'Hello' },
    ] as const;
    expect(textOf(lines)).toBe('sBe kind.\nuHello');
    expect(common(textOf(lines), textOf([lines[0], { type: 'model', text: 'Hello' }]))).toBe('sBe kind.\n'.length);
  });
});
