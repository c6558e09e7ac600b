import { describe, expect, it } from 'vitest';
import { DangerKind } from '../../protocol/dangers.ts';
import { cases, measured } from './cases.ts';
import { Hearing } from './hearing.ts';
import { wordsOf } from './words.ts';

const hearing = new Hearing();

describe('danger in what people say', () => {
  it('is recognised in at least 98 of 100 phrasings', () => {
    const { dangers } = cases('dangers');
    expect(dangers.length).toBeGreaterThanOrEqual(200);
    expect(new Set(dangers.map(({ kind }) => kind))).toEqual(new Set(DangerKind.options));
    const { recallPercent, missed } = measured(cases('dangers'), hearing);
    expect(recallPercent, missed.join('\n')).toBeGreaterThanOrEqual(98);
  });

  it('is not seen in at least 97 of 100 figures of speech, films, memories and questions', () => {
    const { nearMisses } = cases('near-misses');
    expect(nearMisses.length).toBeGreaterThanOrEqual(100);
    const { falseAlarmPercent, falseAlarms } = measured(cases('near-misses'), hearing);
    expect(falseAlarmPercent, falseAlarms.join('\n')).toBeLessThanOrEqual(3);
  });

  it('is recognised in phrasings that were kept back while the patterns were made', () => {
    const { recallPercent, falseAlarmPercent } = measured(cases('held-back'), hearing);
    expect(recallPercent).toBeGreaterThanOrEqual(95);
    expect(falseAlarmPercent).toBeLessThanOrEqual(3);
  });

  it('is recognised in ten other languages, in the words that come first, and their figures of speech are left alone', () => {
    const { recallPercent, falseAlarmPercent, missed, falseAlarms } = measured(cases('languages'), hearing);
    expect(recallPercent, missed.join('\n')).toBeGreaterThanOrEqual(98);
    expect(falseAlarmPercent, falseAlarms.join('\n')).toBeLessThanOrEqual(3);
  });

  it('is recognised in a sentence that a pause broke in two', () => {
    expect(hearing.find('it hurts so bad', 'my chest')?.topic).toBe('medical/chest');
    expect(hearing.find('it hurts so bad')).toBeUndefined();
    expect(hearing.find('and now I am tired', 'my chest of drawers is heavy')).toBeUndefined();
  });

  it.each([
    ['my husband does not wake up', 'medical/unconscious', true],
    ['I cannot breathe', 'medical/breathing', false],
    ['my best friend says she wants to kill herself', 'self-harm/other', true],
  ])('tells whom it is about: %s', (text, topic, other) => {
    expect(hearing.find(text)).toMatchObject({ topic, other });
  });

  it('reads the same with punctuation, contractions and curly quotes as without', () => {
    expect(wordsOf("I CAN’T breathe, he's gone!")).toEqual(wordsOf('i cant breathe he is gone.'));
  });

  it('takes no longer for hostile text than for any other of its length', () => {
    const hostile = ['i '.repeat(4000), 'my chest '.repeat(2000), "can't ".repeat(2000), `${'a'.repeat(50_000)} fell`];
    const startMs = performance.now();
    for (const text of hostile) hearing.find(text);
    expect(performance.now() - startMs).toBeLessThan(2000);
  });
});
