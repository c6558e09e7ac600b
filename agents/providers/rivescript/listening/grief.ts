/** What is said to somebody who mourns, or misses somebody. It never cheers up, and asks little. */
import { type Being, callOf, fullOf, pronounOf } from './being.ts';
import { isDeath } from './hear-beings.ts';
import { meant, mentioned } from './knowledge.ts';
import { placeOf } from './places.ts';
import { asSentence, capital, clauseOf } from './reflect.ts';
import { isAnimal, isNear } from './relations.ts';
import type { Sentence } from './sentence.ts';
import type { Answer, Rule, Turn } from './turn.ts';

const DAYS =
  / (?:anniversary|birthday|wedding day|mothers day|fathers day|christmas|years ago today|year ago today|valentines day) /;
const WOULD = / (?:would have (?:been|turned|loved|liked|come)|should have been here|would be \d{1,3}) /;
const TOKENS =
  / (?:photo|photos|picture|pictures|album|grave|cemetery|ashes|his things|her things|his clothes|her clothes|his chair|her chair|his ring|letters|empty|his voice|her voice|collar|bed is|bowl) /;
const MISSING = / (?:miss|missing|misses) (?:him|her|them|my|our|the|you|it) /;
const LONG =
  /(?:^|\s)((?:one|two|three|four|five|six|seven|eight|nine|ten|twenty|\d{1,3}) (?:years?|months?|weeks?|days?) ago|last (?:year|month|week|spring|summer|autumn|winter|night)|yesterday|this (?:morning|year|week)|today)(?:\s|$)/;

const object = (being: Being) => ({ he: 'him', she: 'her', it: 'it', they: 'them' })[pronounOf(being)]!;
const possessive = (being: Being) => ({ he: 'his', she: 'her', it: 'its', they: 'their' })[pronounOf(being)]!;

/** Somebody has died; it is told now. */
export const condole: Rule = (turn, sentence) => {
  const { plain } = sentence;
  if (sentence.isQuestion) return undefined;
  const lost = / (?:lost|losing|buried) (?:my|our) /.test(plain);
  const being = theirs(turn, sentence)?.find(({ dead }) => dead);
  if (!isDeath(plain) && !(lost && being !== undefined)) return undefined;
  const { said } = turn;
  if (being === undefined) {
    if (/ (?:celebrity|singer|actor|president|king|queen) /.test(plain)) return undefined;
    return {
      text: said.fresh([
        'I am so sorry. There is nothing that has to be said well now; I am here.',
        'That is a heavy thing to carry. I am sorry, and I am listening.',
        'I am sorry. Take all the time you need.',
      ]),
      emotion: 'sad',
    };
  }
  const ago = LONG.exec(plain)?.[1];
  const who = fullOf(being);
  const animal = being.relation !== undefined && isAnimal(being.relation);
  const kept =
    being.turn === turn.known.turn && turn.said.lines.some(line => line.includes(callOf(being)) && /sorry/.test(line));
  const first = animal
    ? said.fresh([
        `I am so sorry about ${who}.`,
        `Oh no, ${who}. I am very sorry.`,
        `That hurts. I am so sorry that ${who} is gone.`,
      ])
    : said.fresh([
        `I am so sorry about ${who}.`,
        `I am very sorry for your loss, and for ${callOf(being)}.`,
        `I am sorry, ${turn.name}. Losing ${who} is a great deal to bear.`,
      ]);
  const second = animal
    ? said.fresh([
        `A ${being.relation} is part of the family, and tears are the right answer to that.`,
        `Such a friend leaves a silence in every room, and you may cry as much as you need.`,
        `Nobody has to be strong about that.`,
      ])
    : ago !== undefined && /years? ago|last year/.test(ago)
      ? said.fresh([
          `${capital(ago)}, and it can still feel like last week.`,
          `It does not get small just because it is ${ago.replace(' ago', '')} now.`,
        ])
      : said.fresh([
          'You do not have to be strong here.',
          'Some days it will feel unreal, and that is all right.',
          'I am with you, as long as you like.',
        ]);
  const ask =
    being.name === undefined
      ? [`What was ${possessive(being)} name?`]
      : [`What would you like me to know about ${object(being)}?`, `What was ${callOf(being)} like?`];
  return { text: kept ? second : `${first} ${second}`, emotion: 'sad', ask };
};

