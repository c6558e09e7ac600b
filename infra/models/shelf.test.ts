import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { PACKS, type Pack } from './packs.ts';
import type { Part } from './parts.ts';
import { Shelf } from './shelf.ts';

const part = (name: string): Part => ({
  from: 'pypi',
  name,
  version: '1.0',
  file: `${name}.whl`,
  megabytes: 3,
  sha256: '',
  inside: ['a', 'b'],
});
const PACK: Pack = {
  name: 'voices',
  gives: 'two voices',
  licence: 'MIT',
  parts: [part('one'), part('two')],
  files: {
    'voices/LICENSE': { of: [[0, 1]] },
    'voices/model.onnx': {
      of: [
        [0, 0],
        [1, 0],
      ],
      sha256: createHash('sha256').update('one a, two a, ').digest('hex'),
    },
  },
};

let models: string;
let said: string[];
let asked: string[];
let broken: Set<string>;
let changed: Set<string>;
let shelf: Shelf;
beforeEach(() => {
  models = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-packs-'));
  [said, asked, broken, changed] = [[], [], new Set(), new Set()];
  shelf = new Shelf(models, {
    packs: [PACK],
    say: line => said.push(line),
    async contents({ name }) {
      asked.push(name);
      if (broken.has(name)) throw new Error(`${name} could not be fetched`);
      return ['a', 'b'].map(each => Buffer.from(`${name} ${each}${changed.has(name) ? '!' : ', '}`));
    },
  });
});
afterEach(() => fs.rmSync(models, { recursive: true, force: true }));

const files = () => (fs.readdirSync(models, { recursive: true }) as string[]).toSorted();
const read = (name: string) => fs.readFileSync(path.join(models, name), 'utf8');

describe('a pack', () => {
  it('is listed with what it gives, how large it is, under which licence, and whether it is here', async () => {
    shelf.list();
    await shelf.get('voices');
    shelf.list();
    expect(said[0]).toBe('voices: two voices; 6 MB to fetch; MIT; not here');
    expect(said.at(-1)).toMatch(/; here$/);
  });

  it('is fetched part by part, which is told, and joined', async () => {
    await shelf.get('voices');
    expect(read('voices/model.onnx')).toBe('one a, two a, ');
    expect(read('voices/LICENSE')).toBe('one b, ');
    expect(files()).toEqual(['voices', 'voices/LICENSE', 'voices/model.onnx']);
    expect(said).toEqual([
      'voices: part 1 of 2: one 1.0, 3 MB',
      'voices: part 2 of 2: two 1.0, 3 MB',
      'voices is ready',
    ]);
    await shelf.get('voices');
    expect([said.at(-1), asked]).toEqual(['voices is here already', ['one', 'two']]);
  });

  it('goes on where it was broken off, and says how', async () => {
    broken.add('two');
    const refused = shelf.get('voices');
    await expect(refused).rejects.toBeInstanceOf(OperatorError);
    await expect(refused).rejects.toThrow(/two could not be fetched.*two.whl.*wheels/);
    expect(fs.existsSync(path.join(models, 'voices'))).toBe(false);
    broken.clear();
    await shelf.get('voices');
    expect(asked).toEqual(['one', 'two', 'two']);
    expect(said).toContain('voices: part 1 of 2 is here from an earlier try');
    expect(read('voices/model.onnx')).toBe('one a, two a, ');
  });

  it('that is not what is known is not kept, and fetched anew', async () => {
    changed.add('two');
    await expect(shelf.get('voices')).rejects.toThrow(/model.onnx is not what is known/);
    expect(fs.existsSync(path.join(models, 'voices/model.onnx'))).toBe(false);
    changed.clear();
    await shelf.get('voices');
    expect(asked).toEqual(['one', 'two', 'one', 'two']);
  });

  it('is removed, whole or begun', async () => {
    broken.add('two');
    await shelf.get('voices').catch(() => {});
    shelf.remove('voices');
    expect(files()).toEqual([]);
    broken.clear();
    await shelf.get('voices');
    shelf.remove('voices');
    expect(files()).toEqual([]);
  });

  it('that nobody knows is refused with those that there are', async () => {
    await expect(shelf.get('songs')).rejects.toThrow('there is no model "songs"; there are: voices');
  });
});

describe('the packs that can be had', () => {
  it('are pinned, and put together of parts that they have', () => {
    for (const { parts, files, licence } of PACKS) {
      expect(licence).not.toBe('');
      for (const each of parts)
        expect(each.from === 'pypi' ? each.sha256 : each.integrity).toMatch(/^(?:[0-9a-f]{64}|sha512-[\w+/]{86}==)$/);
      for (const { of } of Object.values(files)) for (const [i, at] of of) expect(parts[i]!.inside[at]).toBeDefined();
    }
  });
});
