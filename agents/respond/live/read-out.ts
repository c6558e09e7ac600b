const words = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, '')
    .split(/\s+/)
    .filter(Boolean);

/** Whether somebody who was to read this out did so, punctuation aside. */
export function isSame(said: string, written: string): boolean {
  const [a, b] = [words(said), words(written)];
  return a.length === b.length && a.every((word, i) => word === b[i]);
}
