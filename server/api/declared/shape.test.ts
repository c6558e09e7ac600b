import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { shaped } from './shape.ts';

const Place = z.object({ name: z.string() });
const Person = z.object({
  name: z.string().max(5),
  friends: z.array(Place).optional(),
  home: Place.nullable(),
  counts: z.record(z.string(), Place),
  last: z.union([z.object({ kind: z.literal('a'), x: z.number() }), z.object({ kind: z.literal('b') })]).optional(),
});
const whole = {
  name: 'Ann',
  friends: [{ name: 'x' }],
  home: { name: 'y' },
  counts: { one: { name: 'z' } },
  last: { kind: 'a' as const, x: 1 },
};

describe('[S1] an answer', () => {
  it('leaves as it is declared', () => {
    expect(shaped(Person, whole)).toEqual(whole);
    expect(shaped(Person, { name: 'Ann', home: null, counts: {} })).toEqual({ name: 'Ann', home: null, counts: {} });
  });

  it('leaves without what is not declared, however deep that lies', () => {
    const secret = { secret: 'x' };
    const told = {
      ...whole,
      ...secret,
      friends: [{ name: 'x', ...secret }],
      home: { name: 'y', ...secret },
      counts: { one: { name: 'z', ...secret } },
      last: { kind: 'a', x: 1, ...secret },
    };
    expect(shaped(Person, told)).toEqual(whole);
  });

  it('that was kept when more was allowed leaves all the same', () => {
    expect(shaped(Person, { ...whole, name: 'Wilhelmina' }).name).toBe('Wilhelmina');
  });

  it('has no object where none is declared: that is not let out unlooked at', () => {
    expect(() => shaped(Person, { ...whole, name: { secret: 'x' } })).toThrow(/not as declared/);
    expect(() => shaped(Person, { ...whole, last: { kind: 'c', secret: 'x' } })).toThrow(/not as declared/);
  });
});
