import { afterEach, describe, expect, it } from 'vitest';
import { PERSONA, Scene } from '../testing/scene.ts';
import { PersonaError, type PersonaSource } from '../think/persona-file.ts';
import type { Conversation, Dialogue, Persona, ReplyOptions, ReplyPart } from '../think/ports.ts';
import { HAND_OVER } from '../think/tools/declaration.ts';
import { HandoverDialogue, Handovers } from './handovers.ts';

const SARAH: Persona = { ...PERSONA, id: 'sarah', name: 'Sarah', description: 'She knows selling.' };
const OLLIE: Persona = {
  ...PERSONA,
  id: 'ollie',
  handover: [{ to: 'sarah', when: ['(talk|speak) to sarah', 'get sarah'], say: 'Let me get Sarah for you.' }],
};
const source = (persona: Persona): PersonaSource => ({ persona, files: [], place: (...keys) => keys.join('.') });
const conversation = (text: string, persona = OLLIE): Conversation => ({
  persona,
  history: [],
  turn: [{ role: 'user', speaker: 'ann', name: 'Ann', text }],
});
const options: ReplyOptions = { signal: new AbortController().signal, committed: Promise.resolve() };

function handovers(known: Persona[] = [SARAH]): Handovers {
  const made = new Handovers(id => known.find(persona => persona.id === id));
  made.prepare(source(OLLIE));
  return made;
}

async function parts(dialogue: Dialogue, asked: Conversation): Promise<ReplyPart[]> {
  const all: ReplyPart[] = [];
  for await (const part of dialogue.reply(asked, options)) all.push(part);
  return all;
}
const script: Dialogue = {
  name: 'script',
  async *reply() {
    yield { type: 'text', text: 'The script answers.' };
  },
};

describe('a rule', () => {
  it('gives the person to somebody else, in the words of the persona', async () => {
    const dialogue = new HandoverDialogue(script, handovers());
    expect(await parts(dialogue, conversation('Can I please talk to Sarah?'))).toEqual([
      { type: 'text', text: 'Let me get Sarah for you.' },
      { type: 'handover', to: 'sarah' },
    ]);
  });

  it('does nothing for other words, nor where there is nobody of that name', async () => {
    const said = [{ type: 'text', text: 'The script answers.' }];
    expect(await parts(new HandoverDialogue(script, handovers()), conversation('I like Sarah.'))).toEqual(said);
    expect(await parts(new HandoverDialogue(script, handovers([])), conversation('Get Sarah!'))).toEqual(said);
  });

  it('that is wrong is refused with its place', () => {
    const wrong = { ...OLLIE, handover: [{ to: 'sarah', when: ['(get sarah'], say: 'Yes.' }] };
    expect(() => handovers().prepare(source(wrong))).toThrow(PersonaError);
    expect(() => handovers().prepare(source(wrong))).toThrow(/^handover\.0\.when\.0: /);
  });
});

describe('a model', () => {
  it('is offered a tool for it, only where the persona names somebody', () => {
    const box = handovers().around({ begin: () => undefined });
    expect(box.begin(conversation('Hello'), options)!.declared).toMatchObject([
      { name: HAND_OVER, parameters: { properties: { to: { enum: ['sarah'] } } } },
    ]);
    expect(box.begin(conversation('Hello', SARAH), options)).toBeUndefined();
  });

  it('gives the person to somebody else behind what it says', async () => {
    const made = handovers();
    const box = made.around({ begin: () => undefined });
    const model: Dialogue = {
      name: 'model',
      async *reply(asked, how) {
        // What the documents say is put beside what was asked.
        const tools = box.begin({ ...asked, passages: [] }, how)!;
        const [told] = await tools.run([{ name: HAND_OVER, arguments: '{"to":"sarah"}' }]);
        expect(told).toMatch(/Sarah takes over/);
        expect(tools.spent).toBe(true);
        yield { type: 'text', text: 'I fetch Sarah.' };
      },
    };
    expect((await parts(new HandoverDialogue(model, made), conversation('I want to sell'))).at(-1)).toEqual({
      type: 'handover',
      to: 'sarah',
    });
  });

  it('is told whom there is when it names somebody else', async () => {
    const made = handovers();
    const asked = conversation('Hello');
    const tools = made.around({ begin: () => undefined }).begin(asked, options)!;
    expect((await tools.run([{ name: HAND_OVER, arguments: '{"to":"bob"}' }]))[0]).toMatch(/sarah \(Sarah/);
    expect(made.decided(asked)).toBeUndefined();
  });
});

describe('in a call', () => {
  let scene: Scene;
  afterEach(() => scene.close());
  async function* given(): AsyncIterable<ReplyPart> {
    yield { type: 'text', text: 'Let me get Sarah for you, it takes just a moment.' };
    yield { type: 'handover', to: 'sarah' };
  }

  it('another takes over once the words were heard', async () => {
    scene = new Scene({ answer: given });
    scene.person('ann', 'Ann');
    scene.type('ann', 'Get Sarah.');
    await scene.advance(1500);
    expect(scene.handovers).toEqual([]);
    await scene.advance(6000);
    expect(scene.handovers).toEqual(['sarah']);
  });

  it('[T3] nobody takes over where the person speaks over it', async () => {
    scene = new Scene({ answer: ({ turn }) => (turn[0]!.text.startsWith('Get') ? given() : 'I am staying.') });
    scene.person('ann', 'Ann');
    scene.type('ann', 'Get Sarah.');
    await scene.advance(1000);
    scene.say('ann', 'No wait, I would rather stay with you.');
    await scene.advance(12_000);
    expect(scene.handovers).toEqual([]);
  });

  it('who arrives says so, and knows what was said', async () => {
    const entry = { turnId: 't', final: true, atMs: 1, source: 'voice' } as const;
    const history = [
      { ...entry, id: 'a', speaker: 'ann', speakerName: 'Ann', role: 'user', text: 'I sell candles.' } as const,
      {
        ...entry,
        id: 'b',
        speaker: 'avatar',
        speakerName: 'Ollie',
        role: 'avatar',
        text: 'Let me get Sarah.',
      } as const,
    ];
    scene = new Scene({ history, arrives: true });
    scene.person('ann', 'Ann');
    scene.session.greet('Ann');
    await scene.advance(4000);
    expect(scene.transcript).toEqual(['avatar: Hello Ann.']);
    scene.type('ann', 'Hello.');
    await scene.advance(4000);
    expect(scene.asked[0]!.history.map(({ name, text }) => `${name}: ${text}`)).toEqual([
      'Ann: I sell candles.',
      'Ollie: Let me get Sarah.',
      'Ollie: Hello Ann.',
    ]);
  });
});
