/** What somebody tells of themselves: name, home, work, likes, and what they sell. */

import { nameOf } from './being.ts';
import type { Knowledge } from './knowledge.ts';
import { switched } from './reflect.ts';
import { isNear, relationOf } from './relations.ts';
import type { Sentence, Word } from './sentence.ts';

const SUBJECT = new Set(['i', 'we']);
const OFTEN = new Set(
  'also just mostly mainly currently now really always do absolutely still actually only usually'.split(' '),
);
const SELLING = new Set('sell offer provide make produce build import rent distribute manufacture'.split(' '));
const LIKING = new Set('like love enjoy adore'.split(' '));
const DISLIKING = new Set('hate dislike detest'.split(' '));
const ENDS = new Set('and but because so when since which who that if while with after before although'.split(' '));
const PRONOUNS = new Set('it that this them him her you me to he she they us how when what'.split(' '));
/** What sellers do besides selling something. */
const NO_PRODUCT = new Set(
  'it them this that well more a-lot sure money sense progress mistakes calls appointments sales friends decisions dinner lunch breakfast coffee tea plans fun'.split(
    ' ',
  ),
);
const PRICE =
  /(?:[$€£]\s?\d[\d.,]{0,12}|\b\d[\d.,]{0,12}(?:\s?[€$£]|\s?(?:k|thousand|hundred|million))?(?:\s(?:euros?|dollars?|pounds?|bucks|francs?|cents?|yen|rupees?|kronor|crowns?|usd|eur|gbp|chf)\b|[€$£]))/i;
const PER =
  /^\s{0,3}(?:(?:per|an?|each|every|for (?:a|an|one|each))\s\p{L}{1,20}(?:\sof\s[\p{L}\d]{1,20})?|each|apiece|monthly|yearly)\b/iu;
const PRICED =
  / (?:cost|costs|charge|charges|price|priced|sell for|sells for|go for|goes for|ask|asks|each|per|are|is|at|pay|pays|for|a month|a year|a day|an hour) /;
const UNIT =
  /\b((?:an?|one|the|each|every) (?:box|pack|bottle|case|jar|set|bag|crate|dozen|piece|kilo|pair|bar|loaf|ticket|license|seat|hour|lesson|session|room|night|unit|carton|pallet|barrel|roll|can)(?: of [\p{L}\d]{1,16}(?: \p{L}{1,16})?)?)\s(?:costs?|is|sells for|goes for|for)\b/iu;

/** Takes in what a sentence tells of the person. @param asked what the avatar asked last, lower case */
export function hearPerson(known: Knowledge, sentence: Sentence, asked: string): void {
  const { words, plain, isQuestion } = sentence;
  hearName(known, sentence, asked);
  if (isQuestion) return;
  for (const [i, word] of words.entries()) {
    if (!SUBJECT.has(word.lower)) continue;
    let v = i + 1;
    while (OFTEN.has(words[v]?.lower ?? '')) v++;
    hearVerb(known, words, v, plain);
  }
  // "I run a bakery and sell bread".
  const sells = words.findIndex(({ lower }, i) => lower === 'sell' && words[i - 1]?.lower === 'and');
  if (sells > 0 && words.slice(0, sells).some(({ lower }) => SUBJECT.has(lower))) hearProduct(known, words, sells + 1);
  // "I make toys and sell them to schools".
  const sold = words.findIndex(({ lower }, i) => ['it', 'them'].includes(lower) && words[i - 1]?.lower === 'sell');
  if (sold > 0 && known.facts.makes !== undefined) {
    known.facts.product = known.facts.makes;
    if (words[sold + 1]?.lower === 'to') known.facts.customers = phrase(words, sold + 2, 5);
  }
  hearFavourite(known, words);
  hearDeal(known, words);
  hearSelling(known, sentence, asked);
}

