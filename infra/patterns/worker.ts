import { parentPort } from 'node:worker_threads';
import { normalised } from '../../agents/providers/rivescript/script/hearing.ts';
import { type Attack, attacksOn, textOf } from './hostile.ts';

export interface Timing {
  source: string;
  flags: string;
  /** It is given what scripts are given: words, and no more than so many. */
  heard: boolean;
}

/** What was asked for, and how it came out; `attack` is absent where nothing could be thought of. */
export interface Timed {
  ms: number;
  attack?: Attack;
}

/** How long hostile text is, characters, and how long the text that the worst is chosen by. */
export const HOSTILE_LENGTH = 10_000;
const SCREENED_LENGTH = 1250;
/** A script is asked less than that at once. */
const HEARD_LENGTH = 230;
const WORST = 3;
const TRIES = 3;

/** The longest that a pattern takes, ms, and the attack that it takes so long for. */
export function timed({ source, flags, heard }: Timing): Timed {
  // All of a text is gone through, as `replace` does.
  const pattern = new RegExp(source, `${flags.replace(/[gy]/g, '')}g`);
  const once = (text: string): number => {
    const startMs = performance.now();
    text.replace(pattern, '');
    return performance.now() - startMs;
  };
  const text = (attack: Attack, length: number) =>
    heard ? normalised(textOf(attack, HEARD_LENGTH)) : textOf(attack, length);
  // What is heard has lost its signs: most endings are the same.
  const attacks = attacksOn(source, flags).filter(({ after }) => !heard || after === ' x');
  const different = new Map(attacks.map(attack => [text(attack, SCREENED_LENGTH), attack]));
  const worst = [...different]
    .map(([screened, attack]) => ({ attack, ms: once(screened) }))
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, WORST)
    .map(({ attack }) => {
      const hostile = text(attack, HOSTILE_LENGTH);
      return { attack, ms: Math.min(...Array.from({ length: TRIES }, () => once(hostile))) };
    });
  return worst.toSorted((a, b) => b.ms - a.ms)[0] ?? { ms: 0 };
}

parentPort?.on('message', (timing: Timing) => parentPort!.postMessage(timed(timing)));
