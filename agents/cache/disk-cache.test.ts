import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheKey, DiskCache } from './disk-cache.ts';

const HOUR_MS = 3600_000;
const bytes = (size: number, fill = 7) => new Uint8Array(size).fill(fill);

let folder: string;
let reports: string[];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-cache-'));
  reports = [];
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const open = (over = {}) =>
  new DiskCache({ folder, maxBytes: 10_000, maxAgeMs: HOUR_MS, report: problem => reports.push(problem), ...over });
const files = () =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name));

describe('the cache on disk', () => {
  it('gives back what was put, also after a restart, and nothing else', async () => {
    const cache = open();
    await cache.put(cacheKey('a'), bytes(100));
    expect(await cache.get(cacheKey('a'))).toEqual(Buffer.from(bytes(100)));
    expect(await cache.get(cacheKey('b'))).toBeUndefined();
    await cache.close();
    expect(await open().get(cacheKey('a'))).toEqual(Buffer.from(bytes(100)));
  });

  it('stays within its size: what was not used for longest goes first [C2]', async () => {
    const cache = open();
    for (let i = 0; i < 8; i++) await cache.put(cacheKey(i), bytes(1000));
    await cache.get(cacheKey(0));
    for (let i = 8; i < 12; i++) await cache.put(cacheKey(i), bytes(1000));
    expect(cache.bytes).toBeLessThanOrEqual(10_000);
    expect(await cache.get(cacheKey(0))).toBeDefined();
    expect(await cache.get(cacheKey(1))).toBeUndefined();
    expect(files().reduce((sum, file) => sum + fs.statSync(file).size, 0)).toBe(cache.bytes);
  });

  it('keeps within its size over restarts', async () => {
    const cache = open();
    for (let i = 0; i < 9; i++) await cache.put(cacheKey(i), bytes(1000));
    await cache.close();
    const smaller = open({ maxBytes: 3000 });
    await smaller.get(cacheKey('x'));
    expect(smaller.bytes).toBeLessThanOrEqual(3000);
    expect(files().length).toBeLessThanOrEqual(3);
  });

  it('takes no single thing that would crowd out all others', async () => {
    const cache = open();
    await cache.put(cacheKey('large'), bytes(5000));
    expect(await cache.get(cacheKey('large'))).toBeUndefined();
  });

  it('takes a damaged entry for none, and cleans up after a crash', async () => {
    const cache = open();
    await cache.put(cacheKey('a'), bytes(100));
    await cache.close();
    const [file] = files();
    const content = fs.readFileSync(file!);
    content[50] = content[50]! ^ 1;
    fs.writeFileSync(file!, content);
    const draft = `${file}.${randomUUID()}`;
    fs.writeFileSync(draft, 'half');
    fs.utimesSync(draft, 1, 1);
    const again = open();
    expect(await again.get(cacheKey('a'))).toBeUndefined();
    expect(files()).toEqual([]);
  });

  it('touches nothing that is not its own, wherever it is put by mistake', async () => {
    const others = ['thesis.docx', 'database/base/1', 'ab/notes.txt', `ab/${'c'.repeat(40)}`];
    for (const name of others) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), 'mine');
    }
    const cache = open({ maxBytes: 100 });
    await cache.put(cacheKey('a'), bytes(5));
    await cache.close();
    for (const name of others) expect(fs.readFileSync(path.join(folder, name), 'utf8')).toBe('mine');
  });

  it('writes what it was given before it is closed, and nothing after', async () => {
    const cache = open({ maxBytes: 1e6 });
    for (let i = 0; i < 100; i++) void cache.put(cacheKey(i), bytes(100));
    await cache.close();
    const kept = files().length;
    expect(kept).toBeGreaterThan(20);
    expect(kept).toBeLessThanOrEqual(40);
    await cache.put(cacheKey('late'), bytes(100));
    expect(files()).toHaveLength(kept);
  });

  it('forgets what is too old', async () => {
    const cache = open({ maxAgeMs: -1 });
    await cache.put(cacheKey('a'), bytes(100));
    expect(await cache.get(cacheKey('a'))).toBeUndefined();
  });

  it('is as good as none where the disk refuses, and says so', async () => {
    fs.writeFileSync(path.join(folder, 'file'), '');
    const cache = open({ folder: path.join(folder, 'file') });
    await cache.put(cacheKey('a'), bytes(100));
    expect(await cache.get(cacheKey('a'))).toBeUndefined();
    expect(reports).toEqual(['the cache could not be written']);
  });

  it('survives many at once', async () => {
    const cache = open({ maxBytes: 1e6 });
    await Promise.all(Array.from({ length: 30 }, (_, i) => cache.put(cacheKey(i % 10), bytes(100, i % 10))));
    for (let i = 0; i < 10; i++) expect((await cache.get(cacheKey(i)))![0]).toBe(i);
    expect(files()).toHaveLength(10);
  });
});
