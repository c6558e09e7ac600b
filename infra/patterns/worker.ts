import { parentPort } from 'node:worker_threads';
import { type Attack, attacksOn, textOf } from './hostile.ts';

/** What is timed: `most` is the longest text that it is ever given. */
export interface Timing {
  source: string;
  flags: string;
  most: number;
}

/** How many times longer a text is than the one that attacks are chosen by. */
const SCREENED = 8;
const WORST = 3;
const TRIES = 3;

/** The longest that a pattern takes, ms, and the attack that it takes so long for. */
export function slowestOf({ source, flags, most }: Timing): { ms: number; attack: Attack | undefined } {
  // All of a text is gone through, as `replace` does.
  const pattern = new RegExp(source, `${flags.replace(/[gy]/g, '')}g`);
  const timed = (text: string): number => {
    const startMs = performance.now();
    text.replace(pattern, '');
    return performance.now() - startMs;
  };
  const best = (text: string) => Math.min(...Array.from({ length: TRIES }, () => timed(text)));
  const screened = attacksOn(source, flags).map(attack => ({ attack, ms: timed(textOf(attack, most / SCREENED)) }));
  const worst = screened.toSorted((a, b) => b.ms - a.ms).slice(0, WORST);
  return worst
    .map(({ attack }) => ({ attack, ms: best(textOf(attack, most)) }))
    .reduce((a, b) => (b.ms > a.ms ? b : a), { ms: 0, attack: undefined as Attack | undefined });
}

parentPort?.on('message', (timing: Timing) => parentPort!.postMessage(slowestOf(timing)));
