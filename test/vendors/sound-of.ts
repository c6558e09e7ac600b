/** Of a vendor that speaks: each letter takes so long, ms. */
const LETTER_MS = 60;
const PAUSE_MS = 300;

/** A buzz that is voiced while words are said, and silent at commas and stops: enough to see what is cut where. */
export function soundOf(text: string, rate: number): Int16Array {
  const parts: Int16Array[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const voiced = new Int16Array(Math.round((word.length * LETTER_MS * rate) / 1000));
    for (let i = 0; i < voiced.length; i++) voiced[i] = Math.round(6000 * Math.sin((2 * Math.PI * 160 * i) / rate));
    parts.push(voiced);
    if (/[.,;:!?]$/.test(word)) parts.push(new Int16Array((PAUSE_MS * rate) / 1000));
  }
  const all = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
