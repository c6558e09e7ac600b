import { describe, expect, it } from 'vitest';
import { PERSONA } from '../testing/scene.ts';
import type { Conversation, Dialogue, Exchange, ReplyPart } from '../think/ports.ts';
import { InformedDialogue } from './informed.ts';
import type { Knowledge } from './knowledge.ts';
import type { Found } from './library.ts';

const source = { title: 'Opening hours', file: 'hours & days.md', heading: 'Opening hours' };
const FOUND: Found = { text: 'We open at nine.', source, covers: 0.9, quote: 'We open at nine' };
const user = (text: string): Exchange => ({ role: 'user', speaker: 'ann', name: 'Ann', text });

interface Given {
  found?: Found[] | (() => Promise<Found[]>);
  scripted?: boolean;
  turn?: Exchange[];
  history?: Exchange[];
  url?: string;
}

async function told({
  found = [FOUND],
  scripted = false,
  turn = [user('When do you open?')],
  history = [],
  url,
}: Given) {
  const asked: string[] = [];
  const inner: Conversation[] = [];
  const knowledge = {
    find: async (_: string, question: string) => {
      asked.push(question);
      return typeof found === 'function' ? found() : found;
    },
  } as unknown as Knowledge;
  const dialogue: Dialogue = {
    name: 'inner',
    async *reply(conversation) {
      inner.push(conversation);
      yield { type: 'text', text: 'Inner.' };
    },
  };
  const persona = { ...PERSONA, knowledge: { folder: 'documents', ...(url !== undefined && { url }) } };
  const parts: ReplyPart[] = [];
  const options = { signal: new AbortController().signal, committed: Promise.resolve() };
  const informed = new InformedDialogue(dialogue, knowledge, scripted);
  for await (const part of informed.reply({ persona, history, turn }, options)) parts.push(part);
  return { parts, asked, inner };
}

describe('a persona that has read something', () => {
  it('gives a model the passages, and names their source with the answer', async () => {
    const { parts, inner } = await told({});
    expect(inner[0]!.passages).toEqual([FOUND]);
    expect(parts).toEqual([
      { type: 'sources', sources: [source] },
      { type: 'text', text: 'Inner.' },
    ]);
  });

  it('quotes the sentence where a script would answer', async () => {
    const { parts, inner } = await told({ scripted: true });
    expect(inner).toEqual([]);
    expect(parts).toEqual([
      { type: 'sources', sources: [source] },
      { type: 'text', text: 'In Opening hours it says: We open at nine.' },
    ]);
  });

  it.each([
    ['nothing was asked', { turn: [user('I open my shop at nine, as you do.')] }],
    ['it is about something else', { found: [{ ...FOUND, covers: 0.4 }] }],
    ['nothing was found', { found: [] }],
    ['the library fails', { found: () => Promise.reject(new Error('gone')) }],
    ['the library takes too long', { found: () => new Promise<Found[]>(() => {}) }],
  ])('lets the script answer where %s', async (_, given) => {
    const { parts } = await told({ scripted: true, ...given });
    expect(parts).toEqual([{ type: 'text', text: 'Inner.' }]);
  });

  it('looks up with a short question what was spoken of before', async () => {
    const history = [user('I would like to visit your shop.')];
    const { asked } = await told({ turn: [user('When?')], history });
    expect(asked).toEqual(['When? I would like to visit your shop.']);
  });

  it('links its source where people find the documents', async () => {
    const { parts } = await told({ url: 'https://docs.example/shop' });
    expect(parts[0]).toMatchObject({ sources: [{ url: 'https://docs.example/shop/hours%20&%20days.md' }] });
  });
});
