import { describe, expect, it } from 'vitest';
import { PERSONA } from '../testing/scene.ts';
import { InnerVoiceFilter } from './inner-voice.ts';
import type { Dialogue, ReplyPart } from './ports.ts';

/** What is passed on of answers whose pieces these are, one after the other, by one model. */
async function heard(...answers: (string | ReplyPart)[][]): Promise<string[][]> {
  const dialogue: Dialogue = {
    name: 'model',
    async *reply() {
      for (const part of answers.shift()!) yield typeof part === 'string' ? { type: 'text', text: part } : part;
    },
  };
  const filter = new InnerVoiceFilter(dialogue);
  const all: string[][] = [];
  while (answers.length > 0) {
    const turn = [{ role: 'user' as const, speaker: 'ann', name: 'Ann', text: 'Hi.' }];
    const options = { signal: new AbortController().signal, committed: Promise.resolve() };
    const texts: string[] = [];
    for await (const part of filter.reply({ persona: PERSONA, history: [], turn }, options))
      texts.push(part.type === 'text' ? part.text : part.type);
    all.push(texts);
  }
  return all;
}

describe('a model that writes for itself', () => {
  it('is heard without that, piece by piece', async () => {
    expect(await heard(['<think>Hm.', '</think>', 'Hello, ', 'Ann.', '<|im_end|>'])).toEqual([['Hello, ', 'Ann.']]);
    expect(await heard([`${PERSONA.name}: `, 'Hello.', '\nAnn: ', 'Hi.'])).toEqual([['Hello.', '\n']]);
  });

  it('has answered where it only did something', async () => {
    expect(await heard(['*wav', 'es*'])).toEqual([['…']]);
    expect(await heard(['*waves* ', 'Hi.'])).toEqual([['Hi.']]);
    expect(await heard(['<think>Hm.</think>'])).toEqual([[]]);
  });

  it('is begun to be read anew after a pause', async () => {
    const pause = { type: 'pause' } as const;
    expect(await heard(['Let me look', pause, '<think>x</think>', 'It is late.'])).toEqual([
      ['Let me look', 'pause', 'It is late.'],
    ]);
  });

  it('whose thoughts have no beginning is waited for as long as they have an end', async () => {
    expect(
      await heard(
        ['Hm. ', 'Well.</think>', 'One.'],
        ['Hm. ', 'Well.</think>', 'Two.'],
        ['Three, ', 'four.'],
        ['Five, ', 'six.'],
      ),
    ).toEqual([['Hm. ', 'One.'], ['Two.'], ['Three, four.'], ['Five, ', 'six.']]);
  });
});
