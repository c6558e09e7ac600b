/** Places in the model's memory, each with what it has read of a conversation. */
import type { Line } from './messages.ts';

export interface Slot {
  /** What it was given last, and answered. */
  read: string;
  busy: boolean;
  /** It was called off, and will be free in a moment. */
  leaving: boolean;
  /** When it was used last: how manieth use that was. */
  usedAt: number;
}

/** So many characters in a row are not the same by chance. */
const PROBE = 120;

/** What a place reads of a conversation, to be compared. */
export const textOf = (lines: readonly Line[]): string => lines.map(({ type, text }) => `${type[0]}${text}`).join('\n');

/** How many characters two texts have in common from their beginning. */
export function common(a: string, b: string): number {
  let count = 0;
  while (count < a.length && a[count] === b[count]) count += 1;
  return count;
}

/**
 * What of a text was read already, characters, and what that leaves of what was read. Where lines behind the beginning
 * were left out, those behind them are still known.
 */
function overlap(read: string, text: string): { kept: number; left: number } {
  const beginning = common(read, text);
  const probe = text.slice(beginning, beginning + PROBE);
  const again = probe.length === PROBE ? read.indexOf(probe, beginning) : -1;
  if (again < 0) return { kept: beginning, left: read.length - beginning };
  const more = common(read.slice(again), text.slice(beginning));
  return { kept: beginning + more, left: read.length - again - more };
}

/**
 * Where a conversation is read on: where the least has to be read, now and again later by whoever loses their place;
 * that of places long unused hardly counts. Undefined: that place is not free yet.
 * @param uses how often places were used so far
 */
export function choose<S extends Slot>(slots: readonly S[], text: string, uses: number): S | undefined {
  const costs = slots
    .filter(({ busy, leaving }) => !busy || leaving)
    .map(slot => {
      const { kept, left } = overlap(slot.read, text);
      const lost = left * 0.5 ** ((uses - slot.usedAt) / slots.length);
      return { slot, cost: text.length - kept + lost };
    });
  const best = costs.toSorted((a, b) => a.cost - b.cost)[0]?.slot;
  return best?.busy === true ? undefined : best;
}
