/** Plans, likes and opinions: answered with what was said, as what it is. */
import { datedIn } from './calendar.ts';
import { namesIn } from './news.ts';
import { asSentence, capital, clauseOf, switched } from './reflect.ts';
import type { Rule } from './turn.ts';

const PLAN =
  / (?:i am going to|we are going to|i will|we will|i plan to|we plan to|i am planning|we are planning|i want to|we want to|i would like to|we would like to|i hope to|i am thinking of|i am thinking about|we are thinking of|i intend to|i am about to|i am saving|i decided to|i have decided|i might|i am hoping) /;
const WORRY = / (?:afraid|worried|nervous|anxious|scared|dread|dreading|stressed) /;

/** What somebody is going to do, or would like to. */
export const plans: Rule = ({ said, now }, sentence) => {
  const { plain } = sentence;
  if (sentence.isQuestion || WORRY.test(plain)) return undefined;
  const dated = datedIn(plain, now);
  const planned = PLAN.test(plain);
  const coming =
    dated !== undefined &&
    !/ (?:was|were|had|went|did|yesterday|ago) /.test(plain) &&
    / (?:i have|we have|i am|we are|is|are|starts|begins|flying|visiting|leaving|fly|travel|goes|moves|moving) /.test(
      plain,
    );
  if (
    (!planned && !coming) ||
    /^ i will (?:be fine|try|think|see|do that|remember|not|never|have to go|go now) /.test(plain) ||
    / i (?:would like|want) to (?:know|ask|talk|go home|stop|sleep|die) /.test(plain)
  )
    return undefined;
  const clause = clauseOf(sentence);
  if (clause === undefined) return undefined;
  if (
    / (?:quit|resign|give up|drop out|leave my (?:job|husband|wife|partner)|run away|break up|divorce|hand in my notice) /.test(
      plain,
    )
  )
    return {
      text: said.fresh([
        `So ${clause}. That is a big step, and it may stand there over night before it is taken.`,
        `${asSentence(clause)} It sounds as if it has been coming for a while.`,
      ]),
      ask: ['What would have to change for you to stay?'],
    };
  if (coming)
    return {
      text: said.fresh([
        `So ${clause}. I will keep ${dated.text.replace(/^(?:on|in|at) /, '')} in mind, and wish you luck for it.`,
        `${asSentence(clause)} I will think of it ${dated.text}.`,
        `Noted: ${clause}. May it go well.`,
      ]),
      ask: ['How do you feel about it?', 'Is everything ready for it?'],
    };
  return {
    text: said.fresh([
      `So ${clause}. That sounds like something worth doing.`,
      `${asSentence(clause)} I hope that it works out.`,
      `I like plans, and that is a good one: ${clause}.`,
      `Then I wish you a good beginning: ${clause}.`,
    ]),
    ask: ['What is the first step?', 'What made you decide on it?', 'Who will help you with it?'],
  };
};

const LIKING = / (?:i|we) (?:really |also |just |always |do |absolutely )?(?:like|love|enjoy|adore|prefer) /;
const DISLIKING =
  / (?:i|we) (?:really |just |absolutely |do not |can not |never )?(?:hate|dislike|detest|can not stand|can not bear|not like|not enjoy|not care for) /;

/** What somebody likes, and does not. */
export const likes: Rule = (turn, sentence) => {
  const { plain } = sentence;
  const { said, known } = turn;
  if (/ (?:like|love) (?:your|talking (?:to|with) you|how you) /.test(plain) && !sentence.isQuestion)
    return {
      text: said.fresh([
        'Thank you, that is kind of you.',
        'I am glad that you like it. It was made on this machine.',
        'That pleases me. Thank you.',
      ]),
      emotion: 'happy',
      whole: true,
    };
  if (sentence.isQuestion || / (?:like|love) (?:you|it when you|talking to you|talking with you) /.test(plain))
    return undefined;
  const clause = clauseOf(sentence, namesIn(turn, sentence));
  if (clause === undefined) return undefined;
  if (DISLIKING.test(plain))
    return {
      text: said.fresh([
        `${asSentence(clause)} I will remember that, and leave it out.`,
        `So ${clause}. One has to dislike something.`,
        `Good to know that ${clause}.`,
        `Understood: ${clause}. Nobody has to like everything.`,
      ]),
      ask: ['Was that always so?'],
    };
  if (!LIKING.test(plain) || / (?:would like|would love|feel like|look like|like that|love it|like it) /.test(plain))
    return undefined;
  const what = known.likes.at(-1);
  if (what === undefined || !clause.includes(what))
    return {
      text: said.fresh([`So ${clause}. I will keep that.`, `${asSentence(clause)} That suits you.`]),
      emotion: 'happy',
    };
  return {
    text: said.fresh([
      `${capital(what)}: I will remember that you like that.`,
      `So ${clause}. That says something about you, and something good.`,
      `It is nice to hear what makes you glad, and ${what} it is.`,
      `${asSentence(clause)} I am storing that among the pleasant things.`,
    ]),
    emotion: 'happy',
    ask: [`How did you come to ${what}?`, `What do you like best about ${what}?`],
  };
};

const OPINION =
  /^ (?:i think|i believe|i guess|i suppose|i find|in my opinion|if you ask me|i feel that|i would say|i am sure|i am convinced|i prefer) /;

/** What somebody thinks of something. The avatar has no stake in it, and says what it hears. */
export const opinions: Rule = ({ said }, sentence) => {
  const { plain, words } = sentence;
  if (
    sentence.isQuestion ||
    (!OPINION.test(plain) &&
      !/ (?:better than|worse than|should be|overrated|underrated|the best|the worst) /.test(plain)) ||
    / you /.test(plain)
  )
    return undefined;
  const clause = clauseOf(sentence);
  if (clause === undefined) return undefined;
  const thought = switched(
    words.slice(
      words.findIndex(({ lower }) =>
        ['think', 'believe', 'guess', 'suppose', 'find', 'that', 'opinion', 'sure', 'say', 'convinced'].includes(lower),
      ) + 1,
    ),
  ).replace(/^that /, '');
  const view = OPINION.test(plain) && !/prefer/.test(plain) && thought !== '' ? thought : clause;
  return {
    text: said.fresh([
      `That is a clear view: ${view}. I can follow it.`,
      `${capital(view)}? I have met people who would agree at once, and people who would not.`.replace('?', ','),
      `I can see why you say that ${view}.`,
      `You have thought about it, I can tell: ${view}.`,
      `There is something to that: ${view}. I have no taste of my own, so I leave the last word to you.`,
    ]),
    ask: ['What brought you to that view?', 'Was there a moment when you thought otherwise?'],
  };
};
