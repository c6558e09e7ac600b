import type OpenAI from 'openai';
import { instructionsFor } from '../../think/instructions.ts';
import type { Conversation } from '../../think/ports.ts';
import type { Roster } from '../../think/roster.ts';
import type { Sight } from '../../think/sight.ts';
import { rosterOf, situationOf } from '../../think/situation.ts';

/** What came of it stands with everything else that is known. */
const FOUND = '(Nobody has said anything. What you looked up has come: tell it now.)';

const BROKEN_OFF = '(You broke off there. Go on from that word, and say nothing of it.)';

/** A conversation as a chat endpoint is told of it. */
export function messagesOf(conversation: Conversation): OpenAI.ChatCompletionMessageParam[] {
  const { persona, history, turn, occasion, begun } = conversation;
  const isFound = occasion?.kind === 'found';
  const roster = rosterOf(conversation);
  // One system message, what never changes first: some endpoints take no second, and many remember a beginning.
  const situation = situationOf(conversation, roster);
  const system = instructionsFor(persona) + (situation === '' ? '' : `\n\n${situation}`);
  return [
    { role: 'system', content: system },
    // Endpoints want to be asked something.
    ...(turn.length > 0 || isFound ? [] : [{ role: 'user' as const, content: '(The call begins.)' }]),
    ...[...history, ...turn].map((said): OpenAI.ChatCompletionMessageParam => {
      if (said.role === 'avatar') return { role: 'assistant', content: said.text };
      return { role: 'user', content: (said.overheard === true ? '(Said to others:) ' : '') + roster.line(said) };
    }),
    ...(isFound ? [{ role: 'user' as const, content: FOUND }] : []),
    ...(begun === undefined
      ? []
      : [
          { role: 'assistant' as const, content: begun },
          { role: 'user' as const, content: BROKEN_OFF },
        ]),
  ];
}

/** What goes behind the conversation where something is to be seen. */
export const picturesOf = (sights: readonly Sight[], roster: Roster): OpenAI.ChatCompletionMessageParam[] =>
  sights.length === 0 ? [] : [{ role: 'user', content: sights.flatMap(sight => pictureOf(sight, roster)) }];

const pictureOf = ({ identity, source, jpeg }: Sight, roster: Roster): OpenAI.ChatCompletionContentPart[] => [
  { type: 'text', text: `(${roster.id(identity)}’s ${source} at this moment:)` },
  {
    type: 'image_url',
    image_url: { url: `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`, detail: 'low' },
  },
];
