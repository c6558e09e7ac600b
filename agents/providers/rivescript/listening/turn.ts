import type { Emotion } from '../../../../protocol/timeline.ts';
import type { Knowledge } from './knowledge.ts';
import type { Said } from './said.ts';
import type { Sentence } from './sentence.ts';

/** How a persona listens: what its script names in `! var listens = …`. */
export const MANNERS = ['playful', 'practical', 'gentle'] as const;
export type Manner = (typeof MANNERS)[number];

/** What is answered, with all that a rule may look at. */
export interface Turn {
  /** With what was said in this turn. */
  known: Knowledge;
  sentences: readonly Sentence[];
  /** What the person is called. */
  name: string;
  persona: string;
  said: Said;
  manner: Manner;
  now: Date;
  /** What was said in this turn, as it was written. */
  text: string;
  /** A phrase of the persona's script, one that was not said yet; undefined where the script has none. */
  phrase(name: string): Promise<Answer | undefined>;
}

/** What is said, and asked where there is room for a question. */
export interface Answer {
  text: string;
  emotion?: Emotion;
  /** Questions that would go with it, the best first. */
  ask?: readonly string[];
  /** It is said as it is: its questions are part of it. */
  whole?: true;
}

/** Answers one sentence of a turn, or leaves it to others. */
export type Rule = (turn: Turn, sentence: Sentence) => Answer | undefined | Promise<Answer | undefined>;
