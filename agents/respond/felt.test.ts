import { expect, it } from 'vitest';
import { toneOf } from '../feel/words.ts';
import { PERSONA } from '../testing/scene.ts';
import { felt } from './felt.ts';
import type { Responder, Spoken } from './port.ts';

const speech = (text: string): Spoken => ({
  type: 'speech',
  pcm: new Int16Array(480),
  events: [],
  words: text.split(' ').map((word, i, all) => ({ text: word, endSample: (480 * (i + 1)) / all.length })),
});
const model = (...said: string[]): Responder => ({
  name: 'model',
  capabilities: { ears: true, speculates: true, cuts: 'exact' },
  async *respond() {
    for (const each of said) yield speech(each);
  },
  say: () => expect.unreachable(),
});

it('gives what a model says the face that its words have, and changes it with the next sentence', async () => {
  const options = {
    turnId: 't',
    signal: new AbortController().signal,
    committed: Promise.resolve(),
    room: async () => {},
  };
  const got: string[] = [];
  const answer = felt(model('I love that,', 'how wonderful!', 'I am so sorry,', 'that is terribly sad.'), toneOf);
  for await (const each of answer.respond({ persona: PERSONA, history: [], turn: [] }, options))
    if (each.type === 'feeling') got.push(each.emotion);
  expect(got).toEqual(['happy', 'sad']);
});
