import type { Model, ModelLine } from '../model/model.ts';
import type { ReadScenario } from '../scenario/read.ts';
import type { Step } from '../scenario/schema.ts';

/** What the caller says next, and where it is one of the scenario's lines, which. */
export interface NextLine {
  text: string;
  step?: Step;
}

/** Who calls: knows what to say to the latest answer. */
export interface Caller {
  /** What they say to this answer; undefined: they are through. */
  next(answer: string, signal: AbortSignal): Promise<NextLine | undefined>;
  /** Their next line interrupts the answer to the one before when so much of it was heard. */
  readonly interruptsAfterMs: number | undefined;
}

/** One of several, by chance. */
export const oneOf = (lines: readonly string[], random: () => number): string =>
  lines[Math.floor(random() * lines.length)]!;

/** Says the lines of a scenario in order, and what is to be replied when it is asked. */
export class ScriptedCaller implements Caller {
  readonly #steps: Step[];
  readonly #replies: ReadScenario['replies'];
  readonly #random: () => number;

  constructor(steps: readonly Step[], replies: ReadScenario['replies'], random: () => number) {
    this.#steps = [...steps];
    this.#replies = [...replies];
    this.#random = random;
  }

  get interruptsAfterMs(): number | undefined {
    return this.#steps[0]?.interruptAfterMs;
  }

  async next(answer: string): Promise<NextLine | undefined> {
    if (this.interruptsAfterMs === undefined) {
      const asked = this.#replies.findIndex(({ when }) => when.some(phrase => phrase.matches(answer)));
      if (asked >= 0) return { text: oneOf(this.#replies.splice(asked, 1)[0]!.say, this.#random) };
    }
    for (let step = this.#steps.shift(); step !== undefined; step = this.#steps.shift())
      if (step.when === undefined || step.when.some(phrase => phrase.matches(answer)))
        return { text: oneOf(step.say, this.#random), step };
    return undefined;
  }
}

/** What a model says when it has nothing more to say. */
const OVER = /\bthat was all\b/i;

/** Somebody described in words, played by a language model. */
export class PlayedCaller implements Caller {
  readonly interruptsAfterMs = undefined;
  readonly #instructions: string;
  readonly #ask: Model['ask'];
  readonly #lines: ModelLine[] = [];
  #turnsLeft: number;

  constructor(
    { who, wants, givesUpAfterTurns, name }: { who: string; wants: string; givesUpAfterTurns: number; name: string },
    ask: Model['ask'],
  ) {
    this.#ask = ask;
    this.#turnsLeft = givesUpAfterTurns;
    this.#instructions = [
      `You play somebody who calls. Your name is ${name}. You are: ${who}`,
      `You want this of the call: ${wants}`,
      'You are the one who calls, not the one who helps. Say only your own next line: one or two short sentences, as people speak.',
      'Stay who you are. Ask for what you want in your own words, and answer what you are asked.',
      'When you have what you want, or see that you will not get it, say exactly: That was all.',
    ].join('\n');
  }

  async next(answer: string, signal: AbortSignal): Promise<NextLine | undefined> {
    if (this.#turnsLeft-- <= 0) return undefined;
    this.#lines.push({ own: false, text: answer });
    const text = await this.#ask(this.#instructions, this.#lines, signal);
    this.#lines.push({ own: true, text });
    return OVER.test(text) ? undefined : { text };
  }
}
