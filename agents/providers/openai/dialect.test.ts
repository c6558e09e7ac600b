import { APIError } from 'openai';
import { describe, expect, it } from 'vitest';
import { Dialect } from './dialect.ts';

const refused = (message: string, param?: string, status = 400) =>
  APIError.generate(status, { error: { message, param } }, undefined, new Headers());
const ask = { maxTokens: 300, stream: true };

describe('how a chat endpoint is asked', () => {
  it('is as its newest models want it', () => {
    expect(new Dialect('gpt-5.4-mini').parts(ask)).toEqual({
      max_completion_tokens: 300,
      reasoning_effort: 'none',
      stream_options: { include_usage: true },
    });
    expect(new Dialect('llama').parts(ask)).not.toHaveProperty('reasoning_effort');
    expect(new Dialect('llama', 'high').parts(ask)).toHaveProperty('reasoning_effort', 'high');
    expect(new Dialect('llama').parts({ maxTokens: 5, temperature: 0 })).toEqual({
      max_completion_tokens: 5,
      temperature: 0,
    });
  });

  it.each([
    ['unknown field "max_completion_tokens"', undefined],
    ['Unsupported parameter', 'max_completion_tokens'],
  ])('is with max_tokens from then on where it refuses %s', (message, param) => {
    const dialect = new Dialect('llama');
    expect(dialect.learn(refused(message, param), dialect.parts(ask))).toBe(true);
    expect(dialect.parts(ask)).toMatchObject({ max_tokens: 300 });
    expect(dialect.parts(ask)).not.toHaveProperty('max_completion_tokens');
  });

  it('is with a little more thought where it knows no less, and without a word of it where it knows none', () => {
    const dialect = new Dialect('gpt-5.4-mini');
    const efforts: unknown[] = [];
    do efforts.push((dialect.parts(ask) as { reasoning_effort?: string }).reasoning_effort);
    while (dialect.learn(refused("Unsupported value: 'reasoning_effort'", 'reasoning_effort'), dialect.parts(ask)));
    expect(efforts).toEqual(['none', 'minimal', 'low', undefined]);
  });

  it.each(['stream_options', 'temperature'])('is without %s where that is refused', name => {
    const dialect = new Dialect('m');
    const parts = dialect.parts({ ...ask, temperature: 0 });
    expect(dialect.learn(refused(`${name} is not supported`), parts)).toBe(true);
    expect(dialect.parts({ ...ask, temperature: 0 })).not.toHaveProperty(name);
  });

  it('is as it was where something else is wrong', () => {
    const dialect = new Dialect('m');
    for (const error of [refused('too long'), refused('max_completion_tokens', undefined, 500), new Error('x')])
      expect(dialect.learn(error, dialect.parts(ask))).toBe(false);
  });

  it('is as plainly as possible, once, where it does not say what it refuses', () => {
    const dialect = new Dialect('gpt-5.4-mini');
    expect(dialect.simplify(refused('', undefined, 422))).toBe(true);
    expect(dialect.parts({ ...ask, temperature: 0 })).toEqual({ max_tokens: 300 });
    expect(dialect.simplify(refused('', undefined, 422))).toBe(false);
  });
});