function hearName(known: Knowledge, { words, plain }: Sentence, asked: string): void {
  const at = (text: string) => {
    const parts = text.split(' ');
    return (
      words.findIndex((_, i) => parts.every((part, n) => words[i + n]?.lower === part)) +
      (plain.includes(` ${text} `) ? parts.length : -1000)
    );
  };
  for (const opening of ['my name is', 'call me', 'i am called', 'people call me', 'name is actually'] as const) {
    const i = at(opening);
    const word = words[i];
    if (
      word === undefined ||
      ['not', 'a', 'the', 'back', 'when', 'later', 'if', 'an', 'by', 'crazy', 'that'].includes(word.lower)
    )
      continue;
    if (
      opening === 'call me' &&
      / (?:can|could|will|did|they|to|never|always|not) (?:you )?call me /.test(plain) &&
      !plain.includes(' you can call me ')
    )
      continue;
    call(known, word.text);
    return;
  }
  const asksName = /what (?:is your name|should i call you)[^?]{0,12}\?$/.test(asked);
  const [first, second] = words;
  if (asksName && words.length <= 2 && first !== undefined && !first.tags.has('Verb')) call(known, first.text);
  if (
    words.length === 3 &&
    first?.text === 'I' &&
    second?.lower === 'am' &&
    words[2]!.tags.has('FirstName') &&
    /^\p{Lu}/u.test(words[2]!.text)
  )
    call(known, words[2]!.text);
}

function call(known: Knowledge, text: string): void {
  known.name = nameOf(text);
  known.named = known.turn;
}

/** From here to the end of what belongs together, at most so many words. */
function phrase(words: readonly Word[], from: number, most = 6, stops: ReadonlySet<string> = ENDS): string {
  const part: Word[] = [];
  for (let i = from; i < words.length && part.length < most; i++) {
    const word = words[i]!;
    if (
      stops.has(word.lower) ||
      word.tags.has('WeekDay') ||
      ['today', 'yesterday', 'now', 'too', 'again'].includes(word.lower)
    ) {
      // "salt and pepper", "rugs and cushions".
      if (
        word.lower !== 'and' ||
        stops !== PRODUCT_ENDS ||
        !words[i + 1]?.tags.has('Noun') ||
        words[i + 1]?.tags.has('Pronoun')
      )
        break;
    }
    part.push({ ...word, breaks: false });
    if (word.breaks) break;
  }
  return switched(part).trim();
}

const PRODUCT_ENDS = new Set([
  ...ENDS,
  'to',
  'for',
  'in',
  'at',
  'on',
  'from',
  'by',
  'online',
  'around',
  'out',
  'since',
]);

function hearVerb(known: Knowledge, words: readonly Word[], v: number, plain: string): void {
  const verb = words[v]?.lower ?? '';
  const next = words[v + 1]?.lower ?? '';
  const negated =
    plain.includes(' not ') ||
    plain.includes(' never ') ||
    plain.includes(' no longer ') ||
    plain.includes(' used to ');
  if ((verb === 'live' || verb === 'living') && ['in', 'near', 'at'].includes(next))
    known.facts.place = placeAt(words, v + 2);
  if (verb === 'am' || verb === 'are') {
    if (next === 'from') known.facts.place = placeAt(words, v + 2);
    if (next === 'living' && words[v + 2]?.lower === 'in') known.facts.place = placeAt(words, v + 3);
    if (['a', 'an', 'the'].includes(next) && !negated) hearJob(known, words, v + 2);
    if (next === 'selling') hearProduct(known, words, v + 2);
    const age = /^\d{1,3}$/.test(next) ? next : '';
    if (age !== '' && verb === 'am' && ['', 'years', 'and', 'now'].includes(words[v + 2]?.lower ?? ''))
      known.facts.age = age;
  }
  if (verb === 'was' && ['a', 'an', 'the'].includes(next)) hearJob(known, words, v + 2, false, 'was job');
  if (
    verb === 'used' &&
    next === 'to' &&
    words[v + 2]?.lower === 'be' &&
    ['a', 'an', 'the'].includes(words[v + 3]?.lower ?? '')
  )
    hearJob(known, words, v + 4, false, 'was job');
  if (verb === 'used' && next === 'to' && words[v + 2]?.lower === 'work' && words[v + 3]?.lower === 'as')
    hearJob(known, words, v + 5, true, 'was job');
  if (verb === 'worked' && next === 'as') hearJob(known, words, v + 3, true, 'was job');
  if (verb === 'moved' && next === 'to') known.facts.place = placeAt(words, v + 2);
  if ((verb === 'come' || verb === 'came') && next === 'from' && !negated) known.facts.place = placeAt(words, v + 2);
  const job = words.findIndex(
    ({ lower }, i) => i > v && lower === 'job' && ['at', 'in', 'with'].includes(words[i + 1]?.lower ?? ''),
  );
  if (job > 0 && !negated) known.facts.workplace = `${words[job + 1]!.lower} ${phrase(words, job + 2, 4)}`;
  if (verb === 'work') {
    if (next === 'as')
      hearJob(known, words, ['a', 'an', 'the'].includes(words[v + 2]?.lower ?? '') ? v + 3 : v + 2, true);
    else if (['at', 'in', 'for'].includes(next) && !negated)
      known.facts.workplace = `${next} ${phrase(words, v + 2, 4)}`;
  }
  if (SELLING.has(verb) && !negated) hearProduct(known, words, v + 1, verb);
  if (LIKING.has(verb) && !negated && words[v - 1]?.lower !== 'would' && !PRONOUNS.has(next))
    like(known, phrase(words, v + 1, 5));
  if (LIKING.has(verb) && next === 'to' && !negated && words[v - 1]?.lower !== 'would')
    like(known, phrase(words, v + 1, 5));
  if (DISLIKING.has(verb) && !PRONOUNS.has(next)) known.facts.dislikes = phrase(words, v + 1, 5);
}

