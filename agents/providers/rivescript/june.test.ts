import { beforeEach, describe, expect, it } from 'vitest';
import { BROKEN, itIsAScriptOfManners, wordsOf } from '../../testing/script-suite.ts';
import { Talk } from '../../testing/talk.ts';
import { loadPersonas } from '../../think/personas.ts';

const persona = loadPersonas(new URL('../../../personas', import.meta.url).pathname).get('june')!;

describe('June', () => {
  let talk: Talk;
  beforeEach(() => {
    talk = new Talk(persona);
  });

  it.each([1, 2, 3, 4, 5])('remembers people and their stories over a long talk (%i)', async () => {
    const lines = [
      'My sister Anna moved to Lyon last year.',
      'She has two children.',
      'I also have a brother.',
      'Peter.',
      'He plays the cello.',
      'I love old movies.',
      'When I was eight we lived by the sea.',
      'My uncle had a boat.',
      'Hm.',
      'What is my sister called?',
      'Do you remember my brother?',
      'I feel a bit lonely.',
      "I don't know.",
      'Tell me more.',
      'What do you remember?',
      'Yes.',
      'The garden is full of roses.',
      'I cooked soup.',
      'Nothing much.',
      'What is the weather like?',
      'Blah blah.',
      'Good night June.',
    ];
    for (const line of lines) await talk.say(line);
    const texts = talk.replies.map(({ text }) => text);
    for (const [i, text] of texts.entries()) {
      expect(text, lines[i]).toMatch(/[.?!]$/);
      expect(text, lines[i]).not.toMatch(BROKEN);
      expect(texts.slice(Math.max(0, i - 6), i), `after ${lines[i]}`).not.toContain(text);
      expect(wordsOf(text), text).toBeLessThanOrEqual(60);
    }
    const said = (line: string) => texts[lines.indexOf(line)]!;
    expect(said('What is my sister called?')).toMatch(/Anna/);
    expect(said('Do you remember my brother?')).toMatch(/Peter|plays the cello/);
    expect(said('What do you remember?')).toMatch(/Anna.*two children/s);
    expect(said('What do you remember?')).toMatch(/old movies/);
    expect(said('What do you remember?')).toMatch(/you were eight you lived by the sea/);
    expect(said('Good night June.')).toMatch(/goodbye|take care/i);
    // Not only when asked: somebody is brought up again.
    const unasked = ['Hm.', 'Yes.', 'Nothing much.', 'Blah blah.', 'I love old movies.', 'Good night June.'].map(said);
    expect(unasked.some(text => /Anna|Peter|uncle/.test(text))).toBe(true);
  });

  it('does not ask how the dead are', async () => {
    await talk.say('My husband Carl died in spring.');
    expect(talk.feeling).toBe('sad');
    for (let i = 0; i < 12; i++)
      expect(await talk.say(['Hm.', 'Yes.', 'Blah.', 'Good.'][i % 4]!)).not.toMatch(
        /how (is|are things with) (Carl|your husband)|these days|last talk|greet/i,
      );
    expect(await talk.say('Goodbye.')).not.toMatch(/greet|my best/);
  });

  it('asks for a name and keeps it', async () => {
    await talk.say('I was thinking of my daughter.');
    talk.heard('What name shall I remember?');
    expect(await talk.say("It's Maria.")).toMatch(/Maria/);
    expect(await talk.say('What is the name of my daughter?')).toMatch(/Maria/);
  });

  it('is open about what she is', async () => {
    expect(await talk.say('Are you a real person?')).toMatch(/program|AI|software/);
  });

  itIsAScriptOfManners(persona, {
    sentences: 600,
    replies: 400,
    awaited: 30,
    wordsPerReply: 36,
    wordsPerAnswer: 60,
  });
});
