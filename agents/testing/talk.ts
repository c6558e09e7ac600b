import type { Emotion } from '../../protocol/timeline.ts';
import { RiveScriptDialogue } from '../providers/rivescript/dialogue.ts';
import type { Exchange, Persona } from '../think/ports.ts';

const NOW = new Date(2026, 10, 23, 16, 5);
/** As many lines as a session gives to its dialogue. */
const HISTORY = 60;

/** A conversation with the embedded dialogue, as the session keeps it: what was said and what was heard of the answer. */
export class Talk {
  readonly history: Exchange[] = [];
  readonly replies: { text: string; emotion?: Emotion }[] = [];
  readonly #persona: Persona;
  readonly #dialogue: RiveScriptDialogue;

  /** @param dialogue one that is prepared for the persona, where many talks share it */
  constructor(persona: Persona, name = 'Sam', dialogue = preparedFor(persona)) {
    this.#persona = persona;
    this.#dialogue = dialogue;
    this.heard(persona.greeting.replace('{name}', name));
  }

  heard(text: string): void {
    this.history.push({ role: 'avatar', speaker: 'avatar', name: this.#persona.name, text });
  }

  async ask(turn: Exchange[]): Promise<string> {
    let text = '';
    let emotion: Emotion | undefined;
    const options = { signal: new AbortController().signal, committed: new Promise<void>(() => {}) };
    const conversation = { persona: this.#persona, history: this.history.slice(-HISTORY), turn };
    for await (const part of this.#dialogue.reply(conversation, options)) {
      if (part.type === 'text') text += part.text;
      else if (part.type === 'feeling') emotion = part.emotion;
    }
    this.replies.push({ text, ...(emotion !== undefined && { emotion }) });
    return text;
  }

  /** Says something, hears the answer to its end. */
  async say(text: string, name = 'Sam'): Promise<string> {
    const turn = [{ role: 'user' as const, speaker: name.toLowerCase(), name, text }];
    const reply = await this.ask(turn);
    this.history.push(...turn);
    this.heard(reply);
    return reply;
  }

  get feeling(): Emotion | undefined {
    return this.replies.at(-1)?.emotion;
  }
}

/** The embedded dialogue at five past four, with this persona's script. */
export function preparedFor(persona: Persona): RiveScriptDialogue {
  const dialogue = new RiveScriptDialogue(() => NOW);
  dialogue.prepare(persona);
  return dialogue;
}
