import { describe, expect, it } from 'vitest';
import { callOf } from './being.ts';
import { calendarAnswer, datedIn, isOver } from './calendar.ts';
import { hear } from './hear.ts';
import { type Knowledge, nothingKnown } from './knowledge.ts';
import { foreignAnswers } from './languages.ts';
import { clauseOf, topicsOf } from './reflect.ts';
import { Said } from './said.ts';
import { sentencesIn, stemOf } from './sentence.ts';
import { sumIn, sumText } from './sums.ts';

const NOW = new Date(2026, 10, 23, 16, 5);
const one = (text: string) => sentencesIn(text, 'Ollie')[0]!;

/** What is known after these lines, with what the avatar said before the last. */
function heard(lines: readonly string[], before = '', practises = false): Knowledge {
  const known = nothingKnown();
  for (const text of lines) hear(known, text, { listener: 'Ollie', before, now: NOW, practises });
  return known;
}

describe('words that are said back', () => {
  it.each([
    ['I got promoted at work today', 'you got promoted at work today'],
    ['My boss yelled at me in front of everybody', 'your boss yelled at you in front of everybody'],
    [
      "I was late because I missed the bus and couldn't call",
      'you were late because you missed the bus and could not call',
    ],
    ['We lost our keys', 'you lost your keys'],
    ['She moved to Canada', 'Anna moved to Canada'],
    ["It's been raining all week", 'it has been raining all week'],
  ])('%s', (said, clause) => expect(clauseOf(one(said), { she: 'Anna' })).toBe(clause));

  it('name an animal that is meant by "it", and nobody where the weather is meant', () => {
    const named = { it: 'Sox' };
    expect(clauseOf(one('It ate my shoe'), named)).toBe('Sox ate your shoe');
    expect(clauseOf(one('It rained all day'), named)).toBe('it rained all day');
    expect(clauseOf(one('It was cold yesterday'), named)).toBe('it was cold yesterday');
  });

  it('are none where nothing is said of anything', () => {
    for (const text of ['Shoes.', 'Tell me a joke.', 'How are you?', 'Hmm.'])
      expect(clauseOf(one(text))).toBeUndefined();
  });

  it('are what somebody speaks of', () => {
    expect(topicsOf(one('We saw a great film about bees'))).toEqual(['a great film', 'bees']);
    expect(topicsOf(one('I bought a red bicycle yesterday'))).toEqual(['a red bicycle']);
  });
});

describe('people and animals', () => {
  const beings = (...lines: string[]) =>
    heard(lines).beings.map(({ relation, name, dead }) => `${relation} ${name}${dead ? ' †' : ''}`);

  it.each<[string[], string[]]>([
    [['My sister Anna lives in Lyon.'], ['sister Anna']],
    [['I have a dog called Bruno.'], ['dog Bruno']],
    [['My dog died yesterday.', 'His name was Bruno.'], ['dog Bruno †']],
    [['My brother is called Jens.', 'No, his name is Jonas.'], ['brother Jonas']],
    [['Clara is my niece.'], ['niece Clara']],
    [['my children Tom and Lisa are here'], ['child Tom', 'child Lisa']],
    [
      ['We have goats.', 'Their names are Heidi and Peter.'],
      ['goat Heidi', 'goat Peter'],
    ],
    [['My late husband Karl would have loved it.'], ['husband Karl †']],
    [['My phone died.'], []],
  ])('%j', (lines, expected) => expect(beings(...lines)).toEqual(expected));

  it('are no pronouns, and are called as the person calls them', () => {
    const known = heard(['I was thinking of my mum.', 'She moved to Spain.']);
    expect(known.beings.map(callOf)).toEqual(['your mum']);
    expect(known.told.at(-1)!.clause).toBe('your mum moved to Spain');
  });
});

describe('what somebody tells of themselves', () => {
  it.each<[string, Record<string, string>]>([
    ['I sell handmade candles to hotels', { product: 'handmade candles', customers: 'hotels' }],
    [
      'I run a bakery and sell sourdough bread to restaurants',
      { product: 'sourdough bread', customers: 'restaurants' },
    ],
    ['A box of 24 costs 180 euros', { price: '180 euros for a box of 24' }],
    ['We charge 200 dollars a month', { price: '200 dollars a month' }],
    ['I live in New York', { place: 'New York' }],
    ['I am a nurse', { job: 'nurse' }],
    ['My favourite colour is green', { 'favorite colour': 'green' }],
  ])('%s', (said, facts) => {
    const known = heard([said]).facts;
    expect(known).toMatchObject(facts);
  });

  it('is no product where nothing is sold', () => {
    expect(heard(['They always say we are too expensive.']).facts.product).toBeUndefined();
    expect(heard(['I make mistakes.']).facts.product).toBeUndefined();
  });
});

