/** A conversation as a small model is told of it: what never changes first, since what it has read it need not read again. */
import { instructionsFor } from '../../think/instructions.ts';
import type { Conversation, Exchange, Persona } from '../../think/ports.ts';
import { findingsOf, passagesOf } from '../../think/situation.ts';
import type { Line } from './messages.ts';

/** Of English, at least so many characters are a token. */
const TOKEN_CHARACTERS = 3.2;
/** A template's own marks, a line. */
const LINE_CHARACTERS = 24;
/** Of what is known of people. */
const MOST_FACTS = 12;
const FEELS_FROM = 0.5;
/** Each costs a small model hundreds of tokens to read. */
const MOST_PASSAGES = 1;
/** Who has so many lines behind them, and none that a cut was made at, has had their beginning cut by others. */
const LONG_LINES = 60;

/** Names are what people call themselves: letters, and few. */
const nameOf = (name: string): string =>
  name
    .replaceAll(/[^\p{L}\p{M}\p{N} .'-]/gu, '')
    .trim()
    .slice(0, 40) || 'Somebody';

/** Cuts conversations that are too long where they were cut before, as long as that does: a new cut is read anew. */
export class Excerpts {
  /** First lines of what was told. */
  readonly #cuts = new WeakSet<Exchange>();

  /** The newest lines that fit into so many characters. */
  of(history: readonly Exchange[], characters: number): readonly Exchange[] {
    const cut = history.findLastIndex(line => this.#cuts.has(line));
    const isWhole = cut < 0 && history.length < LONG_LINES;
    const from = Math.max(0, cut);
    if ((isWhole || cut >= 0) && lengthOf(history.slice(from)) <= characters) return history.slice(from);
    // Half of what fits, so that it need not be cut again soon.
    let at = history.length;
    let left = characters / 2;
    while (at > 0 && left >= 0) left -= lengthOf([history[--at]!]);
    const first = history[at];
    if (first !== undefined) this.#cuts.add(first);
    return history.slice(at);
  }
}

const lengthOf = (lines: readonly Exchange[]): number =>
  lines.reduce((sum, { text, name }) => sum + text.length + name.length + LINE_CHARACTERS, 0);

/** Who the model is, for reading it before anybody has spoken. */
export const beginningOf = (persona: Persona): Line => ({
  type: 'system',
  text: instructionsFor(persona, { lines: 'plain' }),
});

/** @param mostTokens of instructions, what is known and the conversation together */
export function linesOf(conversation: Conversation, excerpts: Excerpts, mostTokens: number): Line[] {
  const { persona, history, turn, occasion } = conversation;
  const system = [beginningOf(persona).text, ...lastingOf(conversation)].join('\n\n');
  const spent = system.length + lengthOf(turn);
  const told = excerpts.of(history, Math.max(0, mostTokens * TOKEN_CHARACTERS - spent));
  const speakers = new Set([...told, ...turn].filter(({ role }) => role === 'user').map(({ speaker }) => speaker));
  const lines: Line[] = [{ type: 'system', text: system }];
  for (const said of [...told, ...turn]) {
    if (said.role === 'avatar') lines.push({ type: 'model', text: said.text });
    else
      lines.push({
        type: 'user',
        text: `${said.overheard === true ? '(Said to others.) ' : ''}${speakers.size > 1 ? `${nameOf(said.name)}: ` : ''}${said.text}`,
      });
  }
  const now = momentOf(conversation);
  if (occasion !== undefined) lines.push({ type: 'user', text: `(${now.join(' ')})` });
  else if (now.length > 0) lines[lines.length - 1] = besides(lines.at(-1)!, now);
  return joined(lines);
}

const besides = (line: Line, now: readonly string[]): Line => ({ ...line, text: `${line.text}\n(${now.join(' ')})` });

/** What is known and seldom changes. */
function lastingOf({ summary, people = [], deeds, lookups }: Conversation): string[] {
  const told = [deeds?.told(), lookups?.told()].filter(each => each !== undefined);
  return [
    ...(summary === undefined ? [] : [`What was said before: ${summary}`]),
    ...people.flatMap(({ name, facts }) => {
      const known = facts.slice(-MOST_FACTS).map(({ text }) => `- ${text}`);
      return [
        `You are talking with ${nameOf(name)}.${known.length === 0 ? '' : ` What they told you:\n${known.join('\n')}`}`,
      ];
    }),
    ...told,
  ];
}

/** What is so now: it comes last, where it changes nothing that was read. */
function momentOf({ people = [], turn, occasion, passages = [] }: Conversation): string[] {
  const speaker = turn.at(-1)?.speaker;
  const feeling = people.find(({ identity }) => identity === speaker)?.feeling;
  const theirs = people.find(({ identity }) => identity === occasion?.identity);
  const back = occasion?.kind === 'return' ? theirs : undefined;
  return [
    ...(occasion === undefined ? [] : findingsOf(occasion, nameOf(theirs?.name ?? ''))),
    ...passagesOf(passages.slice(0, MOST_PASSAGES)),
    ...(feeling === undefined || feeling.confidence < FEELS_FROM || feeling.label === 'neutral'
      ? []
      : [`They seem ${feeling.label}.`]),
    ...(back === undefined
      ? []
      : [`${nameOf(back.name)} has just come back: greet them, and ask about one thing that they told you.`]),
  ];
}

/** Templates want people and model in turn. */
function joined(lines: readonly Line[]): Line[] {
  const turns: Line[] = [];
  for (const line of lines) {
    const last = turns.at(-1);
    if (last?.type === line.type && line.type !== 'system')
      turns[turns.length - 1] = { ...last, text: `${last.text}\n${line.text}` };
    else turns.push(line);
  }
  return turns;
}
