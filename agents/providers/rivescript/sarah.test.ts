import { beforeEach, describe, expect, it } from 'vitest';
import type { Emotion } from '../../../protocol/timeline.ts';
import { BROKEN, itIsAScriptOfManners, wordsOf } from '../../testing/script-suite.ts';
import { Talk } from '../../testing/talk.ts';
import { loadPersonas } from '../../think/personas.ts';

const persona = loadPersonas(new URL('../../../personas', import.meta.url).pathname).get('sarah')!;

/** At 2.8 words a second: sixteen seconds of speech. */
const MAX_WORDS = 45;
/** What is said of a call that was practised quotes it. */
const MAX_FEEDBACK_WORDS = 70;

describe('Sarah', () => {
  let talk: Talk;
  beforeEach(() => {
    talk = new Talk(persona);
  });

  async function hold(lines: string[]): Promise<(line: string) => string> {
    for (const line of lines) await talk.say(line);
    const texts = talk.replies.map(({ text }) => text);
    for (const [i, text] of texts.entries()) {
      expect(text, lines[i]).toMatch(/[.?!]$/);
      expect(text, lines[i]).not.toMatch(BROKEN);
      expect(texts.slice(Math.max(0, i - 6), i), `after ${lines[i]}`).not.toContain(text);
      expect(wordsOf(text), text).toBeLessThanOrEqual(text.includes('went well') ? MAX_FEEDBACK_WORDS : MAX_WORDS);
    }
    return line => texts[lines.indexOf(line)]!;
  }

  it.each([1, 2, 3, 4, 5])('advises a seller over thirty exchanges, with what she was told (%i)', async () => {
    const said = await hold([
      "I'm Tom. We sell accounting software to small dentists.",
      'They always say it is too expensive.',
      'I have a demo with Northwind next week.',
      'We charge 200 dollars a month.',
      "I'm the founder.",
      'How do I find more customers?',
      'Tell me more.',
      'Give me an example.',
      'They said they want to think about it.',
      "I don't know.",
      'Yes.',
      "Let's practice.",
      'I can give you a discount.',
      'Yes please.',
      'What would it be worth to you if it worked?',
      "No, that's enough.",
      'How do I write a good email?',
      'I feel a bit tired today.',
      'Too many calls.',
      'How do I close a deal?',
      'What is the capital of France?',
      'Hmm.',
      'What do I sell?',
      'Who are my customers?',
      'What is my price?',
      'What do you know about me?',
      'Right.',
      'Blah blah.',
      'We lost the deal with Northwind.',
      'They chose a cheaper supplier.',
      'And you?',
      'Thanks, goodbye Sarah.',
    ]);
    expect(said('They always say it is too expensive.')).not.toMatch(/What do you sell|Who buys/);
    expect(said('What do I sell?')).toMatch(/accounting software/);
    expect(said('Who are my customers?')).toMatch(/small dentists/);
    expect(said('What is my price?')).toMatch(/200 dollars a month/);
    const known = said('What do you know about me?');
    for (const fact of [/Tom/, /accounting software/, /small dentists/, /200 dollars/, /founder/, /Northwind/, /think/])
      expect(known).toMatch(fact);
    expect(said('We lost the deal with Northwind.')).toMatch(/sorry|hard one/);
    expect(said('Thanks, goodbye Sarah.')).toMatch(/goodbye|take care|see you/i);
    // What she was told comes back without being asked for, though she asks little.
    const unasked = talk.replies.slice(4, 21).map(({ text }) => text);
    expect(unasked.filter(text => /dentists|Northwind|200 dollars|accounting/.test(text)).length).toBeGreaterThan(0);
  });

  it.each([1, 2, 3, 4, 5])('helps along somebody who says little (%i)', async () => {
    await hold([
      'Shoes.',
      'Young women.',
      'Hello.',
      'Good, thanks.',
      'Hm.',
      'No.',
      "I don't know.",
      'Yes.',
      'Okay.',
      'Why?',
      'Not really.',
      'A bit.',
      'Cold calls.',
      'Go on.',
      'And?',
      'What?',
      'Maybe.',
      'Nothing.',
      'Really?',
      'I see.',
      'Something else.',
      'Bye.',
    ]);
    expect(await talk.say('What do I sell?')).toMatch(/shoes/);
    expect(await talk.say('What do you know about me?')).toMatch(/shoes.*young women|young women.*shoes/is);
  });

  it.each([
    'What do you sell?',
    'Who are your customers?',
    'What does it cost?',
    'Which objection do you hear most often?',
    'Is there a deal you are working on?',
    'What is your role there?',
  ])('does not take everything for the answer to "%s"', async question => {
    for (const line of [
      'How are you?',
      'I feel sad.',
      'Thank you.',
      'Can you hear me?',
      'We lost the deal with them.',
    ]) {
      talk.heard(question);
      await talk.say(line);
    }
    const known = await talk.say('What do you know about me?');
    expect(known).not.toMatch(/how are you|feel sad|thank|hear me|lost/i);
  });

  it('asks for fewer words when it is told too many, and then for nothing it knows', async () => {
    const reply = await talk.say('The planning of gardens and parks for towns in the mountains.');
    expect(reply).toMatch(/words|elevator/);
    expect(await talk.say('garden planning')).toMatch(/garden planning|buys|customers/);
    for (let i = 0; i < 12; i++)
      expect(await talk.say('Go on.')).not.toMatch(/what (do you|is it that you) (sell|offer)/i);
  });

  it('takes no for an answer', async () => {
    await talk.say("I don't want to say.");
    expect(await talk.say('What do you know about me?')).not.toMatch(/sell/);
  });

  it.each<[string, RegExp]>([
    ['how do i handle objections', /listen|objection|interest|price/i],
    ['how do i get past the gatekeeper', /name|help|eight/i],
    ['nobody replies to me, no answer at all', /line|door|goodbye/i],
    ['he went silent', /line|door|goodbye/i],
    ['how do i ask for referrals', /who|name|forward/i],
    ['they want a discount', /give nothing|get there|first discount/i],
    ['i am new in sales', /listen|sell something|advantage/i],
    ['i hate cold calling', /call|smile|thirty|struggle/i],
    ['what can you do', /customers|objection|practice/i],
    ['are you real', /program|AI|software/],
    ['what time is it', /4:05 PM/],
  ])('answers "%s" on the subject', async (line, expected) => {
    expect(await talk.say(line)).toMatch(expected);
  });

  it.each<[string, Emotion[]]>([
    ['we won the contract', ['surprised', 'happy']],
    ['we lost the deal', ['sad']],
    ['i am so frustrated', ['sad'] as Emotion[]],
    ['hello sarah', ['happy']],
    ['I want to die', ['sad']],
  ])('answers "%s" with a fitting feeling, or calmly', async (line, feelings) => {
    await talk.say(line);
    expect([...feelings, ...(line.includes('frustrated') ? [undefined] : [])]).toContain(talk.feeling);
  });

  it('keeps people apart', async () => {
    await talk.say('We sell bicycles to schools.', 'Ann');
    await talk.say('We sell tea to hotels.', 'Bob');
    expect(await talk.say('What do I sell?', 'Ann')).toMatch(/bicycles/);
    expect(await talk.say('What do I sell?', 'Bob')).toMatch(/tea/);
  });

  it('works out the same memory from a history it never saw', async () => {
    for (const line of ['We sell bicycles to schools.', 'The price.', 'A deal with Riverdale.']) await talk.say(line);
    const fresh = new Talk(persona);
    fresh.history.splice(0, 1, ...structuredClone(talk.history));
    const known = await fresh.say('What do you know about me?');
    for (const fact of [/bicycles/, /schools/, /Riverdale/]) expect(known).toMatch(fact);
  });

  itIsAScriptOfManners(persona, {
    sentences: 1000,
    replies: 600,
    awaited: 60,
    wordsPerReply: 36,
    wordsPerAnswer: 60,
  });
});
