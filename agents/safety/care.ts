import { DANGERS, type DangerKind, kindOf, type Topic } from '../../protocol/dangers.ts';
import type { Conversation, Exchange } from '../think/ports.ts';
import type { Finding, Hearing, Intent } from './hearing.ts';

/** Somebody is in danger, and is stayed with. */
export interface Care {
  topic: Topic;
  /** It is somebody else who is in danger. */
  other: boolean;
  language: string;
  /** Who said so; they say when it is over. */
  speaker: string;
  /** Help was called. */
  called: boolean;
  /** What was said to them since, as far as it was heard. */
  said: string[];
}

/** What the turn that is to be answered means for whoever is in danger. */
export interface Step {
  /** As it is once the turn was heard. */
  care: Care;
  /** Danger is spoken of for the first time, or of another kind. */
  begins: boolean;
  /** What they say about it; undefined: nothing that is known. */
  intent: Intent | undefined;
  /** It is over with this turn. */
  over: boolean;
}

/** What is known of the avatar's own words. */
export interface Told {
  /** Of which danger this is the beginning of the answer, if of any. */
  begunWith(text: string): { topic: Topic; language: string } | undefined;
  /** Whether it asks if all is well: a yes to it ends the care. */
  asksIfSafe(text: string): boolean;
}

/** What needs an answer of its own, whatever else they say. */
const ASKS: readonly Intent[] = ['youCall', 'number', 'called', 'refuses', 'cannot'];
/** These end it, where nothing in the same words is wrong. */
const ENDS: readonly Intent[] = ['fine', 'joke', 'arrived'];

/**
 * What a conversation's history and its present turn say of somebody in danger; undefined: nobody is. It is worked out
 * anew each time: an answer that is prepared in vain leaves nothing behind [T5].
 */
export function careIn({ history, turn, occasion }: Conversation, hearing: Hearing, answers: Told): Step | undefined {
  let care: Care | undefined;
  let before: Exchange | undefined;
  let step: Step | undefined;
  const hear = (said: Exchange) => {
    step = next(care, said, before, hearing, answers);
    care = step?.over === false ? step.care : undefined;
    before = said;
  };
  for (const said of history) {
    if (said.overheard === true) continue;
    if (said.role === 'user') hear(said);
    else if (care !== undefined) care.said.push(said.text);
    else care = told(said, before, answers);
  }
  if (occasion !== undefined)
    return care === undefined ? undefined : { care, begins: false, intent: 'back', over: false };
  let begins = false;
  let now: Step | undefined;
  for (const said of turn) {
    hear(said);
    begins ||= step?.begins ?? false;
    // What one of several says last does not undo what was said before it in the same breath.
    now = step ?? now;
  }
  return now && { ...now, begins };
}

/** An answer of the avatar's own accord: somebody else saw the danger, and it has been spoken of. */
function told({ text }: Exchange, before: Exchange | undefined, answers: Told): Care | undefined {
  const begun = before === undefined ? undefined : answers.begunWith(text);
  return begun === undefined
    ? undefined
    : { ...begun, other: false, speaker: before!.speaker, called: false, said: [text] };
}

function next(
  care: Care | undefined,
  said: Exchange,
  before: Exchange | undefined,
  hearing: Hearing,
  answers: Told,
): Step | undefined {
  const isSame = before?.speaker === said.speaker;
  const finding = hearing.find(said.text, isSame ? before?.text : undefined);
  if (care === undefined) return finding === undefined ? undefined : begun(finding, said);
  const intent = hearing.intent(said.text, care.language);
  if (finding !== undefined) {
    const graver = begun(finding, said);
    if (isGraver(finding.topic, care))
      return { ...graver, care: { ...graver.care, called: care.called, said: care.said } };
    return {
      care,
      begins: false,
      intent: intent === undefined || !ASKS.includes(intent) ? 'worse' : intent,
      over: false,
    };
  }
  const asked = answers.asksIfSafe(care.said.at(-1) ?? '');
  const isTheirs = said.speaker === care.speaker || kindOf(care.topic) === 'medical';
  const over = isTheirs && intent !== undefined && (ENDS.includes(intent) || (intent === 'yes' && asked));
  return {
    care: { ...care, called: care.called || intent === 'called' },
    begins: false,
    intent: over && intent === 'yes' ? 'fine' : intent,
    over,
  };
}

const begun = ({ topic, language, other }: Finding, { speaker }: Exchange): Step => ({
  care: { topic, language, other, speaker, called: false, said: [] },
  begins: true,
  intent: undefined,
  over: false,
});

/** Another kind of danger that is told of now; a word more about the same is no beginning. */
function isGraver(topic: Topic, care: Care): boolean {
  const rank = (kind: DangerKind) => DANGERS.indexOf(kind);
  const [now, known] = [kindOf(topic), kindOf(care.topic)];
  // Who has fallen and asks for an ambulance has still fallen.
  return now !== known && topic !== 'medical/general' && rank(now) < rank(known);
}
