import { describe, expect, it } from 'vitest';
import { plainText, SentenceSplitter, sentenceSegments } from './sentences.ts';

/** The sentences of a text that comes in pieces of `size` characters. */
function split(text: string, size = text.length): string[] {
  const splitter = new SentenceSplitter();
  const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? [];
  return [...pieces.flatMap(piece => splitter.push(piece)), ...splitter.flush()];
}

const TEXTS: [string, string, string[]][] = [
  ['plain sentences', 'Hello there. How are you? Fine!', ['Hello there.', 'How are you?', 'Fine!']],
  ['titles', 'Dr. Smith met Mrs. Jones. They talked.', ['Dr. Smith met Mrs. Jones.', 'They talked.']],
  ['initials', 'I met J. R. Tolkien. He was nice.', ['I met J. R. Tolkien.', 'He was nice.']],
  ['decimals', 'It costs 3.50 dollars. Buy 2.', ['It costs 3.50 dollars.', 'Buy 2.']],
  ['a no that is an answer', 'No. I do not think so.', ['No.', 'I do not think so.']],
  ['a no that is a number', 'Take bus No. 5 there. Then walk.', ['Take bus No. 5 there.', 'Then walk.']],
  ['an ellipsis', 'Well... I do not know. Maybe…', ['Well...', 'I do not know.', 'Maybe…']],
  ['small hours', 'Is it 5 p.m. now? It is.', ['Is it 5 p.m. now?', 'It is.']],
  ['e.g.', 'Eat fruit, e.g. apples. They help.', ['Eat fruit, e.g. apples.', 'They help.']],
  ['quotes', '"Are you sure?" she asked. "Yes."', ['"Are you sure?"', 'she asked.', '"Yes."']],
  ['lines', 'One.\n\nTwo\nThree', ['One.', 'Two', 'Three']],
  ['lists', 'Buy this:\n- milk\n- bread\n1. first', ['Buy this:', 'milk', 'bread', 'first']],
  ['emphasis', '**Bold** move. Try _this_ one. `code` too.', ['Bold move.', 'Try this one. code too.']],
  ['headings', '# Title\nText.', ['Title', 'Text.']],
  ['addresses', 'See https://a.example/b.c?d=e. It is good.', ['See https://a.example/b.c?d=e.', 'It is good.']],
  ['links', 'Read [the docs](https://a.example/x.y). Then ask.', ['Read the docs.', 'Then ask.']],
  ['code', 'Run this: ```js\nfoo. Bar();\n``` Done.', ['Run this: Done.']],
  ['emoji', 'Hi 🐙! Nice 👍🏽 day 🇮🇹. Bye.', ['Hi!', 'Nice day.', 'Bye.']],
  ['digits after a stop', 'It is 3. 12 apples fell. Yes.', ['It is 3. 12 apples fell.', 'Yes.']],
  ['a number that is the answer', '42. That is the answer.', ['42.', 'That is the answer.']],
  ['numbers that answer', 'The year? 1969. The month? July.', ['The year?', '1969.', 'The month?', 'July.']],
  ['a number on a line', 'The answer is:\n42. That is it.', ['The answer is:', '42.', 'That is it.']],
  ['one, which begins no list', '1. That is the answer.', ['1.', 'That is the answer.']],
  ['numbered lists', '1. Milk\n2. Bread\n3. Eggs', ['Milk', 'Bread', 'Eggs']],
  ['numbers in brackets', 'Steps\n\n1) Mix it.\n2) Bake it.', ['Steps', 'Mix it.', 'Bake it.']],
  ['lists of things done', '- [x] done\n* [ ] open\n• new', ['done', 'open', 'new']],
  ['a countdown', 'Top:\n3. Bob\n2. Ann', ['Top:', '3.', 'Bob', '2.', 'Ann']],
  ['chapters', 'Chapter 1. The boy. Chapter 2. The girl.', ['Chapter 1.', 'The boy.', 'Chapter 2.', 'The girl.']],
  [
    'signs that are meant',
    '3 * 4 = 12, and 5 < 7 > 6. Use C# not F#.',
    ['3 * 4 = 12, and 5 < 7 > 6.', 'Use C# not F#.'],
  ],
  ['signs without blanks', 'a*b and 2*3 and un*believ*able.', ['a*b and 2*3 and unbelievable.']],
  ['more emphasis', '***Wow*** it is __so__ good~~bad~~.', ['Wow it is so goodbad.']],
  ['dividers', 'One.\n\n---\n\nTwo.\n***\nThree.\n====', ['One.', 'Two.', 'Three.']],
  ['frames', '┌─────┐\n│ box │\n└─────┘\nThat is it.', ['box', 'That is it.']],
  ['titles between dividers', '=== Soup ===\nIt is hot.', ['Soup', 'It is hot.']],
  [
    'rows of tables',
    '| Name | Age |\n|------|:---:|\n| Ann | 5 |\n| Bob | 7 |\nThat is all.',
    ['Name, Age', 'Ann, 5', 'Bob, 7', 'That is all.'],
  ],
  ['a table in one line', '| A | B | |---|---| | 1 | 2 |\nSo.', ['A, B, 1, 2', 'So.']],
  ['quoted lines', '> It is\n> so.', ['It is', 'so.']],
  ['tags', '<b>bold</b>, a < b, b > c<br>and <i class="x">more</i>.', ['bold, a < b, b > c and more.']],
  ['notes', 'So it is[^1]. 【4†source】 Yes.', ['So it is.', 'Yes.']],
  ['entities', 'Tom &amp; Ann &lt;3 R&D.', ['Tom & Ann <3 R&D.']],
  ['what is escaped', 'Some \\*stars\\* here.', ['Some *stars* here.']],
  ['pictures', 'See ![a cat](https://a.example/cat.png) there.', ['See a cat there.']],
  ['mail', 'Mail <ann@b.example>. Then wait.', ['Mail ann@b.example.', 'Then wait.']],
  [
    'bare addresses',
    'See www.a.example. Or a.example/b?c=d! Yes.',
    ['See www.a.example.', 'Or a.example/b?c=d!', 'Yes.'],
  ],
  ['Chinese', '你好。今天天气很好！你呢？', ['你好。', '今天天气很好！', '你呢？']],
  ['Japanese', '元気ですか？はい。', ['元気ですか？', 'はい。']],
  [
    'what is said in a sentence',
    'He said "Stop! Now." and left. Then silence.',
    ['He said "Stop! Now." and left.', 'Then silence.'],
  ],
  ['what is in brackets', 'It is (see Fig. 3. Or so!) nice. Ok.', ['It is (see Fig. 3. Or so!) nice.', 'Ok.']],
  [
    'names with stops',
    'I use .NET 8. Node.js too. ASP.NET. Bye.',
    ['I use .NET 8.', 'Node.js too.', 'ASP.NET.', 'Bye.'],
  ],
  ['versions', 'v2.0.1 is out. It is 3.14. Bye.', ['v2.0.1 is out.', 'It is 3.14.', 'Bye.']],
  ['hours that end a sentence', 'We eat at 5 p.m. We sleep at 10.', ['We eat at 5 p.m.', 'We sleep at 10.']],
  ['letters that are no initials', 'Take vitamin C. It helps.', ['Take vitamin C.', 'It helps.']],
  ['and so on', 'Milk, etc. and more. Eggs, etc. Then go.', ['Milk, etc. and more.', 'Eggs, etc.', 'Then go.']],
  ['months', 'On Jan. 5 we met. Fine.', ['On Jan. 5 we met.', 'Fine.']],
  ['cold', 'It has −5 °C. Cold!', ['It has −5 °C. Cold!']],
  ['nothing but marks', '***', []],
  ['nothing', ' \n ', []],
  ['only punctuation', '...', ['...']],
];

