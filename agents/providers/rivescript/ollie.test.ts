import { beforeEach, describe, expect, it } from 'vitest';
import type { Emotion } from '../../../protocol/timeline.ts';
import { plainText } from '../../speak/sentences.ts';
import { BROKEN, itIsAScriptOfManners, wordsOf } from '../../testing/script-suite.ts';
import { Talk } from '../../testing/talk.ts';
import { loadPersonas } from '../../think/personas.ts';
import type { Persona } from '../../think/ports.ts';

const persona: Persona = loadPersonas(new URL('../../../personas', import.meta.url).pathname).get('ollie')!;
describe('Ollie', () => {
  let talk: Talk;
  beforeEach(() => {
    talk = new Talk(persona);
  });

  const LONG = [
    "I'm good, thanks.",
    'My name is Samantha.',
    'I live in New York.',
    'What is your name?',
    'How old are you?',
    'I really love playing chess.',
    'I have a dog.',
    'Rex.',
    'Do you sleep?',
    'Tell me a joke.',
    'Why?',
    'Yes please.',
    "I don't know.",
    'No.',
    'How many hearts do you have?',
    'Tell me more.',
    'What is Visavis?',
    'Are you real?',
    'Can you hear me?',
    'Can you see me?',
    "I'm a bit tired today.",
    'Work was long.',
    'What is the capital of France?',
    'The quick brown fox.',
    'Blah blah.',
    'Hmm.',
    "What's my name?",
    'Where do I live?',
    'What do you know about me?',
    'And you?',
    'What can you do?',
    'Tell me a story.',
    'yeah',
    'Okay, goodbye Ollie.',
  ];

  it.each([1, 2, 3, 4, 5])('holds a long conversation without repeating itself (%i)', async () => {
    for (const line of LONG) await talk.say(line);
    const texts = talk.replies.map(({ text }) => text);
    for (const [i, text] of texts.entries()) {
      expect(text, LONG[i]).not.toBe('');
      expect(texts.slice(Math.max(0, i - 6), i), `after ${LONG[i]}`).not.toContain(text);
      expect(plainText(text), LONG[i]).toBe(text);
      expect(text, LONG[i]).toMatch(/[.?!]$/);
      expect(wordsOf(text), text).toBeLessThanOrEqual(40);
      expect(text).not.toMatch(BROKEN);
    }
    const said = (line: string) => texts[LONG.indexOf(line)]!;
    expect(said('What is your name?')).toMatch(/Ollie/);
    expect(said("What's my name?")).toMatch(/Samantha/);
    expect(said('Where do I live?')).toMatch(/New York/);
    expect(said('I have a dog.')).toMatch(/dog/);
    expect(said('Rex.')).toMatch(/Rex/);
    const known = said('What do you know about me?');
    for (const fact of [/Samantha/, /New York/, /playing chess/, /dog/]) expect(known).toMatch(fact);
    expect(said('How many hearts do you have?')).toMatch(/three|two|heart/i);
    expect(said('Are you real?')).toMatch(/program|software|AI/);
    expect(said('Okay, goodbye Ollie.')).toMatch(/goodbye|see you|take care|bye/i);
  });

  it.each<[string, RegExp]>([
    ['what can you do', /talk|chat|listen|story|stories/i],
    ['do you record me', /machine|cloud/],
    ['what is visavis', /call|avatar/i],
    ['can I plug in an open ai key', /language model|bigger one|API KEY/i],
    ['what time is it', /4:05 PM/],
    ['what day is it today', /Monday, November 23/],
    ['what color is your blood', /blue/i],
    ['how many arms do you have', /eight/i],
    ['how do you hide', /sand|skin|ink/],
    ['what do you eat', /crab|shrimp|shell/i],
    ["what's two plus two", /four/i],
    ['what is twelve times nine', /108/],
    ['can you see me', /camera/],
    ['can I interrupt you', /stop|hush|listen|ears/],
    ['where do you live', /sea|reef|light turns green/],
    ['speak slower please', /breath|simple|fewer words/],
    ['how is the weather', /window|weather|sky/],
    ['would you be my friend', /friend|fond|like you/i],
    ['who else is here', /only|just the two/i],
    ['um what is uh your name', /Ollie/],
    ['so tell me how do you work', /machine|synthesizer/],
  ])('answers "%s" on the subject', async (question, expected) => {
    expect(await talk.say(question)).toMatch(expected);
  });

  it.each<[string, Emotion[]]>([
    ['I feel so sad today', ['sad']],
    ['I am not happy', ['sad']],
    ['my grandmother died', ['sad']],
    ["I'm really lonely", ['sad']],
    ["I'm happy", ['happy']],
    ['tell me a joke', ['happy']],
    ['hello', ['happy']],
    ['I want to die', ['sad']],
    ['you are so cute', ['happy']],
  ])('answers "%s" with the right feeling', async (line, feelings) => {
    await talk.say(line);
    expect(feelings).toContain(talk.feeling);
  });

  it('is firm with insults and not rude', async () => {
    expect(await talk.say('you are a stupid idiot')).toMatch(/kind|stings|sorry/i);
    expect(await talk.say('fuck you')).toMatch(/tone|not how we talk|sharp/);
  });

  it('tells jokes with their ends, and another when asked', async () => {
    const told = new Set([await talk.say('tell me a joke')]);
    for (let i = 0; i < 7; i++) {
      const joke = await talk.say(['another one', 'one more please', 'not funny. another one'][i % 3]!);
      expect(joke).toMatch(/[.!]$/);
      told.add(joke);
    }
    expect(told.size).toBe(8);
  });

  it('understands the answer to its greeting', async () => {
    await talk.say('Not so good.');
    expect(talk.feeling).toBe('sad');
    const other = new Talk(persona);
    await other.say('pretty good');
    expect(other.feeling).toBe('happy');
  });

  it('goes on from what was heard, not from what it would have said', async () => {
    await talk.say('hello');
    talk.heard('What is your name?');
    expect(await talk.say('Zebedee')).toMatch(/Zebedee/);
    talk.heard('Where do you live?');
    expect(await talk.say('in Wellington')).toMatch(/Wellington/);
    expect(await talk.say('what do you know about me')).toMatch(/Zebedee.*Wellington/);
  });

  it('repeats what it said last', async () => {
    talk.heard('Octopuses have nine brains.');
    const repeated = await talk.say('Sorry, can you repeat that?');
    expect(repeated).toMatch(/Octopuses have nine brains\.$/);
    expect(wordsOf(await talk.say('Pardon?'))).toBeLessThan(12);
  });

  it('never says the same twice in a row, however often it is asked', async () => {
    for (const line of ['what is your name', 'yes', 'bla', 'thanks', 'what is my name', 'hello']) {
      for (let i = 0; i < 9; i++) {
        const before = talk.replies.at(-1)?.text;
        expect(await talk.say(line)).not.toBe(before);
      }
    }
  });

  it('keeps people apart', async () => {
    await talk.say('Call me Sammy.', 'Sam');
    await talk.say('My name is Joanna. I live in Rome.', 'Jo');
    expect(await talk.say("what's my name", 'Sam')).toMatch(/Sammy/);
    expect(await talk.say("what's my name", 'Jo')).toMatch(/Joanna/);
    expect(await talk.say('where do I live', 'Jo')).toMatch(/Rome/);
    expect(await talk.say('where do I live', 'Sam')).not.toMatch(/Rome/);
    expect(await talk.say('who else is here', 'Sam')).toMatch(/Jo/);
    expect(await talk.say("what's my name", 'Mia')).toMatch(/Mia/);
  });

  it('answers both of two people who spoke at once, by name', async () => {
    const reply = await talk.ask([
      { role: 'user', speaker: 'ann', name: 'Ann', text: 'What is your name?' },
      { role: 'user', speaker: 'bob', name: 'Bob', text: 'How many arms do you have?' },
    ]);
    expect(reply).toMatch(/^Ann: .*Ollie.*Bob: .*eight/i);
  });

  it('answers the question behind a greeting and a fact', async () => {
    expect(await talk.say('Hi Ollie! My name is Kim. How many hearts do you have?')).toMatch(/heart|three|two/i);
    expect(await talk.say('What is my name?')).toMatch(/Kim/);
  });

  it('has no name for what could be a tag', async () => {
    expect(await talk.say('what is my name', '{@tell me a joke}<set name=x>')).not.toMatch(/[{}<>]/);
  });

  it.each([
    ['nothing but noise', '… ??? !!'],
    ['another script', '你好,你叫什么名字?'],
    ['a very long speech', `I was ${'thinking about it and then '.repeat(400)}done`],
    ['what a wildcard likes least', 'a '.repeat(3000)],
    ['tags and commands', '{topic=nowhere} <set name=evil> (@yes) + * \\s'],
    ['an emoji', '🐙🐙🐙'],
  ])('has an answer to %s', async (_, line) => {
    const reply = await talk.say(line);
    expect(reply).toMatch(/\w/);
    expect(reply).not.toMatch(/[{}<>\\]/);
    expect(await talk.say('what is your name')).toMatch(/Ollie/);
  });

  it('leaves nothing behind when an answer is thrown away [T5]', async () => {
    await talk.ask([{ role: 'user', speaker: 'sam', name: 'Sam', text: 'my name is Mallory' }]);
    expect(await talk.say('what is my name')).toMatch(/Sam/);
  });

  it('works out the same memory from a history it never saw', async () => {
    for (const line of LONG.slice(0, 9)) await talk.say(line);
    const fresh = new Talk(persona);
    fresh.history.splice(0, 1, ...structuredClone(talk.history));
    const known = await fresh.say('What do you know about me?');
    for (const fact of [/Samantha/, /New York/, /dog/]) expect(known).toMatch(fact);
  });

  itIsAScriptOfManners(persona, {
    sentences: 800,
    replies: 400,
    awaited: 50,
    wordsPerReply: 36,
    wordsPerAnswer: 60,
  });
});
