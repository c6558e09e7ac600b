/** What somebody sells, and at what price: taken up with a little arithmetic. */
import { asSentence, capital, clauseOf } from './reflect.ts';
import { figureText } from './sums.ts';
import type { Rule } from './turn.ts';

const MONEY =
  /(?:([$€£])\s?(\d[\d,]{0,9}(?:\.\d{1,2})?)|(\d[\d,]{0,9}(?:\.\d{1,2})?)\s?(euros?|dollars?|pounds?|bucks|francs|€|\$|£))/i;
const PACK = / of (\d{1,5}) /;
const NAMES: Readonly<Record<string, string>> = {
  $: 'dollars',
  '€': 'euros',
  '£': 'pounds',
  euro: 'euros',
  dollar: 'dollars',
  pound: 'pounds',
  bucks: 'dollars',
};

/** A price is told. */
export const priced: Rule = ({ known, said, manner }, sentence) => {
  const { text, plain, isQuestion } = sentence;
  const { price, product } = known.facts;
  if (isQuestion || manner !== 'practical' || price === undefined) return undefined;
  const money = MONEY.exec(text);
  if (money === null || !text.includes(price.split(' ')[0]!)) return undefined;
  const amount = Number((money[2] ?? money[3])!.replaceAll(',', ''));
  const unit = (money[1] ?? money[4])!.toLowerCase();
  const currency = NAMES[unit] ?? unit;
  const pieces = Number(PACK.exec(plain)?.[1] ?? 0);
  const what = product === undefined ? 'one' : product.split(' ').at(-1)!.replace(/s$/, '');
  if (pieces > 1)
    return {
      text: said.fresh([
        `${capital(price)}: that is ${figureText(amount / pieces)} ${currency} for each ${what}. Name the small figure first; a buyer compares pieces, not boxes.`,
        `So ${price}, or ${figureText(amount / pieces)} ${currency} a ${what}. The small figure is the one to say aloud.`,
      ]),
      ask: ['What would a buyer compare that with?'],
    };
  const yearly = / (?:a|per|each|every) month /.test(plain) || plain.includes(' monthly ') ? amount * 12 : undefined;
  if (yearly !== undefined)
    return {
      text: said.fresh([
        `${capital(price)}, which is ${figureText(yearly)} ${currency} a year. Say what it saves in the same year, and the price has something to stand beside.`,
        `${capital(price)}: ${figureText(yearly)} in a year. Put next to it what a year without it costs.`,
      ]),
      ask: ['What does a customer save with it in a year?'],
    };
  return {
    text: said.fresh([
      `${capital(price)}, noted. Say the price calmly, and then be silent: whoever speaks first gives way.`,
      `So the price is ${price}. Never say it alone; say first what they get for it.`,
      `${capital(price)}. A price needs a neighbour: name what it costs to do without.`,
    ]),
    ask: ['What do they compare it with?'],
  };
};

/** What is sold is told. */
export const products: Rule = ({ known, said, manner }, sentence) => {
  const { plain, isQuestion } = sentence;
  const { product, customers } = known.facts;
  if (
    isQuestion ||
    manner !== 'practical' ||
    product === undefined ||
    !plain.includes(product.toLowerCase().split(' ').at(-1)!)
  )
    return undefined;
  if (
    !/ (?:sell|sells|selling|offer|offers|make|makes|provide|our product|my product|produce|import|build|builds|rent) /.test(
      plain,
    ) ||
    said.lines.some(line => line.toLowerCase().includes(product.toLowerCase()))
  )
    return undefined;
  const clause = clauseOf(sentence);
  const to = customers === undefined ? '' : ` to ${customers}`;
  return {
    text: said.fresh([
      `${capital(product)}${to}: good, that I can picture. People buy what is different afterwards, so begin with that.`,
      `So you sell ${product}${to}. What counts is what changes when somebody has it.`,
      `${clause === undefined ? capital(product) : asSentence(clause)} ${customers === undefined ? 'Then the first thing to settle is for whom.' : `Then think with the head of ${customers}: what would they be glad to be rid of.`}`,
    ]),
    ask:
      customers === undefined
        ? ['Who is your best customer?', 'Who buys it from you?']
        : ['Which objection do you hear most often?', 'What do people say when they do not buy?'],
  };
};

/** A meeting or an offer that is to be won. */
export const deals: Rule = ({ known, said, manner }, { isQuestion, plain }) => {
  const { deal } = known.facts;
  if (/ (?:lost|lose|losing|won|win|closed|signed|fell through|cancel|cancelled|canceled) /.test(plain))
    return undefined;
  if (isQuestion || manner !== 'practical' || deal === undefined || known.facts['deal told'] !== String(known.turn))
    return undefined;
  return {
    text: said.fresh([
      `${capital(deal)}: good. First find out who decides there, and what that person would be glad to be rid of.`,
      `So it is about ${deal}. Never leave a talk there without a day for the next one.`,
      `${capital(deal)}, noted. Prepare one question and one figure for it; more is not remembered.`,
    ]),
    ask: [`Who decides about it at ${deal}?`, `What would ${deal} lose by waiting?`],
  };
};

const FIRST_WORDS =
  / what (?:should|shall|do|can|could|would) i (?:say|tell|ask|answer|write)(?: them| him| her| to them| there)?(?: first| then| next| now| on friday| tomorrow)? $/;

/** "What should I say first?" */
export const firstWords: Rule = ({ known, said, manner }, { plain }) => {
  if (manner !== 'practical' || !FIRST_WORDS.test(plain)) return undefined;
  const { customers, deal } = known.facts;
  const whom = deal ?? customers ?? 'them';
  return {
    text: said.fresh([
      `Begin with one sentence on why you are there, and then ask ${whom} what takes the most trouble at the moment. The rest follows from the answer.`,
      `Say what you have noticed about ${whom}, and not yet what you bring. Somebody who feels seen listens.`,
      'Say their problem back in their own words, and then be silent for a moment. They will go on by themselves.',
    ]),
    whole: true,
  };
};
