import { describe, expect, it } from 'vitest';
import { unlooped, withoutLoops } from './loops.ts';
import type { Transcript } from './ports.ts';

describe('what a recognizer wrote when it was stuck', () => {
  it.each([
    [`My number is 555012 34${'0'.repeat(90)}`, 'My number is 555012 34'],
    [`I like ${'the sea and '.repeat(30)}`, 'I like the sea and the sea and'],
    [`Well, ${'you know, '.repeat(12)}yes.`, 'Well, you know, you know, yes.'],
    ['no '.repeat(40), 'no no'],
  ])('is left out: %s', (text, rest) => expect(unlooped(text)).toBe(rest));

  it.each([
    'No, no, no, no!',
    'One million is 1000000.',
    'Ha ha ha ha ha.',
    '',
    'It is  what it is, it is what it is.',
  ])('is not what people say: %s', text => expect(unlooped(text)).toBe(text));

  it('is read once more, with silence before it', async () => {
    const lengths: number[] = [];
    const readings: Transcript[] = [{ text: 'one '.repeat(50) }, { text: 'One two three.' }];
    const asr = withoutLoops({
      transcribe: async pcm => {
        lengths.push(pcm.length);
        return readings.shift()!;
      },
    });
    const { signal } = new AbortController();
    expect(await asr.transcribe(new Int16Array(16_000), { signal, final: true })).toEqual({ text: 'One two three.' });
    expect(lengths).toEqual([16_000, 24_000]);
  });
});
