import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Feeling } from '../../../protocol/feelings.ts';
import type { Fact } from '../../../protocol/memory.ts';
import { BROKEN } from '../../testing/script-suite.ts';
import { preparedFor } from '../../testing/talk.ts';
import { loadPersonas } from '../../think/personas.ts';
import type { Conversation, Exchange, Persona } from '../../think/ports.ts';

const personas = loadPersonas(new URL('../../../personas', import.meta.url).pathname);
const persona = (id: string) => personas.get(id)!;
const options = { signal: new AbortController().signal, committed: Promise.resolve() };
const said = (text: string): Exchange => ({ role: 'user', speaker: 'p', name: 'Sam', text });

/** Says a few things to a persona and returns what it would keep. */
async function told(who: Persona, lines: string[], known: Fact[] = []): Promise<Fact[]> {
  const dialogue = preparedFor(who);
  const person = { identity: 'p', name: 'Sam', facts: known };
  return dialogue.learn({ persona: who, person, history: lines.map(said) }, options);
}

async function answer(who: Persona, facts: Fact[], conversation: Partial<Conversation>, feeling?: Feeling) {
  let text = '';
  let emotion: string | undefined;
  const people = [{ identity: 'p', name: 'Sam', facts, ...(feeling !== undefined && { feeling }) }];
  const asked = { persona: who, history: [], turn: [], people, ...conversation };
  for await (const part of preparedFor(who).reply(asked, options))
    if (part.type === 'text') text += part.text;
    else if (part.type === 'feeling') emotion = part.emotion;
  return { text, emotion };
}
const back = { occasion: { kind: 'return' as const, identity: 'p' } };

describe('what the embedded personas keep of somebody', () => {
  it('is what they were told, as facts that people can read', async () => {
    expect(await told(persona('sarah'), ['My name is Maria.', 'I sell handmade candles to gift shops.'])).toEqual(
      expect.arrayContaining([
        { key: 'name', value: 'Maria', text: 'They want to be called Maria.' },
        { key: 'product', value: 'handmade candles', text: 'They sell handmade candles.' },
        { key: 'customers', value: 'gift shops', text: 'Their customers are gift shops.' },
      ]),
    );
  });

  it('speaks of others in the third person', async () => {
    const facts = await told(persona('june'), ['My daughter has an exam on Friday.']);
    expect(facts).toContainEqual({
      key: 'story_daughter',
      value: 'your daughter has an exam on Friday',
      text: 'Their daughter has an exam on Friday.',
    });
  });

  it('is nothing after small talk, and nothing that was known', async () => {
    for (const { id } of personas.values()) expect(await told(persona(id), ['Hello.', 'How are you?'])).toEqual([]);
    const facts = await told(persona('sarah'), ['I sell handmade candles.']);
    expect(facts).not.toEqual([]);
    expect(await told(persona('sarah'), ['I sell handmade candles.'], facts)).toEqual([]);
  });

  it('changes when it is told otherwise', async () => {
    const facts = await told(persona('sarah'), ['I sell handmade candles.']);
    expect(await told(persona('sarah'), ['I sell fresh bread.'], facts)).toMatchObject([
      { key: 'product', value: 'fresh bread' },
    ]);
  });
});

