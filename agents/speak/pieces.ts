/**
 * A sentence in pieces of `longest` characters at most, cut at the last comma, else at the last space, else anywhere.
 * At least one piece, empty where the sentence is.
 */
export function pieces(sentence: string, longest: number): string[] {
  const cut: string[] = [];
  let rest = sentence.trim();
  while (rest.length > longest) {
    const head = rest.slice(0, longest);
    const comma = head.lastIndexOf(', ') + 1;
    const end = comma > longest / 3 ? comma : Math.max(head.lastIndexOf(' '), 0) || longest;
    cut.push(rest.slice(0, end));
    rest = rest.slice(end).trim();
  }
  return [...cut, rest];
}
