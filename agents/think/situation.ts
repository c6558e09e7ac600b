import type { Feeling } from '../../protocol/feelings.ts';
import type { Conversation, Known } from './ports.ts';

/** Below this a feeling is not mentioned at all. */
const LEAST_CONFIDENCE = 0.35;
const SENSES = { face: 'their face', voice: 'their voice', words: 'their words' } as const;
const lists = new Intl.ListFormat('en');

/**
 * What a language model is told besides who it is: what was said long ago, what its tools did, who it talks with, how
 * they feel. Readable for people, too; empty where nothing is known.
 */
export function situationOf({ summary, people = [], occasion, deeds }: Conversation): string {
  const back = occasion === undefined ? undefined : people.find(({ identity }) => identity === occasion.identity);
  const done = deeds?.told();
  return [
    ...(summary === undefined ? [] : [`What was said earlier in this conversation: ${summary}`]),
    ...(done === undefined ? [] : [done]),
    ...people.flatMap(knownOf),
    ...(back === undefined
      ? []
      : [
          `${back.name} has just come back. Greet them by name in one or two sentences, and ask about one thing that you remember.`,
        ]),
  ].join('\n\n');
}

function knownOf({ name, facts, feeling }: Known): string[] {
  return [
    ...(facts.length === 0
      ? []
      : [
          `What ${name} has told you, now or in earlier calls (use it where it helps; never recite it):\n${facts.map(({ text }) => `- ${text}`).join('\n')}`,
        ]),
    ...(feeling === undefined || feeling.confidence < LEAST_CONFIDENCE ? [] : [feelingOf(name, feeling)]),
  ];
}

function feelingOf(name: string, { label, valence, arousal, confidence, sources }: Feeling): string {
  const seems =
    label === 'neutral' ? `${moodOf(valence)} and ${energyOf(arousal)}` : `${label} and ${energyOf(arousal)}`;
  const sure = confidence >= 0.7 ? 'clearly' : 'perhaps';
  return `${name} ${sure} seems ${seems} (from ${lists.format(sources.map(source => SENSES[source]))}). Let it guide your tone; name it only where that is kind.`;
}

const moodOf = (valence: number) => (valence > 0.25 ? 'content' : valence < -0.25 ? 'displeased' : 'even-tempered');
const energyOf = (arousal: number) => (arousal > 0.65 ? 'lively' : arousal < 0.35 ? 'calm' : 'awake');
