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

/** What a place reads of a conversation, to be compared. */
export const textOf = (lines: readonly Line[]): string => lines.map(({ type, text }) => `${type[0]}${text}`).join('\n');

/** How many characters two texts have in common from their beginning. */
export function common(a: string, b: string): number {
  let count = 0;
  while (count < a.length && a[count] === b[count]) count += 1;
  return count;
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
      const kept = common(slot.read, text);
      const lost = (slot.read.length - kept) * 0.5 ** ((uses - slot.usedAt) / slots.length);
      return { slot, cost: text.length - kept + lost };
    });
  const best = costs.toSorted((a, b) => a.cost - b.cost)[0]?.slot;
  return best?.busy === true ? undefined : best;
}