describe('sums, days and dates', () => {
  it.each([
    ['what is 17 times 23?', '17 times 23 is 391.'],
    ['what is twelve times nine', '12 times 9 is 108.'],
    ['what is 15 percent of 180?', '15 percent of 180 is 27.'],
    ['2 + 3 * 4', '2 plus 3 times 4 is 14.'],
    ['20% off 180', '180 with 20 percent off is 144.'],
    ['what is 3/4 of 80?', '3 divided by 4 times 80 is 60.'],
    ['square root of 144', 'The square root of 144 is twelve.'],
    ['what is seventeen times for?', '17 times 4 is 68.'],
    ['what is nine plus to', '9 plus 2 is eleven.'],
    ['what is 100 divided by 0', 'That cannot be worked out: nothing can be divided by zero.'],
  ])('%s', (asked, answer) => {
    const { text, plain } = one(asked);
    expect(sumText(sumIn(text, plain)!)).toBe(answer);
  });

  it.each([
    'I have 2 dogs and 3 cats',
    'He was 14',
    'what is the capital of France',
    'I did it three times for you',
    'a box of 24 costs 180 euros',
  ])('are none in "%s"', told => {
    const { text, plain } = one(told);
    expect(sumIn(text, plain)).toBeUndefined();
  });

  it('are told of today and of other days', () => {
    const asked = (text: string) => calendarAnswer(one(text).plain, NOW);
    expect(asked('What day is it today?')).toBe('Today is Monday, November 23.');
    expect(asked('How many days until Christmas?')).toBe('It is 32 days until Friday, December 25.');
    expect(asked('What day is tomorrow?')).toBe('Tomorrow is Tuesday, November 24.');
    expect(asked('How was your day?')).toBeUndefined();
  });

  it('are found in what is going to be', () => {
    expect(datedIn(one('The exam is on Friday').plain, NOW)).toEqual({ text: 'on Friday', iso: '2026-11-27' });
    expect(datedIn(one('She marries in June').plain, NOW)).toEqual({ text: 'in June', iso: '2027-06' });
    expect(datedIn(one('I may go').plain, NOW)).toBeUndefined();
    expect(isOver('2026-11-22', NOW)).toBe(true);
    expect(isOver('2026-11-23', NOW)).toBe(false);
    expect(isOver('2026-11', NOW)).toBe(false);
  });
});

describe('other languages', () => {
  it.each([
    ['Hola, ¿hablas español?', /inglés/],
    ['Mein Hund ist gestern gestorben', /Englisch/],
    ['Je suis triste aujourd’hui', /anglais/],
    ['Hoe gaat het met je?', /Engels/],
    ['Привет, как дела?', /английски/],
    ['こんにちは', /英語/],
  ])('%s', (text, answer) => expect(foreignAnswers(text)?.[0]).toMatch(answer));

  it.each([
    'I live in Los Angeles',
    'Do you speak Spanish?',
    'La la land is a great film',
    'Kim',
    'no',
    'I met Hans in Berlin',
  ])('are not heard in "%s"', text => expect(foreignAnswers(text)).toBeUndefined());
});

describe('what was said before', () => {
  it('is neither asked nor said again', () => {
    const said = new Said(['Hello. What do you sell?', 'That is a good beginning for a talk.']);
    expect(said.question(['What do you sell?', 'Who buys it?'])).toBe('Who buys it?');
    expect(said.fresh(['That is a good beginning for a talk.', 'Noted.'])).toBe('Noted.');
    expect(said.withoutSurplus('Good. What do you sell?')).toBe('Good.');
  });

  it('holds a third of questions and no more', () => {
    const asked = (questions: number, others: number) =>
      new Said([...Array(questions).fill('And then?'), ...Array(others).fill('I see.')]).mayAsk;
    expect(asked(1, 0)).toBe(true);
    expect(asked(3, 3)).toBe(false);
    expect(asked(3, 10)).toBe(true);
  });
});

describe('a call that is practised', () => {
  it('goes on until it is told to stop, and is no part of what is known', () => {
    const lines = ['You are the hotel buyer, let us role play.', 'I am from the north and I sell soap.'];
    const going = heard(lines, '', true);
    expect(going.practice).toEqual({ role: 'the hotel buyer', lines: [lines[1]] });
    expect(going.facts.product).toBeUndefined();
    expect(heard([...lines, 'Stop here, how was I?'], '', true).practised).toMatchObject({ lines: [lines[1]] });
  });
});

it('stems bring forms of a word together', () => {
  for (const forms of [
    ['love', 'loved', 'loves', 'loving'],
    ['marry', 'married', 'marries'],
    ['live', 'lives', 'living'],
  ])
    expect(new Set(forms.map(stemOf)).size).toBe(1);
});
