/** What an operator lets personas start: a command from its beginning, and the variables that they may set for it. */
export interface CommandEntry {
  command: readonly string[];
  env: readonly string[];
}

/** Commands that servers of tools may be started with. */
export class CommandList {
  readonly #entries: readonly CommandEntry[];

  constructor(entries: readonly CommandEntry[]) {
    this.#entries = entries;
  }

  /** What is in the way, and which setting to change; undefined if nothing is. */
  problem(command: readonly string[], env: readonly string[]): { key: 'command' | 'env'; message: string } | undefined {
    const fitting = this.#entries.filter(entry => entry.command.every((word, i) => word === command[i]));
    if (fitting.length === 0)
      return {
        key: 'command',
        message: `${JSON.stringify(command)} is no allowed command; list it, or the beginning of it, in agent.tools.commands of the configuration`,
      };
    const missing = env.find(name => !fitting.some(entry => entry.env.includes(name)));
    if (missing === undefined) return undefined;
    return {
      key: 'env',
      message: `${missing} may not be set for this command; name it in env of its entry in agent.tools.commands of the configuration`,
    };
  }
}
