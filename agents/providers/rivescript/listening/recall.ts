/** Questions about what was told, answered with it. */
import { type Being, callOf, fullOf } from './being.ts';
import { eventIn } from './events.ts';
import { type Knowledge, meant, mentioned, type Told } from './knowledge.ts';
import { asSentence, capital, switched, topicsOf } from './reflect.ts';
import { relationOf, relationsOf } from './relations.ts';
import { type Sentence, sentencesIn, stemOf, stemsIn } from './sentence.ts';
import type { Answer, Rule, Turn } from './turn.ts';

const ASKS_MEMORY =
  / (?:do you (?:still )?(?:remember|recall|know)|did i (?:tell|say|mention)|(?:what|who|where|when|which|how) (?:did|have|was it) i |i (?:told|tell|said|mentioned) (?:you)?|have i told|remind me (?:what|who|where|when|of)|what do you know about|tell me what i|do you know (?:what|where|who|when|how) i) /;
const OF_MINE =
  /^ (?:so |and )?(?:what|who|whose|when|where|which|how old|how many|how much|how long|how often) .{0,120} (?:my|our|i|we|me) /;
const ALL_OF_IT =
  / (?:what (?:do|did) you (?:know|remember|learn)(?: about me| of me| so far)?|what (?:have|did) i (?:told|tell) you(?: so far| about me| about myself)?|tell me (?:about me|what you know about me)|do you (?:still )?(?:remember|know) me|what do you know about me|sum it up|summarize|everything you know about me|everything i told you) $/;
const NOT_MEMORY =
  /^ (?:how (?:do|can|should|could|would|to)|what (?:should|can|could|shall|would) (?:i|we)|can|could|may|should|shall|would|will|where can|what happens|what if|where should|is it|do you think|do you like|do i have to|what do you think|what would|why) /;

const list = new Intl.ListFormat('en');

/** Answers what is asked about what was told. */
export const recall: Rule = (turn, sentence) => {
  const { plain } = sentence;
  if (!asksMemory(turn.known, sentence)) return undefined;
  if (ALL_OF_IT.test(plain)) return turn.manner === 'practical' ? undefined : everything(turn);
  const parts = partsOf(sentence);
  const answers = parts.map(part => recalled(turn, part)).filter(each => each !== undefined);
  if (answers.length > 0) return { text: answers.map(asSentence).join(' ') };
  return unknown(turn, sentence);
};

/** "What colour was it?", of a thing that was just told of. */
const ofThing = ({ thing, turn }: Knowledge, plain: string): boolean =>
  thing !== undefined &&
  turn - thing.turn <= 3 &&
  / (?:is|was|does|did|were) it(?: \S{1,12})? $/.test(plain) &&
  !/ (?:what time|what day|who|how late|why|what) (?:is|was) it /.test(plain);

function asksMemory(known: Knowledge, { plain, isQuestion }: Sentence): boolean {
  if (
    ASKS_MEMORY.test(plain) &&
    (isQuestion || / (?:remember|tell me what|remind me|sum it up|summarize|know about me) /.test(plain))
  )
    return !plain.startsWith(' you know what ');
  if (ALL_OF_IT.test(plain)) return true;
  if (!isQuestion || NOT_MEMORY.test(plain)) return false;
  if (
    known.facts.price !== undefined &&
    / (?:how much (?:is|are|does|do|was)|what (?:does|do) (?:it|they|one|the|a|my|our) (?:\S{1,20} )?cost|what is the price) /.test(
      plain,
    ) &&
    !/ how much (?:is|are) \d/.test(plain) &&
    !plain.includes(' you ')
  )
    return true;
  if (OF_MINE.test(plain) || / who am i /.test(plain)) return true;
  const asked = /^ (?:what|who|where|when|which|how old|how long|how many|did|does|is|was|has|how) /.test(plain);
  if (asked && ofThing(known, plain)) return true;
  if (asked && known.happenings.some(({ what }) => what === eventIn(plain)) && / (?:when|what day|where) /.test(plain))
    return true;
  const pronoun = / (?:he|she|his|her|him) /.test(plain) && (meant(known, 'he') ?? meant(known, 'she')) !== undefined;
  return (
    asked &&
    (mentioned(known, plain).some(({ name }) => name !== undefined && plain.includes(` ${name.toLowerCase()}`)) ||
      (pronoun && !plain.includes(' you ')))
  );
}

