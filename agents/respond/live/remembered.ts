import type { Conversation, Exchange } from '../../think/ports.ts';
import type { Told } from './port.ts';

const keyOf = ({ entryId, turnId, role, text }: Exchange) => `${role} ${entryId ?? turnId ?? ''} ${text}`;

/**
 * What a line knows of a conversation already. What it heard or said itself is not told again; what others answered for
 * it, what was typed, and everything from before the line, is told in words.
 */
export class Remembered {
  /** Of the avatar's words: turns that the model answered itself. */
  readonly #own = new Set<string>();
  readonly #known = new Set<string>();

  /** The model answers this turn, and knows what it says of it. */
  answers(turnId: string): void {
    this.#own.add(turnId);
  }

  /** Nothing of that answer was heard: it is as if the model had not given it. */
  unanswered(turnId: string): void {
    this.#own.delete(turnId);
  }

  /**
   * What is still to be told before a turn is answered.
   * @param heard it has the sound of what was said since it was last asked
   */
  missing({ history, turn, summary, people = [] }: Conversation, heard: boolean): Told[] {
    const told: Told[] = [];
    if (summary !== undefined && this.#known.size === 0)
      told.push({ role: 'system', text: `Earlier in this conversation: ${summary}` });
    for (const said of history) {
      if (!this.#new(said) || (said.role === 'avatar' && this.#own.has(said.turnId ?? ''))) continue;
      if (said.role === 'user' && said.overheard === true && heard) continue;
      told.push(asTold(said));
    }
    for (const said of turn) if (this.#new(said) && (said.typed === true || !heard)) told.push(asTold(said));
    const speakers = new Set(turn.flatMap(({ typed, name }) => (typed === true ? [] : [name])));
    if (heard && people.length > 1 && speakers.size > 0)
      told.push({ role: 'system', text: `What you hear next is said by ${[...speakers].join(' and ')}.` });
    return told;
  }

  #new(said: Exchange): boolean {
    const key = keyOf(said);
    // Of a person, one entry is one thing said, however its words have grown.
    const known = said.role === 'user' && said.entryId !== undefined ? `user ${said.entryId}` : key;
    if (this.#known.has(known)) return false;
    this.#known.add(known);
    return true;
  }
}

const asTold = ({ role, name, text, overheard }: Exchange): Told =>
  role === 'avatar'
    ? { role, text }
    : { role, text: `${overheard === true ? '(Said to others:) ' : ''}${name}: ${text}` };