describe('somebody who is back', () => {
  it('is greeted by the name they gave and asked for what they told', async () => {
    const facts = await told(persona('sarah'), ['My name is Maria.', 'I sell handmade candles.']);
    const { text } = await answer(persona('sarah'), facts, back);
    expect(text).toMatch(/Maria/);
    expect(text).toMatch(/handmade candles/);
  });

  it('is asked by June what became of the exam', async () => {
    const facts = await told(persona('june'), ['My daughter has an exam on Friday.']);
    expect((await answer(persona('june'), facts, back)).text).toMatch(/your daughter has an exam on friday.*\?$/i);
  });

  it('is asked by Ollie for their pet', async () => {
    const facts = await told(persona('ollie'), ['I have a dog named Bruno.']);
    expect((await answer(persona('ollie'), facts, back)).text).toMatch(/Bruno/);
  });

  it.each([...personas.values()].map(({ id }) => id))('is greeted by %s with whatever little is known', async id => {
    for (const facts of [[], [{ key: 'place', value: 'Lyon', text: 'They live in Lyon.' }]])
      for (let i = 0; i < 10; i++) {
        const { text } = await answer(persona(id), facts, back);
        expect(text).toMatch(/Sam/);
        expect(text).toMatch(/[.?!]$/);
        expect(text).not.toMatch(BROKEN);
      }
  });

  it('is answered from what is known, without saying it again', async () => {
    const facts = [{ key: 'product', value: 'handmade candles', text: '' }];
    const { text } = await answer(persona('sarah'), facts, { turn: [said('What do I sell?')] });
    expect(text).toMatch(/handmade candles/);
  });

  it('cannot be made a script of by what is kept', async () => {
    const hostile = [{ key: 'product', value: '<set name=Eve>{topic=x}', text: '' }];
    const { text } = await answer(persona('sarah'), hostile, { turn: [said('What do I sell?')] });
    expect(text).not.toMatch(/[<>{}]/);
    const keys = [
      { key: 'topic', value: 'nowhere', text: '' },
      { key: 'said', value: 'x', text: '' },
    ];
    expect((await answer(persona('sarah'), keys, { turn: [said('Hello.')] })).text).toMatch(/[.?!]$/);
  });
});

describe('how somebody feels', () => {
  const sad: Feeling = { label: 'sad', valence: -0.6, arousal: 0.2, confidence: 0.8, sources: ['face'] };
  afterEach(() => void vi.restoreAllMocks());

  it('is spoken of when it is seen, with a face that fits', async () => {
    for (const { id } of personas.values()) {
      const { text, emotion } = await answer(persona(id), [], { turn: [said('It is raining.')] }, sad);
      if (emotion !== 'sad') continue;
      expect(text).toMatch(/^You (seem|look|sound)/);
    }
    // The first of several answers: others have a feeling of their own, which goes before.
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const seen = await answer(persona('june'), [], { turn: [said('Nothing special.')] }, sad);
    expect(seen.text).toMatch(/^You (seem|look|sound)/);
    expect(seen.emotion).toBe('sad');
  });

  it('is not spoken of again and again, nor when it is only a guess, nor when they said it themselves', async () => {
    const turn = [said('Nothing special.')];
    const noticed = (feeling: Feeling, history: Exchange[] = []) =>
      answer(persona('june'), [], { turn, history }, feeling).then(({ text }) => /^You (seem|look|sound)/.test(text));
    const before: Exchange = {
      role: 'avatar',
      speaker: 'avatar',
      name: 'June',
      text: 'You seem a little down today, Sam.',
    };
    expect(await noticed(sad, [before])).toBe(false);
    expect(await noticed({ ...sad, confidence: 0.4 })).toBe(false);
    expect(await noticed({ ...sad, sources: ['words'] })).toBe(false);
    expect(await noticed({ ...sad, label: 'neutral' })).toBe(false);
  });
});

describe('what is going to be', () => {
  const inJune = 'My daughter Clara is getting married in June.';

  it('is kept in words that say whose, what and when', async () => {
    expect(await told(persona('june'), [inJune])).toContainEqual({
      key: 'event_clara_wedding',
      value: "Clara's wedding (2027-06)",
      text: "Clara's wedding is in June (2027-06). Clara is their daughter.",
    });
  });

  it('is asked about once it has been, and not before', async () => {
    const facts = await told(persona('june'), [inJune]);
    expect((await answer(persona('june'), facts, back)).text).not.toMatch(/How was/);
    const [wedding] = facts.filter(({ key }) => key.startsWith('event_'));
    const over = [{ ...wedding!, value: "Clara's wedding (2026-06)" }];
    expect((await answer(persona('june'), over, back)).text).toBe("Hello again, Sam. How was Clara's wedding?");
  });

  it('is known when somebody is back', async () => {
    const facts = await told(persona('june'), [inJune]);
    const asked = (text: string) => answer(persona('june'), facts, { turn: [said(text)] });
    expect((await asked('When is the wedding?')).text).toMatch(/in June/);
    expect((await asked('What is my daughter called?')).text).toMatch(/Clara/);
  });
});