function placeAt(words: readonly Word[], from: number): string {
  const named = [];
  for (let i = from; i < words.length && named.length < 4; i++) {
    const { text, tags, breaks, lower } = words[i]!;
    if (
      !/^\p{Lu}/u.test(text) &&
      !tags.has('Place') &&
      !(named.length === 0 && ['new', 'san', 'los', 'saint', 'the'].includes(lower))
    )
      break;
    named.push(nameOf(text));
    if (breaks) break;
  }
  const place = named.join(' ').replace(/^The /, 'the ');
  return place !== '' && place !== 'the' ? place : phrase(words, from, 6);
}

const NO_JOB = new Set(
  'bit little lot person fan big human man woman girl boy mess fool good bad real type kind member mother father parent buyer customer great'.split(
    ' ',
  ),
);
const JOB_END =
  /(?:er|or|ist|ian|ant|eer|man|woman|nurse|chef|cook|pilot|clerk|student|owner|founder|rep|executive|lead|agent|judge|priest|monk|spy|guide|guard|scientist|smith|wright)$/;

function hearJob(known: Knowledge, words: readonly Word[], from: number, sure = false, key = 'job'): void {
  const job = phrase(words, from, 4, new Set([...ENDS, 'at', 'in', 'for', 'of', 'from', 'on', 'to']));
  const last = job.split(' ').at(-1) ?? '';
  const isJob = sure || (JOB_END.test(last) && !NO_JOB.has(last) && (relationOf(last) === undefined || !isNear(last)));
  if (job !== '' && isJob && !NO_JOB.has(job.split(' ')[0]!)) known.facts[key] = job;
}

function hearProduct(known: Knowledge, words: readonly Word[], from: number, verb = 'sell'): void {
  let at = from;
  while (['mostly', 'mainly', 'our', 'my', 'some', 'only', 'out'].includes(words[at]?.lower ?? '')) at++;
  if (words[at]?.lower === 'to') {
    known.facts.customers = phrase(words, at + 1, 5);
    return;
  }
  const product = phrase(words, at, 6, PRODUCT_ENDS);
  // Only who sells has a product: others make tea.
  const loose = ['make', 'build'].includes(verb);
  if (
    product === '' ||
    (loose && NO_PRODUCT.has(product)) ||
    PRONOUNS.has(product.split(' ')[0]!) ||
    words[at]?.tags.has('Verb')
  )
    return;
  if (loose && words.some(({ lower }) => ['yesterday', 'today', 'dinner', 'myself', 'always', 'often'].includes(lower)))
    return;
  if (loose && known.facts.product !== undefined) return;
  known.facts[loose ? 'makes' : 'product'] = product.replace(/^(?:a|an|the) /, '');
  const end = words.findIndex(
    ({ lower }, i) => i >= at && (lower === 'to' || (lower === 'for' && words[i + 1]?.tags.has('Plural') === true)),
  );
  if (end > at && !words[end + 1]?.tags.has('Infinitive')) {
    const customers = phrase(words, end + 1, 5, new Set([...ENDS, 'for', 'at', 'in', 'on']));
    if (customers !== '') known.facts.customers = customers;
  }
}

function like(known: Knowledge, what: string): void {
  if (what === '' || what.length > 60 || /^my /.test(what)) return;
  known.likes = [...known.likes.filter(each => each !== what), what];
  known.facts.likes = what;
}