/** "my name and what I sell" are two questions. */
function partsOf(sentence: Sentence): Sentence[] {
  const at = sentence.text.search(/ and (?=what|who|where|when|my|how|which)/i);
  if (at < 0) return [sentence];
  const [first, second] = [sentence.text.slice(0, at), sentence.text.slice(at + 5)];
  return [`${first}?`, `${second}?`].flatMap(part => sentencesIn(part, ''));
}

function recalled(turn: Turn, sentence: Sentence): string | undefined {
  const { known, name, said } = turn;
  const { plain } = sentence;
  const { facts } = known;
  if (/ (?:my name|who am i|who i am|what am i called|what i am called) /.test(plain))
    return said.fresh([`Your name is ${name}`, `You are ${name}`, `You are called ${name}`, `${name} is your name`]);
  const told = (key: string, ...frames: string[]) =>
    facts[key] === undefined ? undefined : said.fresh(frames.map(each => each.replaceAll('%', facts[key]!)));
  if (
    / (?:i sell|we sell|am i selling|i am selling|my product|our product|do i sell|do we sell|my business|i offer) /.test(
      plain,
    ) &&
    !plain.includes(' who ') &&
    !plain.includes(' how much ')
  )
    return (
      told('product', 'You sell %', 'You told me that you sell %', 'It is % that you sell') ??
      told('makes', 'You make %', 'It is % that you make')
    );
  if (/ (?:my customers|our customers|my clients|do i sell to|i sell to|we sell to|buys from me) /.test(plain))
    return told('customers', 'Your customers are %', 'You sell to %', 'You told me of %');
  if (
    / (?:my price|our price|do i charge|do we charge|i charge|does it cost|do they cost|does a |it costs|they cost|how much is|how much are|how much do i|the price|my prices|cost|how much) /.test(
      plain,
    ) &&
    facts.price !== undefined
  )
    return told('price', 'It is %', 'You told me %', 'The price is %');
  if (/ (?:do i live|i live|am i from|i am from|my home|do we live) /.test(plain))
    return told(
      'place',
      ...(plain.includes(' from ')
        ? ['You are from %', 'You told me that you are from %']
        : ['You live in %', 'You told me that you live in %']),
    );
  if (
    / (?:my job|do i work|i work|my profession|do i do for|my role|i do for|did i do for|i did for|for a living) /.test(
      plain,
    )
  ) {
    const job = told(
      'job',
      `You are ${article(facts.job)}`,
      `You work as ${article(facts.job)}`,
      `You told me that you are ${article(facts.job)}`,
    );
    if (job !== undefined) return job;
    if (facts['was job'] !== undefined) return `You were ${article(facts['was job'])}`;
    if (facts.workplace !== undefined) return `You work ${facts.workplace}`;
  }
  if (/ how old (?:am i|i am) /.test(plain)) return told('age', 'You are %', 'You told me that you are %');
  const favourite = Object.keys(facts).find(key => key.startsWith('favorite ') && plain.includes(` ${key} `));
  if (favourite !== undefined) return `Your ${favourite} is ${facts[favourite]}`;
  if (/ (?:do i (?:like|love|enjoy)|i (?:like|love|enjoy)) /.test(plain) && known.likes.length > 0)
    return `You like ${list.format(known.likes.slice(-3))}`;
  const being = ofBeings(turn, sentence);
  if (being !== undefined) return being;
  const event = eventIn(plain);
  const happening = known.happenings.findLast(({ what }) => what === event);
  if (happening !== undefined && / when /.test(plain))
    return `${capital(happening.whose)} ${happening.what} is ${happening.when}`;
  return fromTold(turn, sentence);
}

