import { describe, expect, it } from 'vitest';
import { readChunk } from './chunks.ts';
import { CallGatherer } from './tool-calls.ts';

const delta = (fields: object) => readChunk({ choices: [{ index: 0, delta: fields }] });

describe('what a chat endpoint streams', () => {
  it.each<[string, unknown]>([
    ['usage and no choices', { usage: { prompt_tokens: 1 } }],
    ['no choices', { choices: null }],
    ['an empty choice', { choices: [{}] }],
    ['a choice that is none', { choices: ['a'] }],
    ['no delta', { choices: [{ delta: null }] }],
    ['a list', []],
    ['nothing', null],
    ['a word', 'ping'],
    ['content that is a number', { choices: [{ delta: { content: 5, tool_calls: 7 } }] }],
  ])('may be %s, and says nothing then', (_, chunk) => {
    expect(readChunk(chunk)).toMatchObject({ text: '', calls: [], thinking: false });
  });

  it.each<[string, unknown]>([
    ['text', 'Hello'],
    [
      'a list of parts',
      [
        { type: 'text', text: 'Hel' },
        { type: 'text', text: 'lo' },
      ],
    ],
    ['a list of words', ['Hel', 'lo']],
    ['one part', { type: 'text', text: 'Hello' }],
  ])('is text as %s', (_, content) => expect(delta({ content })).toMatchObject({ text: 'Hello', thinking: false }));

  it('is text where a model refuses', () => expect(delta({ content: null, refusal: 'No.' }).text).toBe('No.'));

  it.each<[string, object]>([
    ['reasoning_content', { reasoning_content: 'Hm.' }],
    ['reasoning', { reasoning: 'Hm.' }],
    ['details', { reasoning_details: [{ text: 'Hm.' }] }],
    ['a part of the content', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] }],
    ['a part with text', { content: [{ type: 'reasoning', text: 'Hm.' }] }],
  ])('is a thought as %s, which is not said', (_, fields) =>
    expect(delta(fields)).toMatchObject({ text: '', thinking: true }));

  it('is no thought where there is none', () =>
    expect(delta({ content: 'Hi', reasoning_content: '', reasoning: null }).thinking).toBe(false));
});

describe('calls of tools', () => {
  const gathered = (...deltas: object[]) => {
    const gatherer = new CallGatherer();
    for (const fields of deltas) for (const call of delta(fields).calls) gatherer.add(call);
    return gatherer.calls.map(({ name, arguments: text }) => `${name} ${text}`);
  };
  const call = (name: string, args: unknown, more: object = {}) => ({ ...more, function: { name, arguments: args } });

  it('may have their arguments as an object', () => {
    expect(gathered({ tool_calls: [call('order', { id: 'A-1' })] })).toEqual(['order {"id":"A-1"}']);
  });

  it('may come side by side without number and id', () => {
    expect(
      gathered({ tool_calls: [call('order', '{"id":1}'), call('order', '{"id":2}'), call('price', '{}')] }),
    ).toEqual(['order {"id":1}', 'order {"id":2}', 'price {}']);
    expect(gathered({ tool_calls: [call('order', { id: 1 }), call('order', { id: 2 })] })).toHaveLength(2);
  });

  it('may come in pieces that repeat the name', () => {
    expect(gathered({ tool_calls: [call('order', '{"id"')] }, { tool_calls: [call('order', ':1}')] })).toEqual([
      'order {"id":1}',
    ]);
  });

  it('may be one, not in a list, or in the way from before there were tools', () => {
    expect(gathered({ tool_calls: call('order', '{}') })).toEqual(['order {}']);
    expect(gathered({ function_call: { name: 'order', arguments: '{}' } })).toEqual(['order {}']);
  });
});
