import { beforeEach, describe, expect, it } from 'vitest';
import { BROKEN, itIsAScriptOfManners, wordsOf } from '../../testing/script-suite.ts';
import { Talk } from '../../testing/talk.ts';
import { loadPersonas } from '../../think/personas.ts';

const persona = loadPersonas(new URL('../../../personas', import.meta.url).pathname).get('leo')!;

describe('Leo', () => {
  let talk: Talk;
  beforeEach(() => {
    talk = new Talk(persona);
  });

  it.each([1, 2, 3, 4, 5])('keeps what is learned, until when, and what is hard (%i)', async () => {
    await talk.say('I want to learn algebra.');
    talk.heard('Where do you get stuck?');
    await talk.say('The brackets.');
    talk.heard('When is your exam?');
    await talk.say('Next week.');
    await talk.say('Hm.');
    expect(await talk.say('What am I learning?')).toMatch(/algebra/);
    expect(await talk.say('What is hard for me?')).toMatch(/brackets/);
    expect(await talk.say('Goodbye.')).toMatch(/next week/);
  });

  it('has something to say for a whole lesson, and does not repeat itself', async () => {
    const lines = ['I study physics.', 'I do not understand it.', 'Light.', 'I have an exam tomorrow.', 'I am nervous.']
      .concat(['Yes.', 'How do I remember it?', 'I failed last time.', 'Blah blah.', 'Tell me more.', 'I passed!'])
      .concat(['Change the subject.', 'My desk.', 'What do you remember?', 'Thank you.', 'Bye.']);
    const texts: string[] = [];
    for (const line of lines) {
      const text = await talk.say(line);
      expect(text, line).toMatch(/[.?!]$/);
      expect(text, line).not.toMatch(BROKEN);
      expect(wordsOf(text), text).toBeLessThanOrEqual(60);
      expect(texts.slice(-6), `after ${line}`).not.toContain(text);
      texts.push(text);
    }
    expect(texts[lines.indexOf('What do you remember?')]).toMatch(/physics/);
  });

  it('is open about what he is', async () => {
    expect(await talk.say('Are you a real person?')).toMatch(/program|AI|software/);
  });

  itIsAScriptOfManners(persona, {
    sentences: 450,
    replies: 300,
    awaited: 25,
    wordsPerReply: 36,
    wordsPerAnswer: 60,
  });
});
