import { describe, expect, it } from 'vitest';
import { PERSONA } from '../testing/scene.ts';
import { personaWith } from '../testing/tool-service.ts';
import { ConciseDialogue } from './concise.ts';
import type { Dialogue, Persona, ReplyPart } from './ports.ts';

/** What comes through of these parts, and whether the writer was stopped. */
const through = (limits: Persona['limits'], ...parts: (string | ReplyPart)[]) => throughFor({ limits }, ...parts);

async function throughFor(persona: Partial<Persona>, ...parts: (string | ReplyPart)[]) {
  let finished = false;
  let stopped = false;
  const writer: Dialogue = {
    name: 'writer',
    async *reply() {
      try {
        for (const part of parts) yield typeof part === 'string' ? { type: 'text', text: part } : part;
        finished = true;
      } finally {
        stopped = !finished;
      }
    },
  };
  const said: (string | ReplyPart)[] = [];
  const conversation = { persona: { ...PERSONA, ...persona }, history: [], turn: [] };
  const options = { signal: new AbortController().signal, committed: Promise.resolve() };
  for await (const part of new ConciseDialogue(writer).reply(conversation, options))
    said.push(part.type === 'text' ? part.text : part);
  return { said, text: said.filter(part => typeof part === 'string').join(''), stopped };
}

const TEN_WORDS = 'One two three four five six seven eight nine ten. ';

describe('ConciseDialogue', () => {
  it('lets everything through where there are no limits', async () => {
    const parts = [TEN_WORDS, TEN_WORDS, TEN_WORDS.repeat(20), 'And an open end'];
    expect((await through(undefined, ...parts)).text).toBe(parts.join(''));
  });

  it('ends with the last sentence that fits into the time, and stops the writer', async () => {
    // 28 words.
    const { text, stopped } = await through({ answerSeconds: 10 }, ...Array(9).fill(TEN_WORDS));
    expect(text).toBe(TEN_WORDS.repeat(2));
    expect(stopped).toBe(true);
  });

  it('counts sentences, and takes no abbreviation for one', async () => {
    const { text } = await through(
      { sentences: 2 },
      'Ask Dr. Smith. He paid 3',
      '.',
      '50 for it. Then he left. And',
      ' more.',
    );
    expect(text.trim()).toBe('Ask Dr. Smith. He paid 3.50 for it.');
  });

  it('passes the first sentence on as it is written, and never cuts it', async () => {
    const { said } = await through({ answerSeconds: 2 }, 'One two', ' three four five', ' six seven eight. ', 'Nine.');
    expect(said.slice(0, 3)).toEqual(['One two', ' three four five', ' six seven eight. ']);
    expect(said.join('')).toBe('One two three four five six seven eight. ');
  });

  it('says the last sentence when it fits, whether it is complete or not', async () => {
    expect((await through({ sentences: 2 }, 'One. ', 'Two without an end')).text).toBe('One. Two without an end');
    expect((await through({ sentences: 1 }, 'One. ', 'Two without an end')).text).toBe('One. ');
  });

  it('says what was written before a pause, and counts anew after it', async () => {
    const pause = { type: 'pause' } as const;
    const { said } = await through({ sentences: 1 }, 'Let me', ' see.', pause, 'It was sent. On Monday.');
    expect(said).toEqual(['Let me', ' see.', pause, 'It was sent. ']);
  });

  it('waits for what a persona with tools does next, and says no more until then', async () => {
    const { tools } = personaWith([{ name: 'ring', description: 'Rings.', url: 'http://a/' }]).persona;
    const pause = { type: 'pause' } as const;
    const persona = { limits: { sentences: 1 }, tools };
    const { text, stopped } = await throughFor(
      persona,
      'One. Two. Three.',
      ' Four. Five.',
      pause,
      'Six. Seven. ',
      'Eight.',
    );
    expect(text).toBe('One. Six. ');
    expect(stopped).toBe(false);
  });

  it('lets feelings through', async () => {
    const feeling = { type: 'feeling', emotion: 'happy', intensity: 1 } as const;
    expect((await through({ sentences: 1 }, feeling, 'One.')).said).toEqual([feeling, 'One.']);
  });
});
