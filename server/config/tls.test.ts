import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createSecureContext } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingsError } from '../../settings/file.ts';
import { Settings } from '../../settings/settings.ts';
import { loadTls } from './tls.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-tls-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));
const load = (https: object, media: object = {}) =>
  loadTls(Settings.parse({ https, media, host: '192.168.7.7', dataDir: path.join(folder, 'data') }));
const file = () => path.join(folder, 'data', 'self-signed.json');

describe('HTTPS', () => {
  it('is off unless it was asked for', async () => {
    expect(await load({})).toBeUndefined();
  });

  it('with a certificate of its own making, for every name the server has, kept and private', async () => {
    const tls = await load({ selfSigned: true }, { announcedAddress: 'calls.example.org' });
    createSecureContext(tls);
    const { subjectAltName, validTo } = new X509Certificate(tls!.cert);
    for (const name of ['DNS:localhost', 'IP Address:192.168.7.7', 'DNS:calls.example.org'])
      expect(subjectAltName).toContain(name);
    expect(Date.parse(validTo)).toBeGreaterThan(Date.now() + 300 * 86_400_000);
    expect((fs.statSync(file()).mode & 0o777).toString(8)).toBe('600');
    expect(await load({ selfSigned: true })).toEqual(tls);
  });

  it.each([
    'not json',
    '{}',
    JSON.stringify({ cert: 'x', key: 'y', untilMs: 1 }),
  ])('makes a new one where the kept one is damaged or old: %j', async text => {
    fs.mkdirSync(path.join(folder, 'data'));
    fs.writeFileSync(file(), text, { mode: 0o644 });
    createSecureContext(await load({ selfSigned: true }));
    expect((fs.statSync(file()).mode & 0o777).toString(8)).toBe('600');
  });

  it('with a given certificate reads its files, and says which cannot be read', async () => {
    fs.writeFileSync(path.join(folder, 'c.pem'), 'C');
    fs.writeFileSync(path.join(folder, 'k.pem'), 'K');
    const at = (name: string) => path.join(folder, name);
    expect(await load({ certFile: at('c.pem'), keyFile: at('k.pem') })).toEqual({ cert: 'C', key: 'K' });
    await expect(load({ certFile: at('none.pem'), keyFile: at('k.pem') })).rejects.toThrow(SettingsError);
    await expect(load({ certFile: at('none.pem'), keyFile: at('k.pem') })).rejects.toThrow(/none\.pem/);
  });
});
