/** How records lie in the journal's files: a line each, with a checksum, so that a damaged one is told from a whole. */
import { crc32 } from 'node:zlib';
import type { ConversationRecord, Journaled } from '../store/records.ts';

const checksum = (body: string) => crc32(body).toString(16).padStart(8, '0');

export function encode({ seq, record }: Journaled): string {
  const body = JSON.stringify([seq, record]);
  return `${checksum(body)} ${body}\n`;
}

/** Every whole record of a file, and how many lines were none: the last one, where the power went in mid-line. */
export function decode(text: string): { records: Journaled[]; damaged: number } {
  const records: Journaled[] = [];
  let damaged = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const body = line.slice(9);
    if (line[8] !== ' ' || checksum(body) !== line.slice(0, 8)) {
      damaged += 1;
      continue;
    }
    const [seq, record] = JSON.parse(body) as [number, ConversationRecord];
    records.push({ seq, record });
  }
  return { records, damaged };
}

/** A file is named by the first record that it may hold. */
export const segmentName = (firstSeq: number) => `${String(firstSeq).padStart(16, '0')}.journal`;

export const isSegment = (name: string) => /^\d{16}\.journal$/.test(name);
