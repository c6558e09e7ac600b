/** What is left: whatever else was told, answered with its own words in it. */
import { callOf } from './being.ts';
import { domainOf } from './domains.ts';
import { theirs } from './grief.ts';
import { knownFor, placeOf } from './places.ts';
import { asSentence, capital, clauseOf, topicsOf } from './reflect.ts';
import type { Sentence } from './sentence.ts';
import { toneOf } from './tone.ts';
import type { Answer, Rule, Turn } from './turn.ts';

const MANNER_COMMENTS: Readonly<Record<Turn['manner'], readonly string[]>> = {
  playful: [
    'I am turning that over in all eight arms.',
    'That goes into the shell where I keep good things.',
    'I would not have guessed it.',
    'There is a small tide of thoughts in me now.',
    'I like how you put that.',
    'That is new to me, and I like new things.',
  ],
  practical: [
    'Good to know; I keep it in mind for later.',
    'That may be of use when we come to the next customer.',
    'I take it as it is.',
    'That explains a few things.',
    'I note that beside the rest.',
    'Clear.',
  ],
  gentle: [
    'I will keep that with the other things you told me.',
    'It is good that you say it.',
    'I am listening, with all the time you need.',
    'That stays with me.',
    'I see it before me.',
    'Thank you for letting me know.',
  ],
};

/** A place comes up. */
export const places: Rule = (turn, sentence) => {
  const { said } = turn;
  const place = placeOf(sentence);
  if (place === undefined || sentence.isQuestion) return undefined;
  const known = knownFor(place);
  const clause = clauseOf(sentence, namesOf(turn, sentence));
  if (clause === undefined && sentence.words.length > 3) return undefined;
  const about =
    known === undefined
      ? said.fresh([
          `I know ${place} only by name, so your word counts.`,
          `${capital(place)} is one more place on my map now.`,
          `What I know of ${place} is what people tell me.`,
        ])
      : said.fresh([
          `When I hear ${place}, I think of ${known}.`,
          `${capital(place)}: ${known}, as people tell me.`,
          `People who come from ${place} tell me of ${known}.`,
        ]);
  const first = clause === undefined ? '' : `${said.fresh([`So ${clause}.`, asSentence(clause)])} `;
  return {
    text: `${first}${about}`,
    emotion: 'happy',
    ask: [`What stays with you most of ${place}?`, `What is ${place} like at this time of the year?`],
  };
};

const namesOf = (turn: Turn, sentence: Sentence) => {
  const being = theirs(turn, sentence)?.[0];
  const call = being === undefined ? undefined : callOf(being);
  return call === undefined ? {} : { he: call, she: call, it: call };
};

/** A statement on something that people speak of. */
export const subjects: Rule = (turn, sentence) => {
  const { said, known } = turn;
  if (sentence.isQuestion) return undefined;
  const domain = domainOf(sentence);
  if (domain === undefined) return undefined;
  const led = lead(turn, sentence);
  const comments = domain.comments.filter(each => !said.has(each));
  const sad = known.heavy !== undefined || toneOf(sentence) <= -1;
  const comment = sad ? commentOn(turn, sentence) : (comments[said.lines.length % Math.max(1, comments.length)] ?? '');
  if (led === undefined && comment === '') return undefined;
  return { text: `${led ?? ''} ${comment}`.trim(), ...toned(sentence), ...(!sad && { ask: domain.asks }) };
};

/** Any statement. */
export const statements: Rule = (turn, sentence) => {
  if (sentence.isQuestion) return undefined;
  const led = lead(turn, sentence);
  if (led === undefined) return undefined;
  const comment = commentOn(turn, sentence);
  return {
    text: `${led} ${comment}`.trim(),
    ...toned(sentence),
    ask: ['How did that come about?', 'What happened then?', 'How is that for you?', 'Since when is it so?'],
  };
};

/** Words without a verb: taken up as they are. */
export const fragments: Rule = (turn, sentence) => {
  const { said } = turn;
  if (
    sentence.isQuestion ||
    sentence.words.length > 7 ||
    /^ (?:tell|show|explain|talk|describe|give|let us|say) /.test(sentence.plain)
  )
    return undefined;
  const topic = topicsOf(sentence).at(-1);
  if (topic === undefined) return undefined;
  return {
    text: said.fresh([
      `${capital(topic)}. I will remember that.`,
      `${capital(topic)}, I see. That is a start.`,
      `So, ${topic}. Tell me as much of it as you like.`,
      `${capital(topic)}: a word that one can build on.`,
    ]),
    ask: [`What about ${topic} matters most to you?`, `How do you come to ${topic}?`],
  };
};

const toned = (sentence: Sentence): Pick<Answer, 'emotion'> => {
  const tone = toneOf(sentence);
  return tone <= -1 ? { emotion: 'sad' } : tone > 1 ? { emotion: 'happy' } : {};
};

const SOFT = [
  'I am with you in that.',
  'I am glad that you told me.',
  'That is not nice to carry.',
  'It is all right to say so here.',
  'You need not make it smaller than it is.',
];

/** What goes with it: soft words for what is sad, else in the persona's manner. */
function commentOn({ said, manner, known }: Turn, sentence: Sentence): string {
  const soft = toneOf(sentence) <= -1 || known.heavy !== undefined;
  const fresh = (soft ? SOFT : MANNER_COMMENTS[manner]).filter(comment => !said.has(comment));
  return fresh[said.lines.length % Math.max(1, fresh.length)] ?? '';
}

/** What was said, said back as somebody who listens would: shorter, and with its tone. */
function lead(turn: Turn, sentence: Sentence): string | undefined {
  const { said, known } = turn;
  const clause = clauseOf(sentence, namesOf(turn, sentence));
  if (clause === undefined) return undefined;
  const tone = toneOf(sentence);
  const vague = /^(?:it|that|this|there|they|he|she) /.test(clause);
  if (known.heavy !== undefined && tone <= 1)
    return said.fresh([
      `I hear you: ${clause}.`,
      `${asSentence(clause)} That must be hard.`,
      `So ${clause}.`,
      asSentence(clause),
    ]);
  if (vague)
    return said.fresh([
      `I believe you: ${clause}.`,
      `So ${clause}.`,
      asSentence(clause),
      `I take your word for it: ${clause}.`,
    ]);
  const frames =
    tone <= -1
      ? [
          `I am sorry that ${clause}.`,
          `It is no small thing that ${clause}.`,
          `${asSentence(clause)} I am sorry.`,
          `That is not nothing: ${clause}.`,
        ]
      : tone > 1
        ? [
            `How nice that ${clause}.`,
            `I am glad that ${clause}.`,
            `${asSentence(clause)} That is good to hear.`,
            `It is a pleasure to hear that ${clause}.`,
          ]
        : [
            `So ${clause}.`,
            asSentence(clause),
            `I did not know that ${clause}.`,
            `I will keep in mind that ${clause}.`,
            `${asSentence(clause)} I see.`,
            `I hear that ${clause}.`,
          ];
  return said.fresh(frames);
}
