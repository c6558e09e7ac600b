import type { SightSource } from '../../protocol/agents.ts';

/** What a person shows right now. */
export interface Sight {
  identity: string;
  name: string;
  source: SightSource;
  jpeg: Uint8Array;
}

/** Questions that only somebody who sees can answer. */
const NEEDS_SIGHT =
  /\b(?:(?:can|do|could|did) you (?:\w+ )?see|what (?:do|can) you see|look at|take a look|have a look|how do i look|what am i (?:holding|wearing|doing|showing)|(?:what|which|who) is (?:this|that|here|on (?:my|the) screen)|what's (?:this|that|on (?:my|the) screen|in my hand|behind me)|in my hand|behind me|(?:my|the|this) (?:screen|picture|camera|drawing|photo)|what colou?r (?:is|are) (?:my|this|these|the)|read (?:this|that|it|what)|how many fingers|show(?:ing)? you|describe (?:me|this|what))\b/i;

/** A picture would help to answer this. */
export const needsSight = (text: string): boolean => NEEDS_SIGHT.test(text);
