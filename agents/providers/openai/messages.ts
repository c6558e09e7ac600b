import type OpenAI from 'openai';
import { instructionsFor } from '../../think/instructions.ts';
import type { Conversation } from '../../think/ports.ts';
import type { Sight } from '../../think/sight.ts';
import { situationOf } from '../../think/situation.ts';

/** A conversation as a chat endpoint is told of it. */
export function messagesOf(conversation: Conversation): OpenAI.ChatCompletionMessageParam[] {
  const { persona, history, turn } = conversation;
  // One system message, what never changes first: some endpoints take no second, and many remember a beginning.
  const situation = situationOf(conversation);
  const system = instructionsFor(persona) + (situation === '' ? '' : `\n\n${situation}`);
  return [
    { role: 'system', content: system },
    // Endpoints want to be asked something.
    ...(turn.length > 0 ? [] : [{ role: 'user' as const, content: '(The call begins.)' }]),
    ...[...history, ...turn].map(
      ({ role, name, text }): OpenAI.ChatCompletionMessageParam =>
        role === 'user' ? { role: 'user', content: `${name}: ${text}` } : { role: 'assistant', content: text },
    ),
  ];
}

/** What goes behind the conversation where something is to be seen. */
export const picturesOf = (sights: readonly Sight[]): OpenAI.ChatCompletionMessageParam[] =>
  sights.length === 0 ? [] : [{ role: 'user', content: sights.flatMap(pictureOf) }];

const pictureOf = ({ name, source, jpeg }: Sight): OpenAI.ChatCompletionContentPart[] => [
  { type: 'text', text: `(${name}’s ${source} at this moment:)` },
  {
    type: 'image_url',
    image_url: { url: `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`, detail: 'low' },
  },
];
