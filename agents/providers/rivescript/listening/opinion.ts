/** Advice and opinions, as far as somebody can give them who knows only what was told. */
import { callOf } from './being.ts';
import { lastBeing } from './knowledge.ts';
import { switched } from './reflect.ts';
import type { Rule } from './turn.ts';

const ADVICE =
  / (?:what (?:should|shall|must) i \S{1,14}|what (?:would|can|could) i (?:do|say|tell|write|try)|what would you do|what do you advise|any advice|give me (?:some |an |a )?(?:advice|tip)|your advice|do you have (?:any |some )?(?:advice|a tip|tips)|should i (?:call|tell|go|write|ask|do|leave|stay|quit|say|take|apologi[sz]e|forgive)|help me decide|what do you think i should) /;

/** Advice, as far as somebody can give it who only knows what was told. */
export const advice: Rule = ({ known, said, manner }, { plain, words }) => {
  if (!ADVICE.test(plain) || manner === 'practical') return undefined;
  const being = lastBeing(known);
  const told = known.told.findLast(({ turn }) => turn <= known.turn && turn > known.turn - 4)?.clause;
  const should = words.findIndex(({ lower }, i) => lower === 'should' && words[i + 1]?.lower === 'i');
  const what = should === 0 && words.length > 3 ? switched(words.slice(should + 2)) : undefined;
  if (what !== undefined && !/^(?:do|say)$/.test(what))
    return {
      text: said.fresh([
        `If something in you wants to ${what}, that counts for a good deal. A night's sleep before it does no harm.`,
        `I would ask what you would regret more: to ${what}, or not to. The answer is mostly there at once.`,
      ]),
      whole: true,
    };
  const ofPeople = !/ what (?:should|shall|must) i (?!do|say|tell|write|answer)/.test(plain);
  if (ofPeople && being !== undefined && !being.dead && being.turn > known.turn - 4 && being.relation !== undefined) {
    const call = callOf(being);
    return {
      text: said.fresh([
        `With ${call}, I would begin with one honest sentence, and then listen. You know ${being.gender === 'he' ? 'him' : being.gender === 'she' ? 'her' : 'them'}, and I do not.`,
        `I would do the smallest thing that can still be taken back: a word, a message, a cup of tea with ${call}.`,
      ]),
      whole: true,
    };
  }
  return {
    text: said.fresh([
      `${told === undefined ? '' : `You said that ${told}. `}I would take the smallest step that can be undone, and look again after it.`,
      'I can only say what people tell me helps: write it down, sleep once, and talk to one person whom you trust.',
      'You know it far better than I do. Imagine that a friend told it to you: what you would say to them is my advice.',
    ]),
    whole: true,
  };
};

const THINKS =
  /^ (?:so )?(?:what do you think|what would you say|what is your opinion|your opinion|do you agree|do you not agree|am i right|what do you say|is that (?:bad|normal|ok|weird|good|stupid)|do you think (?:so|(?:that|it|this) (?:is|was) \S{1,14}(?: \S{1,14})?))(?: about (?:it|that|this)| of (?:it|that|this)| to (?:it|that|this))? $/;

/** "What do you think?", of what was told last. */
export const opinionAsked: Rule = ({ known, said }, { plain }) => {
  const told = known.told.findLast(({ turn }) => turn <= known.turn && turn > known.turn - 4)?.clause;
  if (!THINKS.test(plain) || told === undefined) return undefined;
  const heavy = known.heavy !== undefined;
  return {
    text: heavy
      ? said.fresh([
          `I think that anybody would find it hard: ${told}.`,
          `I have only your side of it, and from there it looks heavy: ${told}.`,
        ])
      : said.fresh([
          `I have no stake in it, but it seems to matter to you that ${told}. That counts.`,
          `I know only what you told me, that ${told}. I would trust your first feeling about it.`,
          `When I hear that ${told}, I think you know already what you make of it.`,
        ]),
    whole: true,
  };
};
