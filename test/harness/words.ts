import { words } from '../../agents/listen/witness/completeness.ts';

const FIGURES = 'zero one two three four five six seven eight nine'.split(' ');

/** Words, figures one by one: "415" as "four one five"; addresses as they are said. */
export const spelled = (text: string): string[] =>
  words(text.replaceAll(/(?<=\w)@(?=\w)/g, ' at ').replaceAll(/(?<=[a-z])\.(?=[a-z])/g, ' dot ')).flatMap(word =>
    /^\d+$/.test(word) ? [...word].map(digit => FIGURES[Number(digit)]!) : [word],
  );

/** Of what should be there, how many words are missing, and how many are there twice or were not said (edit distance). */
export function lostAndAdded(expected: string, heard: string): { words: number; lost: number; added: number } {
  const [want, got] = [spelled(expected), spelled(heard)];
  const cost = Array.from({ length: want.length + 1 }, (_, i) =>
    Array.from({ length: got.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= want.length; i++)
    for (let j = 1; j <= got.length; j++)
      cost[i]![j] = Math.min(
        cost[i - 1]![j - 1]! + Number(want[i - 1] !== got[j - 1]),
        cost[i - 1]![j]! + 1,
        cost[i]![j - 1]! + 1,
      );
  let [i, j, lost, added] = [want.length, got.length, 0, 0];
  while (i > 0 || j > 0) {
    const here = cost[i]![j]!;
    if (i > 0 && j > 0 && here === cost[i - 1]![j - 1]! + Number(want[i - 1] !== got[j - 1])) [i, j] = [i - 1, j - 1];
    else if (i > 0 && here === cost[i - 1]![j]! + 1) [i, lost] = [i - 1, lost + 1];
    else [j, added] = [j - 1, added + 1];
  }
  // Written in one word, or in two: nothing is lost.
  const both = Math.min(lost, added);
  return { words: want.length, lost: lost - both, added: added - both };
}
