import { createVerify, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../testing/virtual-clock.ts';
import { CloudCredentials } from './credentials.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
let folder: string;
let keyFile: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'account-'));
  keyFile = path.join(folder, 'key.json');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const account = (more: object = {}) =>
  JSON.stringify({
    type: 'service_account',
    project_id: 'mine',
    private_key_id: 'k1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: 'ollie@mine.iam.gserviceaccount.com',
    ...more,
  });

describe('who asks Google’s Cloud', () => {
  it('signs tokens as a service account, one for each service, and another before it is too old', async () => {
    fs.writeFileSync(keyFile, account());
    const clock = new VirtualClock();
    const credentials = new CloudCredentials({ keyFile, clock });
    const headers = await credentials.headers('speech.googleapis.com');
    const { authorization } = headers();
    const [head, claims, signature] = authorization!.replace('Bearer ', '').split('.') as [string, string, string];
    expect(createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(publicKey, signature, 'base64url')).toBe(true);
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k1' });
    const email = 'ollie@mine.iam.gserviceaccount.com';
    const nowS = clock.unixMs() / 1000;
    const aud = 'https://speech.googleapis.com/';
    expect(read(claims)).toEqual({ iss: email, sub: email, aud, iat: nowS, exp: nowS + 3600 });
    expect(headers()).toEqual({ authorization });
    expect((await credentials.headers('texttospeech.googleapis.com'))()).not.toEqual({ authorization });
    await clock.advance(55 * 60_000);
    // On a line that was opened long ago, too.
    expect(headers()).not.toEqual({ authorization });
    expect(await credentials.project()).toBe('mine');
  });

  it('has an API key, or nothing for an endpoint of one’s own', async () => {
    const clock = new VirtualClock();
    expect((await new CloudCredentials({ apiKey: 'secret', clock }).headers('x'))()).toEqual({
      'x-goog-api-key': 'secret',
    });
    expect((await new CloudCredentials({ clock }).headers('x'))()).toEqual({});
    expect(await new CloudCredentials({ clock }).project()).toBeUndefined();
  });

  it.each([
    ['is not there', undefined],
    ['is no JSON', 'hello'],
    ['is another’s', '{"type":"authorized_user"}'],
    ['has no key that works', account({ private_key: 'none' })],
  ])('says so where the file %s, and reads it once it is right', async (_, text) => {
    if (text !== undefined) fs.writeFileSync(keyFile, text);
    const credentials = new CloudCredentials({ keyFile, clock: new VirtualClock() });
    await expect(credentials.headers('x')).rejects.toMatchObject({ name: 'ProviderError', category: 'auth' });
    if (text?.includes('private_key')) return;
    fs.writeFileSync(keyFile, account());
    expect((await credentials.headers('x'))().authorization).toMatch(/^Bearer /);
  });
});
