import { instructionsFor } from '../../../think/instructions.ts';
import type { Conversation } from '../../../think/ports.ts';
import type { Roster } from '../../../think/roster.ts';
import type { Sight } from '../../../think/sight.ts';
import { rosterOf, situationOf } from '../../../think/situation.ts';

/** A piece of what is said: words, a picture, a call or what came of one; more may be in it, which is given back as it is. */
export interface Part {
  text?: string;
  thought?: boolean;
  inlineData?: { mimeType: string; data: string };
  functionCall?: { id?: string; name?: string; args?: object };
  functionResponse?: { id?: string; name: string; response: object };
}
export interface Content {
  role: 'user' | 'model';
  parts: Part[];
}

const FOUND = '(Nobody has said anything. What you looked up has come: tell it now.)';
const BROKEN_OFF = '(You broke off there. Go on from that word, and say nothing of it.)';

/** A conversation as Gemini is told of it: who follows whom is put together where both are the same. */
export function contentsOf(
  conversation: Conversation,
  sights: readonly Sight[] = [],
): { system: string; contents: Content[] } {
  const { persona, history, turn, occasion, begun } = conversation;
  const roster = rosterOf(conversation);
  const situation = situationOf(conversation, roster);
  const isFound = occasion?.kind === 'found';
  const said: Content[] = [
    ...(turn.length > 0 || isFound ? [] : [user('(The call begins.)')]),
    ...[...history, ...turn].map(
      (each): Content =>
        each.role === 'avatar'
          ? { role: 'model', parts: [{ text: each.text }] }
          : user((each.overheard === true ? '(Said to others:) ' : '') + roster.line(each)),
    ),
    ...sights.map(sight => pictureOf(sight, roster)),
    ...(isFound ? [user(FOUND)] : []),
    ...(begun === undefined ? [] : [{ role: 'model' as const, parts: [{ text: begun }] }, user(BROKEN_OFF)]),
  ];
  return {
    system: instructionsFor(persona) + (situation === '' ? '' : `\n\n${situation}`),
    contents: joined(said),
  };
}

const user = (text: string): Content => ({ role: 'user', parts: [{ text }] });

const pictureOf = ({ identity, source, jpeg }: Sight, roster: Roster): Content => ({
  role: 'user',
  parts: [
    { text: `(${roster.id(identity)}’s ${source} at this moment:)` },
    { inlineData: { mimeType: 'image/jpeg', data: Buffer.from(jpeg).toString('base64') } },
  ],
});

function joined(said: readonly Content[]): Content[] {
  const contents: Content[] = [];
  for (const { role, parts } of said) {
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else contents.push({ role, parts: [...parts] });
  }
  return contents;
}
