import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPersona } from '../../think/persona-file.ts';
import type { Exchange, Persona } from '../../think/ports.ts';
import { RiveScriptDialogue } from './dialogue.ts';

const ollie = readPersona(path.resolve('personas/ollie.yaml')).persona;
const NOON = () => new Date('2026-05-04T12:00:00');
const line = (text: string, speaker = 'ann'): Exchange => ({
  role: speaker === 'ollie' ? 'avatar' : 'user',
  speaker,
  name: speaker,
  text,
});

async function certain(turn: readonly Exchange[], history: readonly Exchange[] = [], persona: Persona = ollie) {
  const dialogue = new RiveScriptDialogue(NOON);
  dialogue.prepare(persona);
  const options = { signal: new AbortController().signal, committed: Promise.resolve() };
  const parts = await dialogue.certain({ persona, history, turn }, options);
  return parts?.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('');
}

describe('what a script knows for certain', () => {
  it.each([
    ['Hello Ollie!', /hello|hi|hey/i],
    ['Thank you very much.', /welcome|pleasure|any time/i],
    ['Can you hear me?', /hear|here/i],
    ["What's your name?", /Ollie/],
    ['What time is it?', /12:00/],
    ['What day is it today?', /Monday/],
    ['What is 17 times 23?', /391/],
    ['How many days until Friday?', /4|four/i],
    ['Goodbye!', /bye|soon|take care/i],
  ])('is what "%s" asks for', async (said, answer) => {
    expect(await certain([line(said)])).toMatch(answer);
  });

  it.each([
    'Thank you for the flowers you told me about',
    'Hello, my dog died yesterday',
    'What is the date of my appointment?',
    'What date did the war end?',
    'When is Christmas dinner?',
    'What is two plus two in Spanish?',
    'What is the time in Tokyo?',
    'How much is a box of 12?',
    'Do you know a joke?',
    'Are you a language model?',
    'I feel lonely',
  ])('is not what "%s" asks for', async said => {
    expect(await certain([line(said)])).toBeUndefined();
  });

  it('is a greeting only where nothing was said before', async () => {
    const history = [line('How do you say bonjour in English?'), line('Guess!', 'ollie')];
    expect(await certain([line('hello')], history)).toBeUndefined();
  });

  it('says again what was said last, whoever said it', async () => {
    const history = [line('Tell me of Rome'), line('Rome was not built in a day.', 'ollie')];
    expect(await certain([line('What did you say?')], history)).toContain('Rome was not built in a day.');
  });

  it('is nothing where several speak at once, where the persona speaks another language, or does not listen', async () => {
    expect(await certain([line('Hello'), line('Thanks', 'bob')])).toBeUndefined();
    expect(await certain([line('Hello')], [], { ...ollie, language: 'de' })).toBeUndefined();
    expect(await certain([line('Hello')], [], { ...ollie, script: '+ *\n- Hi.' })).toBeUndefined();
  });
});
