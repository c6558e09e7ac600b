/** How many are remembered [C2]. */
const REMEMBERED = 8;
/** Of what was asked for, and of what came of it, characters. */
const TOLD_LENGTH = 300;

interface Deed {
  what: string;
  /** What the model was told, or would have been; absent while it is under way. */
  outcome?: string;
}

/**
 * What tools with side effects did in one conversation. It outlives the turns that asked for it: a turn that is called
 * off after such a call began cannot take it back, so the next is told, and does not do it again.
 */
export class Deeds {
  readonly #deeds: Deed[] = [];
  readonly #underWay = new Map<string, Promise<string>>();

  /** Does it; where the very same is under way, waits for that instead. */
  once(tool: string, args: object, act: () => Promise<string>): Promise<string> {
    const what = `${tool} ${JSON.stringify(args)}`;
    const same = this.#underWay.get(what);
    if (same !== undefined) return same;
    const deed: Deed = { what: shortened(what) };
    this.#deeds.push(deed);
    if (this.#deeds.length > REMEMBERED) this.#deeds.shift();
    const doing = act()
      .then(outcome => {
        deed.outcome = shortened(outcome);
        return outcome;
      })
      .finally(() => this.#underWay.delete(what));
    this.#underWay.set(what, doing);
    return doing;
  }

  /** For a model; undefined where nothing was done. */
  told(): string | undefined {
    if (this.#deeds.length === 0) return undefined;
    const lines = this.#deeds.map(({ what, outcome = 'is still under way' }) => `- ${what}: ${outcome}`);
    return `What you did with tools so far, oldest first (do none of it again unless you are asked to):\n${lines.join('\n')}`;
  }
}

/** On one line: nothing of it can be taken for more than what came of one call. */
export const shortened = (text: string, most = TOLD_LENGTH): string => {
  const line = text.slice(0, most).replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  return text.length > most ? `${line}…` : line;
};
