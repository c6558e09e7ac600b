import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { byFolder, circlesIn, importsOf } from './graph.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDERS = [
  'protocol',
  'telemetry',
  'settings',
  'livekit',
  'server',
  'agents',
  'studio',
  'devices',
  'client',
  'infra',
  'bench',
  'rehearse',
];
/** What may import what; the linter tells in the editor, this for all of it at once. */
const MAY: Record<string, readonly string[]> = {
  protocol: [],
  telemetry: [],
  // The settings know every part's own section.
  settings: ['protocol', 'telemetry', 'agents'],
  livekit: [],
  server: ['protocol', 'telemetry', 'settings', 'livekit'],
  agents: ['protocol', 'telemetry', 'settings', 'livekit'],
  studio: ['protocol', 'telemetry', 'settings', 'agents'],
  devices: ['protocol', 'telemetry', 'agents'],
  client: ['protocol'],
};

describe('imports', () => {
  const graph = importsOf(ROOT, FOLDERS);

  it('go round in no circle, of files or of folders', () => {
    expect(graph.size).toBeGreaterThan(400);
    expect(circlesIn(graph)).toEqual([]);
    expect(circlesIn(byFolder(graph))).toEqual([]);
  });

  it.each(Object.entries(MAY))('of %s go to nothing but %j', (folder, may) => {
    const top = (file: string) => file.split(path.sep)[0]!;
    const wrong = [...graph]
      .filter(([file]) => top(file) === folder)
      .flatMap(([file, imported]) =>
        [...imported].filter(each => ![folder, ...may].includes(top(each))).map(each => `${file} → ${each}`),
      );
    expect(wrong).toEqual([]);
  });

  it('of the page bring it no checks of messages: zod weighs more than the call', () => {
    const taken = /^import (?!type )[^;]*'(?:\.\.\/)+(protocol\/[\w-]+\.ts)';$/gm;
    const wrong = [...graph.keys()]
      .filter(file => file.startsWith('client') && !file.endsWith('testing.ts'))
      .flatMap(file =>
        [...fs.readFileSync(path.join(ROOT, file), 'utf8').matchAll(taken)].map(([, from]) => [file, from!]),
      )
      .filter(([, from]) => fs.readFileSync(path.join(ROOT, from!), 'utf8').includes("from 'zod'"));
    expect(wrong).toEqual([]);
  });

  it('of the settings go into agents only for what vendors and tools say of themselves', () => {
    const reached = [...graph]
      .filter(([file]) => file.startsWith('settings'))
      .flatMap(([, imported]) => [...imported].filter(each => each.startsWith('agents')));
    expect([...new Set(reached)].toSorted()).toEqual([
      'agents/images/asking.ts',
      'agents/providers/manifest.ts',
      'agents/providers/registry.ts',
      'agents/tools/allow-list.ts',
    ]);
  });
});

describe('a circle', () => {
  const graph = (edges: Record<string, string[]>) =>
    new Map(Object.entries(edges).map(([from, to]) => [from, new Set(to)]));

  it('is found, however long', () => {
    expect(circlesIn(graph({ a: ['b'], b: ['c'], c: ['a'], d: ['a'] }))).toEqual(['a → b → c → a']);
    expect(circlesIn(graph({ a: ['b', 'c'], b: ['c'], c: [] }))).toEqual([]);
  });

  it('of folders is found where none of files is', () => {
    const files = graph({ 'a/x.ts': ['b/x.ts'], 'b/x.ts': [], 'b/y.ts': ['a/y.ts'], 'a/y.ts': [] });
    expect(circlesIn(files)).toEqual([]);
    expect(circlesIn(byFolder(files))).toEqual(['a → b → a']);
  });
});
