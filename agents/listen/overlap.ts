import { words } from './witness/completeness.ts';

/** So many words may have been read twice. */
const MOST = 12;
/** Fewer words that happen to be alike say nothing, where the first reading was cut in a word. */
const FEWEST = 2;

/**
 * Two readings of sound that overlap, as one text: what both end and begin with is said once. The last word of the first
 * may have been cut off: it counts only where the second has it, too.
 */
export function joinOverlapping(first: string, second: string): string {
  const before = first.trim().split(/\s+/).filter(Boolean);
  const after = second.trim().split(/\s+/).filter(Boolean);
  const same = (a: string, b: string) => words(a).join('') === words(b).join('');
  for (const cut of [0, 1])
    for (let length = Math.min(MOST, before.length - cut, after.length); length >= FEWEST; length--) {
      const end = before.length - cut;
      for (let skipped = 0; skipped <= 1; skipped++) {
        const shared = before.slice(end - length, end);
        if (shared.every((word, i) => after[skipped + i] !== undefined && same(word, after[skipped + i]!)))
          return [...before.slice(0, end - length), ...after.slice(skipped)].join(' ');
      }
    }
  return [...before, ...after].join(' ');
}
