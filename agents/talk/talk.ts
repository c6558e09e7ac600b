import type { LogEntry } from '../../protocol/conversation.ts';
import { systemClock } from '../base/clock.ts';
import type { Persona } from '../think/ports.ts';
import type { OpenMinds } from './minds.ts';
import { type Line, TextCall } from './text-call.ts';

/** What was said, and the id of the persona that it was said by or to. */
export interface Told extends Line {
  persona: string;
}

export interface TalkOptions {
  /** Who answers first. */
  persona: Persona;
  /** What the person is called. */
  name: string;
  /** Told what failed; the conversation goes on as a call would. */
  report(problem: string, error: unknown): void;
}

/** A typed conversation with a persona, and with whomever it gives the person to. */
export class Talk {
  readonly #minds: OpenMinds;
  readonly #options: TalkOptions;
  readonly #history: LogEntry[] = [];
  #persona: Persona;
  #call: TextCall;
  /** Who is to take over. */
  #next: Persona | undefined;

  constructor(minds: OpenMinds, options: TalkOptions) {
    this.#minds = minds;
    this.#options = options;
    this.#persona = options.persona;
    this.#call = this.#open();
  }

  /** From the person's words to the first of the latest answer, ms; undefined, where there was none. */
  get firstAnswerMs(): number | undefined {
    return this.#call.firstAnswerMs;
  }

  /** What whoever comes is greeted with. */
  async greeted(): Promise<Told[]> {
    return this.#told(await this.#call.greeted());
  }

  /** Says a line; what was said and answered, with the greeting of whoever takes over. */
  async say(text: string): Promise<Told[]> {
    const told = this.#told(await this.#call.say(text));
    if (this.#next === undefined) return told;
    await this.#call.close();
    [this.#persona, this.#next] = [this.#next, undefined];
    this.#call = this.#open();
    return [...told, ...(await this.greeted())];
  }

  /** Resolves when what was said last has been learned from. */
  close(): Promise<void> {
    return this.#call.close();
  }

  #open(): TextCall {
    const { dialogue, summariser, greeting, personas } = this.#minds;
    return new TextCall(this.#options.name, {
      persona: this.#persona,
      dialogue,
      greeting,
      handover: to => {
        this.#next = personas.get(to);
      },
      history: [...this.#history],
      ...(summariser !== undefined && { summariser }),
      clock: systemClock,
      report: this.#options.report,
    });
  }

  #told(lines: readonly Line[]): Told[] {
    this.#history.push(...lines.map(({ entry }) => entry));
    return lines.map(line => ({ ...line, persona: this.#persona.id }));
  }
}
