/** A word of one of two texts, and whether the other has it, too. */
export interface ComparedWord {
  word: string;
  same: boolean;
}

/** Two texts word by word. */
export interface ComparedText {
  before: ComparedWord[];
  after: ComparedWord[];
  /** Words that were replaced, added or left out. */
  errors: number;
}

const plain = (word: string) => word.toLowerCase().replace(/[^\p{L}\p{N}']+/gu, '');

/** Finds what two texts have in common, whatever their punctuation and capitals. */
export function compareWords(before: string, after: string): ComparedText {
  const [a, b] = [before, after].map(text => text.split(/\s+/).filter(word => plain(word) !== '')) as [
    string[],
    string[],
  ];
  // costs[i][j]: errors between the first i words of one and the first j of the other.
  const costs = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  const same = (i: number, j: number) => plain(a[i - 1]!) === plain(b[j - 1]!);
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++)
      costs[i]![j] = Math.min(
        costs[i - 1]![j - 1]! + (same(i, j) ? 0 : 1),
        costs[i - 1]![j]! + 1,
        costs[i]![j - 1]! + 1,
      );
  const compared: ComparedText = {
    before: a.map(word => ({ word, same: false })),
    after: b.map(word => ({ word, same: false })),
    errors: costs[a.length]![b.length]!,
  };
  for (let [i, j] = [a.length, b.length]; i > 0 && j > 0; ) {
    const cost = costs[i]![j]!;
    if (same(i, j) && cost === costs[i - 1]![j - 1]!) {
      compared.before[i - 1]!.same = true;
      compared.after[j - 1]!.same = true;
      [i, j] = [i - 1, j - 1];
    } else if (cost === costs[i - 1]![j - 1]! + 1) [i, j] = [i - 1, j - 1];
    else if (cost === costs[i - 1]![j]! + 1) i -= 1;
    else j -= 1;
  }
  return compared;
}
