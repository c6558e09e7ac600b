import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Avatars } from './avatars.ts';

const PORTRAIT = 'p-AAAAAAAAAAAAAAAAAAAAAA';
let root: string;
let avatars: Avatars;
const rig = (folder: string, text = '{"name": "Somebody"}') => {
  fs.mkdirSync(path.join(root, folder), { recursive: true });
  fs.writeFileSync(path.join(root, folder, 'rig.json'), text);
};

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-avatars-'));
  rig('avatars/ollie', '{"name": "Ollie"}');
  rig(`portraits/${PORTRAIT}/rig`);
  rig('secret');
  avatars = new Avatars({ avatars: path.join(root, 'avatars'), portraits: path.join(root, 'portraits') });
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

describe('avatars', () => {
  it('are found by name: the shipped ones and the portraits', () => {
    expect(avatars.folder('ollie')).toBe(path.join(root, 'avatars/ollie'));
    expect(avatars.folder(PORTRAIT)).toBe(path.join(root, `portraits/${PORTRAIT}/rig`));
  });

  it('are found when they are made after the host has started, and not when they are removed', () => {
    const later = 'p-BBBBBBBBBBBBBBBBBBBBBB';
    expect(avatars.folder(later)).toBeUndefined();
    rig(`portraits/${later}/rig`);
    expect(avatars.folder(later)).toBeDefined();
    fs.rmSync(path.join(root, 'portraits', later), { recursive: true });
    expect(avatars.folder(later)).toBeUndefined();
  });

  it.each([
    undefined,
    '',
    '.',
    '..',
    '../secret',
    '..\\secret',
    '/etc',
    'ollie/../../secret',
    'ollie\0',
    '.cache',
  ])('are not found under %j', name => {
    expect(avatars.folder(name)).toBeUndefined();
  });

  it('are listed with a version that changes with the rig; folders without one are not', () => {
    fs.mkdirSync(path.join(root, 'avatars/.cache'));
    fs.mkdirSync(path.join(root, 'avatars/empty'));
    rig('avatars/broken', '{');
    rig('avatars/nameless', '{}');
    const before = avatars.list();
    expect(before.map(({ id, name }) => [id, name])).toEqual(
      expect.arrayContaining([
        ['ollie', 'Ollie'],
        ['nameless', 'nameless'],
      ]),
    );
    expect(before).toHaveLength(2);
    rig('avatars/ollie', '{"name": "Ollie", "more": 1}');
    const version = (list: typeof before) => list.find(({ id }) => id === 'ollie')!.version;
    expect(version(avatars.list())).not.toBe(version(before));
  });
});