/** "My favourite colour is green." */
function hearFavourite(known: Knowledge, words: readonly Word[]): void {
  const i = words.findIndex(({ lower }) => lower === 'favorite' || lower === 'favourite');
  const be = words.findIndex(({ lower }, n) => n > i && (lower === 'is' || lower === 'are'));
  if (i < 1 || be < 0 || words[i - 1]!.lower !== 'my') return;
  const what = words
    .slice(i + 1, be)
    .map(({ lower }) => lower)
    .join(' ');
  known.facts[`favorite ${what}`] = phrase(words, be + 1, 5);
}

function hearSelling(known: Knowledge, { text, plain, words }: Sentence, asked: string): void {
  const price = PRICE.exec(text);
  const asksPrice = asked.endsWith('?') && /\b(?:cost|charge|price|ask for it)\b/.test(asked);
  if (
    price !== null &&
    (PRICED.test(plain) || asksPrice) &&
    !/ (?:earn|salary|won|lost|spent|debt|owe|rent|budget|paid) /.test(plain)
  ) {
    const per = PER.exec(text.slice(price.index + price[0].length))?.[0].trim();
    const unit = UNIT.exec(text)?.[1]?.toLowerCase();
    known.facts.price =
      per !== undefined
        ? `${price[0]} ${per}`
        : unit !== undefined
          ? `${price[0]} for ${unit.replace(/^(?:the|one|each|every) /, 'a ')}`
          : price[0];
  }
  const our = words.findIndex(
    ({ lower }, i) =>
      ['customers', 'clients', 'buyers'].includes(lower) && ['my', 'our'].includes(words[i - 1]?.lower ?? ''),
  );
  if (our > 0 && ['are', 'is'].includes(words[our + 1]?.lower ?? '')) {
    const next = words[our + 2];
    if (
      next !== undefined &&
      (next.tags.has('Noun') || next.tags.has('Adjective')) &&
      !/^(?:mostly|mainly|usually)$/.test(next.lower) === true &&
      words.slice(our + 2).some(({ tags }) => tags.has('Plural') || tags.has('Noun'))
    )
      known.facts.customers = phrase(words, our + 2, 5);
    else if (next !== undefined && /^(?:mostly|mainly|usually)$/.test(next.lower))
      known.facts.customers = phrase(words, our + 3, 5);
  }
  const product = words.findIndex(
    ({ lower }, i) =>
      ['product', 'company', 'firm', 'business', 'shop', 'startup'].includes(lower) &&
      ['my', 'our'].includes(words[i - 1]?.lower ?? ''),
  );
  if (product > 0 && ['is', 'sells', 'makes', 'offers', 'builds', 'are'].includes(words[product + 1]?.lower ?? '')) {
    const sold = words[product]!.lower === 'product' || words[product + 1]!.lower !== 'is';
    if (sold) hearProduct(known, words, product + 2);
  }
}

const DEALS = new Set(
  'deal offer proposal negotiation meeting appointment demo pitch presentation call visit talks'.split(' '),
);

/** "A meeting with the Golden Lion": whom somebody wants to win. */
function hearDeal(known: Knowledge, words: readonly Word[]): void {
  const at = words.findIndex(
    ({ lower }, i) => DEALS.has(lower) && ['with', 'at', 'for'].includes(words[i + 1]?.lower ?? ''),
  );
  if (at < 0) return;
  const whom: string[] = [];
  for (const { text, tags, lower, breaks } of words.slice(at + 2)) {
    const fits =
      /^\p{Lu}/u.test(text) && !tags.has('WeekDay') && !tags.has('Month')
        ? true
        : whom.length === 0 && ['the', 'a', 'an', 'my', 'our'].includes(lower);
    if (!fits) break;
    whom.push(text);
    if (breaks) break;
  }
  const named = whom.length > 0 && /^\p{Lu}/u.test(whom.at(-1)!);
  const deal = named
    ? whom.join(' ')
    : phrase(words, at + 2, 4, new Set([...ENDS, 'on', 'at', 'in', 'next', 'this', 'tomorrow']));
  if (deal === '' || PRONOUNS.has(deal.split(' ')[0]!)) return;
  known.facts.deal = deal;
  known.facts['deal told'] = String(known.turn);
}
