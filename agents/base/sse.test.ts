import { expect, it } from 'vitest';
import { eventData } from './sse.ts';

async function read(text: string, every: number): Promise<string[]> {
  const bytes = Buffer.from(text);
  async function* cut() {
    for (let at = 0; at < bytes.length; at += every) yield bytes.subarray(at, at + every);
  }
  const got: string[] = [];
  for await (const data of eventData(cut())) got.push(data);
  return got;
}

it.each([1, 2, 3, 7, 1000])('reads events whose bytes are cut every %i bytes, characters, too', async every => {
  const text = ': a comment\n\ndata: {"a":"é🐙"}\r\n\r\nevent: x\ndata:two\ndata: lines\n\ndata: [DONE]\n\ndata: last';
  expect(await read(text, every)).toEqual(['{"a":"é🐙"}', 'two\nlines', '[DONE]', 'last']);
});