const article = (job = '') =>
  /^(?:the|a|an|my|your|head) /.test(job) ? job : /^[aeiou]/i.test(job) ? `an ${job}` : `a ${job}`;

function ofBeings(turn: Turn, { plain, words }: Sentence): string | undefined {
  const { known, said } = turn;
  const several = words
    .map(({ lower }, i) =>
      ['my', 'our'].includes(words[i - 1]?.lower ?? '') ? relationsOf(lower.replace(/'s?$/, '')) : undefined,
    )
    .find(each => each !== undefined);
  if (several !== undefined && !plain.includes(`${several}s name `)) {
    const all = known.beings.filter(({ relation, name }) => name !== undefined && relationsMatch(relation, several));
    if (all.length > 0 && / (?:name|names|called|who) /.test(plain))
      return `They are ${list.format(all.map(({ name }) => name!))}`;
  }
  const asked = whoIsAsked(
    known,
    plain,
    words.map(({ lower }) => lower.replace(/'s$/, '')),
  );
  if (asked === undefined) return undefined;
  const call = callOf(asked);
  if (/ how old /.test(plain))
    return asked.age === undefined ? undefined : `${call} ${asked.dead ? 'was' : 'is'} ${asked.age}`;
  const asksName = / (?:name|names|called|who is|who was) /.test(plain);
  if (!asksName) return undefined;
  const byName = asked.name !== undefined && plain.includes(` ${asked.name.toLowerCase()} `);
  if (byName && asked.relation !== undefined) {
    const about = toldOf(known, asked).at(-1);
    const of = asked.of === undefined ? 'your' : asked.of;
    return `${asked.name} ${asked.dead ? 'was' : 'is'} ${of} ${asked.relation}${about === undefined ? '' : `. You told me that ${about.clause}`}`;
  }
  if (asked.name === undefined) {
    const about = toldOf(known, asked).at(-1);
    return `You have not told me the name${about === undefined ? '' : `, only that ${about.clause}`}`;
  }
  const who = asked.of === undefined ? `your ${asked.relation ?? 'friend'}` : `${asked.of} ${asked.relation}`;
  const verb = asked.dead ? 'was' : 'is';
  return said.fresh([
    `${capital(who)} ${verb} called ${asked.name}`,
    `${asked.name}. That ${verb} the name of ${who}`,
    `The name of ${who} ${verb} ${asked.name}`,
  ]);
}

const relationsMatch = (relation: string | undefined, wanted: string) =>
  relation === wanted ||
  (wanted === 'child' && ['son', 'daughter', 'child'].includes(relation ?? '')) ||
  (wanted === 'pet' && relation !== undefined);

function whoIsAsked(known: Knowledge, plain: string, words: readonly string[]): Being | undefined {
  const named = known.beings.findLast(({ name }) => name !== undefined && plain.includes(` ${name.toLowerCase()} `));
  if (named !== undefined) return named;
  const relations = words
    .map(word => relationOf(word.replace(/s$/, '')) ?? relationOf(word))
    .filter(each => each !== undefined);
  const asked = relations.at(-1);
  if (asked !== undefined) {
    const own = known.beings.filter(({ relation }) => relation === asked || (asked === 'pet' && isPet(relation)));
    return own.at(-1);
  }
  if (/ (?:his|he|him) /.test(plain)) return meant(known, 'he');
  if (/ (?:her|she) /.test(plain)) return meant(known, 'she');
  return undefined;
}

const PETS = new Set(
  'dog cat hamster rabbit parrot budgie canary bird goldfish fish horse pony turtle tortoise snake mouse rat lizard'.split(
    ' ',
  ),
);
const isPet = (relation: string | undefined) => relation !== undefined && PETS.has(relation);

/** What was told of somebody, oldest first. */
export const toldOf = ({ told }: Knowledge, { name, relation }: Being): Told[] =>
  told.filter(
    ({ stems }) =>
      (name !== undefined && stemsIn(` ${name.toLowerCase()} `).some(stem => stems.includes(stem))) ||
      (relation !== undefined && (stems.includes(relation) || stems.includes(stemOf(relation)))),
  );

/** Stems of words for nearly the same. */
const ALIKE_WORDS: Readonly<Record<string, readonly string[]>> = {
  work: ['job'],
  job: ['work'],
  live: ['move', 'home', 'house', 'flat'],
  eat: ['food', 'cook', 'bake', 'dinner'],
  study: ['school', 'university', 'exam'],
  marry: ['wedd', 'wedding'],
  wedding: ['marry'],
  sick: ['ill', 'hospital'],
  child: ['son', 'daughter', 'kid', 'baby'],
};
const ALIKE = new Map(Object.entries(ALIKE_WORDS).map(([word, alike]) => [stemOf(word), alike.map(stemOf)]));

/** What a clause has that answers a question of this kind. */
const ANSWERS: Readonly<Record<string, RegExp>> = {
  when: / (?:on|in|at|next|last|this) (?:[A-Z]|week|month|year|spring|summer|autumn|winter|night)| (?:today|tomorrow|yesterday|ago|tonight) |\d{4}/,
  where: / (?:in|to|at|from|near|on|under|behind) (?:[A-Z]|the |a |my |your )/,
  why: / because /,
  'how long': / (?:for|since) /,
};
const OF_THINGS =
  /^ (?:what|where|when|who|why|how) (?:does|did|is|was|do|are|were|has|have|had) (?:the|they|it|that) /;

/** "What does the doctor say?", of something that was told. */
export const recallOfThings: Rule = (turn, sentence) => {
  if (!sentence.isQuestion || !OF_THINGS.test(sentence.plain) || sentence.plain.includes(' you ')) return undefined;
  const told = fromTold(turn, sentence, true);
  return told === undefined ? undefined : { text: asSentence(told) };
};

/** What was said that has most in common with the question. @param most of what is asked about must be in it */
function fromTold(turn: Turn, { plain }: Sentence, most = false): string | undefined {
  const { known, said } = turn;
  const kind = Object.keys(ANSWERS).find(each => plain.startsWith(` ${each} `));
  const answers = (clause: string) => kind !== undefined && ANSWERS[kind]!.test(` ${clause} `);
  const wanted = stemsIn(plain).filter(stem => !['tell', 'remember', 'say'].includes(stem));
  const pronoun = / (?:he|his|him) /.test(plain)
    ? meant(known, 'he')
    : / (?:she|her) /.test(plain)
      ? meant(known, 'she')
      : undefined;
  if (pronoun !== undefined) wanted.push(...stemsIn(` ${callOf(pronoun).toLowerCase()} `));
  if (ofThing(known, plain)) wanted.push(...stemsIn(` ${known.thing!.text.toLowerCase()} `));
  for (const stem of [...wanted]) wanted.push(...(ALIKE.get(stem) ?? []));
  const asked = whoIsAsked(known, plain, plain.trim().split(' '));
  const own = new Set(
    asked === undefined ? [] : stemsIn(` ${asked.name ?? ''} ${asked.relation ?? ''} `.toLowerCase()),
  );
  if (asked?.name !== undefined) wanted.push(...stemsIn(` ${asked.name.toLowerCase()} `));
  const scored = known.told
    .filter(({ turn: when }) => when < known.turn)
    .map(told => ({
      told,
      score: told.stems.reduce((sum, stem) => sum + (wanted.includes(stem) ? (own.has(stem) ? 0.6 : 1) : 0), 0),
    }))
    .filter(({ score }) => score > 0)
    .map(({ told, score }) => ({ told, score: score + (answers(told.clause) ? 0.5 : 0) }))
    .toSorted((a, b) => b.score - a.score || b.told.turn - a.told.turn);
  const best = scored[0];
  if (most && best !== undefined && best.score <= wanted.length / 2) return undefined;
  if (best === undefined || best.score < 0.6) return undefined;
  if (/ (?:about|remember|know|everything) /.test(plain)) {
    const all = scored
      .filter(({ score }) => score >= best.score - 0.5)
      .slice(0, 3)
      .map(({ told }) => told)
      .toSorted((a, b) => a.turn - b.turn);
    return `You told me that ${all.map(({ clause }) => clause).join(', and that ')}`;
  }
  return said.fresh([
    `${capital(best.told.clause)}`,
    `You told me that ${best.told.clause}`,
    `You said that ${best.told.clause}`,
    `I remember: ${best.told.clause}`,
  ]);
}

/** It was never told: that is said, not asked. */
function unknown({ known, said }: Turn, sentence: Sentence): Answer | undefined {
  const { plain, words } = sentence;
  const surely =
    ASKS_MEMORY.test(plain) ||
    /^ (?:what|who|when|where|which|how old) (?:is|was|are|were|do|did|does|am|should) (?:my|our|i|we) /.test(plain) ||
    / of my /.test(plain);
  if (!surely) return undefined;
  const my = words.findIndex(({ lower }) => lower === 'my' || lower === 'our');
  const what =
    my >= 0
      ? switched(words.slice(my))
          .replace(/ (?:called|name|named)$/, '')
          .replace(/'s$/, '')
      : (topicsOf(sentence).at(-1) ?? 'that');
  const about = what.replace(/ (?:is|was|are|were)$/, '');
  const some = known.told.filter(({ turn }) => turn < known.turn).at(-1);
  const besides = some === undefined ? '' : ` What I do know is that ${some.clause}.`;
  return {
    text: said.fresh([
      `You have not told me about ${about} yet, and I would rather not guess.${besides}`,
      `That I do not know: you have said nothing about ${about} so far.`,
      `I have nothing about ${about} from you, so I will not make it up.`,
    ]),
  };
}

/** All that is known, in a few sentences. */
function everything({ known, name }: Turn): Answer {
  const { facts, beings, likes } = known;
  const people = beings.slice(-4).map(being => {
    const told = toldOf(known, being).findLast(
      ({ clause }) => clause.split(' ').length > 3 && !/ (?:called|named) /.test(clause),
    );
    const named = being.name !== undefined && being.relation !== undefined;
    if (told === undefined)
      return named ? `your ${being.word ?? being.relation} is called ${being.name}` : `there is ${fullOf(being)}`;
    return named && !told.clause.includes(being.name!) ? `${told.clause} (${being.name})` : told.clause;
  });
  const rest = known.told
    .filter(
      ({ turn, clause }) =>
        turn < known.turn &&
        !people.some(each => each.includes(clause)) &&
        / (?:when you|went|saw|bought|want|would like|have to|going to) /.test(` ${clause} `),
    )
    .slice(-1)
    .map(({ clause }) => clause);
  const clauses = [...new Set(people.slice(-3)), ...rest];
  const parts = [
    `You are ${name}${facts.place === undefined ? '' : `, and you live in ${facts.place}`}.`,
    ...(facts.job === undefined ? [] : [`You are ${article(facts.job)}.`]),
    ...(likes.length === 0 ? [] : [`You like ${list.format(likes.slice(-2))}.`]),
    ...(clauses.length === 0 ? [] : [`You told me that ${clauses.join(', that ')}.`]),
  ];
  if (parts.length === 1 && facts.place === undefined)
    parts.push('That is all so far: you have told me nothing else yet.');
  return { text: parts.join(' ') };
}
