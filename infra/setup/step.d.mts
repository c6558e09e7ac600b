import type { SpawnOptions } from 'node:child_process';

/** Something is missing that the set-up may not or cannot put there; the message says exactly what to do. */
export class SetupError extends Error {}
/** Runs one part of the set-up; says how long it took where it was long enough to wonder. */
export function step(name: string, work: () => unknown): Promise<void>;
/** Runs a command; with `quiet` its output is shown only if it fails. Resolves to the exit status. */
export function run(
  command: string,
  args: readonly string[],
  options?: SpawnOptions & { quiet?: boolean },
): Promise<number>;
