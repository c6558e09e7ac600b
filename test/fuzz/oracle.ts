/** What must hold whatever was sent. */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WireError } from '../../protocol/errors.ts';
import type { System } from '../harness/system.ts';

/** Every request is answered within that. */
export const ANSWER_MS = 5000;
/** A stack, a path of this project, a key. */
const TELLING = /\bat \S+ \(|\.ts:\d+:\d+|node_modules|BEGIN [A-Z ]*PRIVATE KEY/;

/** What may be shown to anybody: a typed refusal, which is not "internal", and no word about the inside. */
export function mayBeShown(answer: unknown, secrets: readonly string[]): void {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  assert.doesNotMatch(text, TELLING);
  for (const secret of secrets) assert(!text.includes(secret), 'an answer holds a secret');
}

export function typedRefusal(error: unknown): void {
  const { code, message } = WireError.parse(error);
  assert.notEqual(code, 'internal', message);
  assert.notEqual(message, '');
}

/** What is held once everything that can be let go of is. */
export async function level(): Promise<{ heapMb: number; handles: number }> {
  // Seats that are kept for a moment, connections that close.
  await new Promise(resolve => setTimeout(resolve, 1500));
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return {
    heapMb: Math.round(process.memoryUsage().heapUsed / 2 ** 20),
    handles: process.getActiveResourcesInfo().length,
  };
}

/** Watches a server while it is attacked. */
export class Oracle {
  readonly #system: System;
  readonly #pids: string;
  readonly #unhandled: unknown[] = [];
  readonly #note = (reason: unknown) => void this.#unhandled.push(reason);

  constructor(system: System) {
    this.#system = system;
    this.#pids = String(system.engine.workerPids);
    process.on('unhandledRejection', this.#note);
    process.on('uncaughtExceptionMonitor', this.#note);
  }

  get secrets(): string[] {
    return [this.#system.keys.apiSecret, this.#system.hostSecret];
  }

  /** The server answers, no media worker had to be replaced, and nothing was left to nobody. */
  async unharmed(): Promise<void> {
    const response = await fetch(`${this.#system.url}/health`, { signal: AbortSignal.timeout(ANSWER_MS) });
    assert.equal(typeof ((await response.json()) as { status: unknown }).status, 'string');
    assert.equal(String(this.#system.engine.workerPids), this.#pids, 'a media worker died');
    assert.deepEqual(this.#unhandled, []);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined, 'the prototype of all objects was changed');
  }

  close(): void {
    process.off('unhandledRejection', this.#note);
    process.off('uncaughtExceptionMonitor', this.#note);
  }
}
