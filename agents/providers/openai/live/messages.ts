import type { ClientEvent, ServerEvent } from 'openai/resources/live/live';
import type { Role, Told } from '../../../respond/live/port.ts';

/** What is sent, by the vendor's own types. */
export type Sent = Extract<
  ClientEvent,
  {
    type:
      | 'session.start'
      | 'session.input_audio.append'
      | 'session.instructions.append'
      | 'session.thinking.append'
      | 'session.close';
  }
>;
export type Received = ServerEvent;

/** 500 tokens at most may be added at once; of languages that take many. */
const MOST_ADDED = 1000;

/** How it may be told that something is not its to answer. */
const OTHERS = (tools: Role['tools']) =>
  tools.length === 0
    ? 'Delegate nothing: answer everything yourself.'
    : `Delegate only what needs one of these:\n${tools.map(({ name, description }) => `- ${name}: ${description}`).join('\n')}`;

export const instructionsOf = ({ instructions, tools }: Role): string => `${instructions}\n\n${OTHERS(tools)}`;

/** What a session cannot be told any more but by adding to it: the lines that are new. */
export function addedTo(before: Role, now: Role): string[] {
  const known = new Set(instructionsOf(before).split('\n'));
  const lines = instructionsOf(now)
    .split('\n')
    .filter(line => line.trim() !== '' && !known.has(line));
  return lines.length === 0 ? [] : cut(`This is so now:\n${lines.join('\n')}`);
}

/** What is told, as thoughts: pictures it does not see. */
export const thoughtsOf = (told: readonly Told[]): string[] =>
  told.flatMap(each => ('sight' in each ? [] : cut(each.role === 'avatar' ? `(You said:) ${each.text}` : each.text)));

function cut(text: string): string[] {
  const parts: string[] = [];
  for (let rest = text; rest !== ''; ) {
    const space = rest.length <= MOST_ADDED ? rest.length : rest.lastIndexOf(' ', MOST_ADDED);
    const at = space > 0 ? space : MOST_ADDED;
    parts.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return parts;
}