/** Who is spoken of in a sentence, by name, relation or pronoun. */
export function theirs({ known }: Turn, { plain, words }: Sentence): Being[] | undefined {
  const named = mentioned(known, plain);
  if (named.length > 0) return named.toSorted((a, b) => b.turn - a.turn);
  const lower = new Set(words.map(each => each.lower));
  const pronoun = ['he', 'him', 'his'].some(each => lower.has(each))
    ? 'he'
    : ['she', 'her', 'hers'].some(each => lower.has(each))
      ? 'she'
      : ['it', 'its'].some(each => words[0]?.lower === each)
        ? 'it'
        : undefined;
  const being = pronoun === undefined ? undefined : meant(known, pronoun);
  return being === undefined ? undefined : [being];
}

/** Of somebody who is dead more is told, or a day comes that was theirs. */
export const mourn: Rule = (turn, sentence) => {
  const { known, said } = turn;
  const { plain } = sentence;
  if (sentence.isQuestion) return undefined;
  const about = theirs(turn, sentence)?.find(({ dead }) => dead);
  const anyone = about ?? known.beings.filter(({ dead }) => dead).toSorted((a, b) => b.turn - a.turn)[0];
  if (DAYS.test(plain) || WOULD.test(plain)) return dayOf(turn, sentence, about, anyone);
  if (about === undefined) {
    if (anyone !== undefined && TOKENS.test(plain)) return token(turn, sentence, anyone);
    return undefined;
  }
  if (TOKENS.test(plain)) return token(turn, sentence, about);
  const call = callOf(about);
  if (MISSING.test(plain))
    return {
      text: said.fresh([
        `Of course you miss ${call}. Missing ${object(about)} is what love does when it has nowhere to go.`,
        `You miss ${call}, and nothing has to make that smaller today.`,
        `That missing has ${call}'s name on it. I am here with you.`,
      ]),
      emotion: 'sad',
    };
  if (about.age !== undefined && plain.includes(` ${about.age} `) && turn.sentences.length < 3)
    return aged(turn, about);
  if (about.name !== undefined && / (?:name|called|named) /.test(plain))
    return {
      text: said.fresh([
        `${about.name}. Thank you for telling me ${possessive(about)} name; I will keep it.`,
        `${about.name}: now I can call ${object(about)} that, too.`,
      ]),
      emotion: 'sad',
    };
  const clause = clauseOf(sentence, { he: call, she: call, it: call });
  if (clause === undefined)
    return {
      text: said.fresh([`I am keeping that about ${call}.`, `That belongs to ${call}, and I will remember it.`]),
      emotion: 'sad',
    };
  return {
    text: said.fresh([
      `${asSentence(clause)} I will remember that about ${object(about)}.`,
      `${asSentence(clause)} That is worth keeping.`,
      `So ${clause}. I can nearly see it.`,
      `I am glad that you tell me such things: ${clause}.`,
      `${asSentence(clause)} Thank you for letting me know ${object(about)} a little.`,
    ]),
    emotion: 'sad',
    ask: [`When do you think of ${call} most?`, `What else should I know about ${call}?`],
  };
};

function aged({ said }: Turn, being: Being): Answer {
  const age = Number(being.age);
  const call = callOf(being);
  const animal = being.relation !== undefined && isAnimal(being.relation);
  const years = `${capital(NUMBERS[age] ?? String(age))} years`;
  if (animal)
    return {
      text: said.fresh([
        `${call === being.name ? `${call}. ` : ''}${years} is a long time together, and none of it is lost.`,
        `${years} with ${call}: that is a whole piece of your life.`,
      ]),
      emotion: 'sad',
    };
  return {
    text:
      age > 70
        ? `${years}. ${capital(call)} had a long life, and it is still too short for those who stay.`
        : `${years}. That is far too young, and I am sorry.`,
    emotion: 'sad',
  };
}
const NUMBERS: Readonly<Record<number, string>> = {
  1: 'one',
  2: 'two',
  3: 'three',
  4: 'four',
  5: 'five',
  6: 'six',
  7: 'seven',
  8: 'eight',
  9: 'nine',
  10: 'ten',
  11: 'eleven',
  12: 'twelve',
  13: 'thirteen',
  14: 'fourteen',
  15: 'fifteen',
  16: 'sixteen',
  17: 'seventeen',
  18: 'eighteen',
};

