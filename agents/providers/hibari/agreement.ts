import fs from 'node:fs';
import zlib from 'node:zlib';
import type { Model } from './model.ts';

/**
 * Sentences and the phones that hibari's own package reads them with (0.2.1, without its normaliser): from this
 * project's texts, with words of its lists at random, words that no list has, numbers, names and marks.
 */
const EXPECTED = new URL('./expected.tsv.gz', import.meta.url);

/** How many of the words are read with the very same phones, and those sentences that are not. */
export async function phoneAgreement(
  model: Pick<Model, 'phones'>,
): Promise<{ sentences: number; percent: number; others: { text: string; expected: string; read: string }[] }> {
  const lines = zlib.gunzipSync(fs.readFileSync(EXPECTED)).toString().trim().split('\n');
  const others: { text: string; expected: string; read: string }[] = [];
  let words = 0;
  let wrong = 0;
  for (const line of lines) {
    const [text, expected] = line.split('\t') as [string, string];
    const read = await model.phones(text.split(/\s+/).filter(Boolean));
    const [want, got] = [expected.split(' '), read.split(' ')];
    words += want.length;
    if (read === expected) continue;
    wrong += want.length === got.length ? want.filter((word, i) => word !== got[i]).length : want.length;
    others.push({ text, expected, read });
  }
  return { sentences: lines.length, percent: 100 * (1 - wrong / words), others };
}
