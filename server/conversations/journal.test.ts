import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConversationRecord } from '../store/records.ts';
import { silentLog } from '../testing/fakes.ts';
import { Journal, type JournalOptions } from './journal.ts';

let folder: string;
const open: Journal[] = [];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-journal-'));
});
afterEach(async () => {
  for (const journal of open.splice(0)) await journal.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const journalOf = async (over: Partial<JournalOptions> = {}) => {
  const journal = await Journal.open(folder, { maxBytes: 1024 * 1024, log: silentLog, ...over });
  open.push(journal);
  return journal;
};
const record = (word: string): ConversationRecord => ({ type: 'unsay', conversation: 'c', entryId: word, atMs: 1 });
const words = (journal: Journal) =>
  journal.peek(100_000).map(({ record: each }) => (each as { entryId: string }).entryId);
const files = () => fs.readdirSync(folder).filter(name => name.endsWith('.journal'));
const bytesOnDisk = () => files().reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
/** As a killed process leaves it: nothing is closed. */
const copy = () => {
  const there = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-journal-'));
  fs.cpSync(folder, there, { recursive: true });
  fs.rmSync(folder, { recursive: true });
  folder = there;
};

describe('the journal', () => {
  it('gives back, in order, what a killed process had put down, and goes on counting', async () => {
    const first = await journalOf();
    for (const word of ['one', 'two', 'three']) first.append(record(word));
    await first.flush();
    copy();
    const second = await journalOf();
    expect(second.id).toBe(first.id);
    expect(words(second)).toEqual(['one', 'two', 'three']);
    const { last } = first;
    second.append(record('four'));
    expect(words(second).at(-1)).toBe('four');
    expect(second.peek(10).at(-1)!.seq).toBeGreaterThan(last);
  });

  it('puts records down by itself, within a fraction of a second', async () => {
    const journal = await journalOf();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      journal.append(record('soon'));
      vi.advanceTimersByTime(400);
    } finally {
      vi.useRealTimers();
    }
    await expect.poll(bytesOnDisk).toBeGreaterThan(0);
  });

  it('forgets what is stored, on the disk too, and does not give its numbers out again', async () => {
    const journal = await journalOf();
    for (let i = 0; i < 3000; i++) journal.append(record(`${i} ${'x'.repeat(100)}`));
    await journal.flush();
    const { last } = journal;
    journal.release(last);
    await journal.rotate();
    expect(journal.queued).toBe(0);
    expect(bytesOnDisk()).toBe(0);
    copy();
    const again = await journalOf();
    again.append(record('next'));
    expect(again.peek(1)[0]?.seq).toBeGreaterThan(last);
  });

  it('cuts off a tail that was written half, and keeps the rest', async () => {
    const journal = await journalOf();
    for (const word of ['one', 'two', 'three']) journal.append(record(word));
    await journal.flush();
    const file = path.join(folder, files()[0]!);
    fs.truncateSync(file, fs.statSync(file).size - 5);
    copy();
    const again = await journalOf();
    expect(words(again)).toEqual(['one', 'two']);
    again.append(record('after'));
    await again.flush();
    copy();
    expect(words(await journalOf())).toEqual(['one', 'two', 'after']);
  });

  it('leaves out a line that is damaged in the middle, and says so', async () => {
    const journal = await journalOf();
    for (const word of ['one', 'two', 'three']) journal.append(record(word));
    await journal.flush();
    const file = path.join(folder, files()[0]!);
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('two', 'tow'));
    copy();
    const said: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => said.push(line) });
    expect(words(await journalOf({ log }))).toEqual(['one', 'three']);
    expect(said.join()).toContain('damaged');
  });

  it('[C2] is bounded: what does not fit is dropped, counted, and said once', async () => {
    const said: string[] = [];
    const log = pino({ level: 'error' }, { write: (line: string) => said.push(line) });
    const journal = await journalOf({ maxBytes: 1000, log });
    for (let i = 0; i < 100; i++) journal.append(record(`word ${i}`));
    expect(journal.bytes).toBeLessThanOrEqual(1000);
    expect(journal.queued + journal.dropped).toBe(100);
    expect(said).toHaveLength(1);
    expect(said[0]).not.toContain('word 9');
    journal.release(journal.last);
    expect(journal.append(record('room again'))).toBe(true);
  });

  it('keeps what the disk does not take in memory, and puts it down when it can', async () => {
    let space = 0;
    const full = () => Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const journal = await journalOf({
      open: async file => {
        const handle = await fs.promises.open(file, 'w');
        return {
          // A disk that is nearly full takes some of it and then fails.
          write: async (bytes: Buffer, offset: number, length: number, position: number) => {
            if (space === 0) throw full();
            const taken = Math.min(space, length);
            space -= taken;
            return handle.write(bytes, offset, taken, position);
          },
          datasync: () => handle.datasync(),
          close: () => handle.close(),
        } as never;
      },
    });
    space = 30;
    for (const word of ['one', 'two', 'three']) journal.append(record(word));
    await journal.flush();
    expect(journal.fault).toBe('ENOSPC');
    expect(words(journal)).toEqual(['one', 'two', 'three']);
    space = Number.POSITIVE_INFINITY;
    journal.append(record('four'));
    await journal.flush();
    expect(journal.fault).toBeUndefined();
    copy();
    expect(words(await journalOf())).toEqual(['one', 'two', 'three', 'four']);
  });
});