describe('SentenceSplitter', () => {
  it.each(TEXTS)('cuts %s', (_, text, sentences) => expect(split(text)).toEqual(sentences));

  it.each(TEXTS)('cuts %s the same however it arrives', (_, text, sentences) => {
    for (const size of [1, 2, 3, 5, 11]) expect(split(text, size), `in pieces of ${size}`).toEqual(sentences);
  });

  it('gives a sentence as soon as the next one has begun, and not before', () => {
    const splitter = new SentenceSplitter();
    expect(splitter.push('It is over.')).toEqual([]);
    expect(splitter.push(' ')).toEqual([]);
    expect(splitter.push('N')).toEqual(['It is over.']);
    expect(splitter.push('ow rest')).toEqual([]);
    expect(splitter.flush()).toEqual(['Now rest']);
    expect(splitter.flush()).toEqual([]);
  });

  it('begins a long answer at a comma, once, however it arrives', () => {
    const text =
      'When I was a very young octopus, I lived in a cave that was full of shells, and it was cold. Later I moved to a bigger one, which had a view of the kelp, and light.';
    const wanted = [
      'When I was a very young octopus,',
      'I lived in a cave that was full of shells, and it was cold.',
      'Later I moved to a bigger one, which had a view of the kelp, and light.',
    ];
    for (const size of [1, 7, text.length]) expect(split(text, size)).toEqual(wanted);
  });

  it('does not speak code that never ends', () => {
    expect(split('Look: ```js\nlet a = 1. Then. More', 4)).toEqual(['Look:']);
  });

  it('loses no word of a long text', () => {
    const text = TEXTS.slice(0, 9)
      .map(([, line]) => line)
      .join(' ');
    expect(split(text, 3).join(' ')).toBe(plainText(text));
  });
});

