import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { manifestOf, Registry, registry } from './registry.ts';

describe('the vendors', () => {
  it('are the folders with a manifest, each under its own name', () => {
    for (const entry of fs.readdirSync(import.meta.dirname, { withFileTypes: true })) {
      if (!fs.existsSync(path.join(import.meta.dirname, entry.name, 'index.ts'))) continue;
      expect(registry.get(entry.name)?.name).toBe(entry.name);
    }
    expect(registry.get('nobody')).toBeUndefined();
    expect(registry.of('speech').map(({ vendor }) => vendor.name)).toEqual(expect.arrayContaining(['flite', 'openai']));
  });

  /** One that needs a setting says nothing without it. */
  const usable = registry.of('speech').filter(({ maker }) => maker.settings.safeParse({}).success);

  it.each(usable)('say of $vendor.name’s voices what these say of themselves', async ({ vendor, maker }) => {
    const settings = maker.settings.parse({});
    const made = await maker.make(settings, {
      clock: { nowMs: () => 0, unixMs: () => 0, after: () => () => {} },
      variables: {},
      models: 'models',
      used: () => {},
      lost: () => {},
      loaded: () => {},
      queue: () => {},
      child: () => {},
      shared: (_name, make) => make(),
    });
    expect(vendor.name).not.toBe('');
    expect(made.capabilities).toEqual(maker.capabilities(settings));
    await made.close();
  });

  it('are no two of one name', () => {
    const vendor = { name: 'acme', variables: [], makes: {} };
    expect(() => new Registry([vendor, { ...vendor }])).toThrow(/two vendors acme/);
  });

  it('are named in the table of vendors, with all that they make and the variables that they know', () => {
    const page = fs.readFileSync(path.join(import.meta.dirname, '../../docs/vendors.md'), 'utf8');
    const words: Record<string, string> = {
      activity: 'voice activity',
      alignment: 'the mouth of voices',
      feelings: 'how voices feel',
      faces: 'how faces look',
      voiceCloning: 'voices of people’s own',
    };
    for (const kind of [
      'dialogue',
      'notes',
      'speech',
      'voiceCloning',
      'duplex',
      'images',
      'recognition',
      'activity',
      'alignment',
      'feelings',
      'faces',
    ] as const)
      for (const { vendor } of registry.of(kind)) {
        const row = page.split('\n').find(line => line.startsWith(`| \`${vendor.name}\` |`));
        expect(row, vendor.name).toContain(words[kind] ?? kind);
        for (const variable of vendor.variables) expect(row).toContain(variable);
      }
  });
});

describe('a vendor from elsewhere', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vendor-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('is a folder with a manifest', async () => {
    fs.writeFileSync(path.join(folder, 'index.ts'), "export default { name: 'mine', variables: [], makes: {} };");
    expect((await manifestOf(folder)).name).toBe('mine');
  });

  it.each([
    [undefined, /there is no vendor in .*: its manifest is index.ts/],
    ['export const vendor = 1;', /exports no vendor by default/],
    ["export default { name: 'mine' };", /exports no vendor by default/],
  ])('that is none is told in words: %s', async (text, message) => {
    if (text !== undefined) fs.writeFileSync(path.join(folder, 'index.ts'), text);
    const error = await manifestOf(folder).catch(problem => problem);
    expect(error).toBeInstanceOf(OperatorError);
    expect(error.message).toMatch(message);
  });
});
