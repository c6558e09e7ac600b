export interface Spread {
  p50: number;
  p95: number;
}

/** Nearest-rank percentiles, rounded to a tenth. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN) * 10) / 10;
  return { p50: at(0.5), p95: at(0.95) };
}

/** Words substituted, missing and added, and how many there should be. */
export function wordErrors(expected: string, heard: string): { errors: number; words: number } {
  const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
  const [want, got] = [words(expected), words(heard)];
  let row = Array.from({ length: got.length + 1 }, (_, i) => i);
  for (const [i, word] of want.entries()) {
    const next = [i + 1];
    for (const [j, other] of got.entries())
      next.push(Math.min(row[j]! + (word === other ? 0 : 1), row[j + 1]! + 1, next[j]! + 1));
    row = next;
  }
  return { errors: row[got.length]!, words: want.length };
}