/** What keeps a careless scan busy. */
const HOSTILE = [
  '[',
  '[](',
  '](',
  '`',
  '```',
  'http://',
  'http://a',
  ' ',
  '\n',
  '\r',
  '. ',
  '.',
  'a',
  'a ',
  '<a',
  '_',
  '1.',
  '- ',
  'Mr. ',
  'U.S. ',
  'J. ',
  'No. 5 ',
];
/** Of the processor, not of the clock: others may want the machine, too. */
const usedMs = (work: () => unknown): number => {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1000;
};

describe('a text that is meant to keep it busy', () => {
  it.each(HOSTILE)('is spoken or left out in no time: %j over and over', unit => {
    for (const text of [unit.repeat(20_000), `${unit.repeat(20_000)}\nx`, `x${unit.repeat(20_000)} x!`])
      expect(usedMs(() => plainText(text))).toBeLessThan(500);
  });

  it.each(HOSTILE)('is cut in no time, at once or in pieces: %j over and over', unit => {
    const splitter = new SentenceSplitter();
    const pieces = () => {
      for (let i = 0; i < 5000; i++) splitter.push(unit);
      splitter.flush();
    };
    expect(usedMs(() => split(unit.repeat(20_000)))).toBeLessThan(1000);
    expect(usedMs(pieces)).toBeLessThan(2000);
  });

  it('is spoken in pieces where it has no end, and loses no word', () => {
    const text = Array.from({ length: 2000 }, (_, i) => `word${i}`).join(' ');
    const sentences = split(text, 7);
    expect(sentences.join(' ')).toBe(text);
    for (const sentence of sentences) expect(sentence.length).toBeLessThanOrEqual(1000);
  });

  it('is cut in pieces where every stop may be an abbreviation, and loses no word', () => {
    const text = 'Mr. '.repeat(2400).trim();
    expect(sentenceSegments(text).join('')).toBe(text);
    const sentences = split(text, 4);
    expect(sentences.join(' ')).toBe(text);
    for (const sentence of sentences) expect(sentence.length).toBeLessThanOrEqual(1000);
  });

  it('is not kept while code goes on', () => {
    expect(split(`Look: \`\`\`${'let a = 1. Then. '.repeat(1000)}\`\`\` Done.`, 10)).toEqual(['Look: Done.']);
  });
});

describe('what people see of a text', () => {
  it.each([
    ['a <b>bold</b> word', 'a bold word'],
    ['snake_case and ~~this~~', 'snake_case and this'],
    ['a\u0000b\u200bc\u2028d', 'a b c d'],
    ['1 < 2 | 3 > 2', '1 < 2 | 3 > 2'],
  ])('%j', (text, seen) => expect(plainText(text)).toBe(seen));

  it('leaves plain speech as it is', () => {
    const text = "Don't worry, it's 5:30 — I'll be there (soon); won't I?";
    expect(plainText(text)).toBe(text);
  });
});
