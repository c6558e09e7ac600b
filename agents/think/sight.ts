import type { SightSource } from '../../protocol/agents.ts';

/** What a person shows right now. */
export interface Sight {
  identity: string;
  name: string;
  source: SightSource;
  jpeg: Uint8Array;
}

/** Questions that only somebody who sees can answer. */
const NEEDS_SIGHT = [
  /\b(?:can|do|could|did) you (?:\w+ )?see (?:me|this|that|it|him|her|us|them|what|my|the)\b/i,
  /\bwhat (?:do|can) you see\b/i,
  /\b(?:look|take a look|have a look) at (?:me|this|that|these|those|it|my)\b/i,
  /\bhow do i look\b(?! (?:after|for|into|up))/i,
  /\bwhat am i (?:holding|wearing|showing|doing here)\b/i,
  /\b(?:what|which|who)(?: is|'s) (?:this|that)(?: here)?\s*[?.!]*$/i,
  /\b(?:what|who)(?: is|'s) (?:on (?:my|the) screen|in my hand|behind me|in (?:the|this) picture)\b/i,
  /\bwhat colou?r (?:is|are) (?:my|this|these|that|those)\b/i,
  /\b(?:can|could) you read (?:this|that|it|what it says)\b(?! (?:back|again|out loud to))/i,
  /\bhow many fingers\b/i,
  /\bdescribe (?:me|what you see|my (?:screen|room|face))\b/i,
  /\b(?:see|read|look at) (?:my|the) (?:screen|camera|drawing|slide)\b/i,
];

/** A picture would help to answer this. */
export const needsSight = (text: string): boolean => NEEDS_SIGHT.some(pattern => pattern.test(text));