function dayOf(
  { said, known }: Turn,
  { plain }: Sentence,
  about: Being | undefined,
  anyone: Being | undefined,
): Answer | undefined {
  const spouse = known.beings.find(
    ({ dead, relation }) => dead && ['husband', 'wife', 'partner', 'boyfriend', 'girlfriend'].includes(relation ?? ''),
  );
  const who =
    about ??
    (/ (?:our|wedding|anniversary) /.test(plain)
      ? (spouse ?? anyone)
      : WOULD.test(plain) || /christmas| day /.test(plain)
        ? anyone
        : undefined);
  if (who === undefined && !WOULD.test(plain)) return undefined;
  const what = /(anniversary|birthday|wedding day|christmas|mothers day|fathers day|valentines day)/
    .exec(plain)?.[1]
    ?.replace('christmas', 'Christmas')
    .replace('mothers day', "Mother's Day")
    .replace('fathers day', "Father's Day")
    .replace('valentines day', "Valentine's Day");
  const day =
    what === undefined
      ? 'that day'
      : /christmas|mothers|fathers|valentines/i.test(what)
        ? what
        : plain.includes(' our ')
          ? `your ${what}`
          : plain.includes(' my ')
            ? `your ${what}`
            : who === undefined
              ? `that ${what}`
              : `${possessive(who)} ${what}`;
  if (who === undefined)
    return {
      text: said.fresh([
        `Then ${plain.includes(' today ') ? 'today' : 'that'} is a hard day. I am sorry, and I am here.`,
        'A day like that weighs more than others. You do not have to make anything of it.',
      ]),
      emotion: 'sad',
    };
  const call = callOf(who);
  if (what === undefined)
    return {
      text: said.fresh([
        `One can almost see it. ${capital(call)} is part of such moments still, and so is the missing.`,
        `You know ${call} so well that you can tell. That does not end.`,
        `It warms and hurts at once, to know what ${call} would have made of it.`,
      ]),
      emotion: 'sad',
    };
  return {
    text: said.fresh([
      `${capital(day)}, without ${call}. That makes it a hard day, and I am thinking of ${object(who)} with you.`,
      `Days like ${day} bring ${call} very close, and the missing with it. You need not do anything with the day but get through it.`,
      `I am sorry that you have ${day} without ${call}. It may simply be a sad day; that is allowed.`,
    ]),
    emotion: 'sad',
    ask: [`How did you two spend ${day.startsWith('your') || /^[A-Z]/.test(day) ? day : 'that day'}, back then?`],
  };
}

function token({ said }: Turn, sentence: Sentence, being: Being): Answer {
  const call = callOf(being);
  const clause = clauseOf(sentence, { he: call, she: call, it: call });
  const what = clause === undefined ? `That is ${call}, still there in small things.` : `So ${clause}.`;
  return {
    text: said.fresh([
      `${what} Such things can bring ${call} back for a moment, and hurt at the same time.`,
      `${what} It is good that you have that of ${object(being)}.`,
      `${what} Look at it as long as you want to; there is no hurry.`,
    ]),
    emotion: 'sad',
  };
}

/** Somebody is missed who lives, far away perhaps. */
export const missed: Rule = (turn, sentence) => {
  const { plain } = sentence;
  if (sentence.isQuestion) return undefined;
  const being = theirs(turn, sentence)?.find(
    ({ dead, relation }) => !dead && (relation === undefined || isNear(relation)),
  );
  const misses = MISSING.test(plain);
  const away =
    / (?:moved|moving|moves|went|left|lives|lived|emigrated|studies|works) (?:away |back |over )?(?:to|for|in|at|out|abroad)?/.test(
      plain,
    ) && being !== undefined;
  const place = placeOf(sentence);
  const { said } = turn;
  if (being !== undefined && (misses || (away && place !== undefined))) {
    const call = callOf(being);
    const far =
      place === undefined
        ? ''
        : said.fresh([
            `${place} is a long way from a shared kitchen table.`,
            `${place} is far when one would only like to knock at a door.`,
            `So ${call} is in ${place} now.`,
          ]);
    const missing = misses
      ? said.fresh([
          `It is plain how much you miss ${call}.`,
          `No wonder that you miss ${call}.`,
          `Missing ${call} only says how close you are.`,
        ])
      : '';
    return {
      text: `${far} ${missing}`.trim(),
      emotion: misses ? 'sad' : 'neutral',
      ask: [`How do you two keep in touch?`, `When will you see ${call} again?`],
    };
  }
  if (misses) {
    const what = /(?:miss|misses|missing) (my|our|the) ([\p{L} ]{2,30})/u.exec(plain)?.[2]?.trim();
    if (what !== undefined)
      return {
        text: said.fresh([
          `You miss ${/my|our/.test(plain) ? 'your' : 'the'} ${what}. That kind of missing comes in waves.`,
          `Of course: ${/my|our/.test(plain) ? 'your' : 'the'} ${what} left a gap.`,
        ]),
        emotion: 'sad',
      };
  }
  return undefined;
};
