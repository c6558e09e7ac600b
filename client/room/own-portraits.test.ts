import { describe, expect, it } from 'vitest';
import { loadPortraits, savePortraits } from './own-portraits.ts';

const storage = (value?: string): Storage => {
  const values = new Map(value === undefined ? [] : [['visavis-portraits', value]]);
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, text: string) => values.set(key, text),
  } as unknown as Storage;
};

describe('own portraits', () => {
  it('are remembered with their secrets', () => {
    const kept = storage();
    savePortraits([{ id: 'p-1', secret: 's' }], kept);
    expect(loadPortraits(kept)).toEqual([{ id: 'p-1', secret: 's' }]);
  });

  it.each([
    '',
    'null',
    '{}',
    '{',
    '[1, null, "x", {}]',
    '[{"id": 5, "secret": "s"}]',
  ])('are none where %j is stored', value => {
    expect(loadPortraits(storage(value))).toEqual([]);
  });

  it('are none where nothing may be stored', () => {
    const forbidden = {
      getItem: () => {
        throw new Error('denied');
      },
      setItem: () => {
        throw new Error('denied');
      },
    } as unknown as Storage;
    expect(loadPortraits(forbidden)).toEqual([]);
    savePortraits([{ id: 'p-1', secret: 's' }], forbidden);
  });
});
