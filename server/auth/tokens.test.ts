import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AccessToken, TrackSource, type VideoGrant } from 'livekit-server-sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestError } from '../../protocol/errors.ts';
import { developmentKeys, Tokens } from './tokens.ts';

const KEYS = { apiKey: 'key', apiSecret: 'k'.repeat(40) };
const HOUR_MS = 3600_000;
const tokens = new Tokens(KEYS, HOUR_MS);

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const CLAIMS = {
  iss: 'key',
  sub: 'ann',
  name: 'Ann',
  exp: Math.floor(Date.now() / 1000) + 600,
  video: { roomJoin: true, room: 'red' },
};
/** A token made by hand, from its claims. */
function handmade(claims: object, { alg = 'HS256', secret = KEYS.apiSecret } = {}): string {
  const body = `${base64({ alg, typ: 'JWT' })}.${base64(claims)}`;
  const hash = alg === 'HS512' ? 'sha512' : 'sha256';
  return `${body}.${alg === 'none' ? '' : createHmac(hash, secret).update(body).digest('base64url')}`;
}
/** The same bytes, written differently: the last of 43 characters holds two bits that mean nothing. */
function otherEnding(token: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + letters[letters.indexOf(token.at(-1)!) ^ 1];
}
/** As an integrator's backend makes it. */
function integrators(grant: VideoGrant, options: ConstructorParameters<typeof AccessToken>[2] = {}): Promise<string> {
  const token = new AccessToken(KEYS.apiKey, KEYS.apiSecret, { identity: 'ann', name: 'Ann', ...options });
  token.addGrant(grant);
  return token.toJwt();
}
async function refusal(token: string): Promise<string> {
  try {
    await tokens.check(token);
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError);
    return (error as RequestError).code;
  }
  return 'accepted';
}

describe('[S1] join tokens', () => {
  it('make a host of whom the grant roomAdmin says so, and of nobody who asks for a token themselves', async () => {
    const grant = { roomJoin: true, room: 'red' };
    expect((await tokens.check(await integrators({ ...grant, roomAdmin: true }))).host).toBe(true);
    expect((await tokens.check(await integrators(grant))).host).toBeUndefined();
    const { token } = await tokens.issue({ name: 'Ann', room: 'red' });
    expect((await tokens.check(token)).host).toBeUndefined();
  });

  it('admit whom they name to the room they name', async () => {
    expect(await tokens.check(handmade(CLAIMS))).toEqual({
      identity: 'ann',
      name: 'Ann',
      room: 'red',
      canPublish: true,
      canSubscribe: true,
      canPublishData: true,
      remember: false,
      resume: false,
    });
  });

  it.each([
    ['signed with another secret', handmade(CLAIMS, { secret: 'z'.repeat(40) })],
    ['not signed at all (alg none)', handmade(CLAIMS, { alg: 'none' })],
    [
      'said to be unsigned, but with a signature',
      `${base64({ alg: 'none' })}.${handmade(CLAIMS).split('.').slice(1).join('.')}`,
    ],
    ['of another issuer', handmade({ ...CLAIMS, iss: 'other' })],
    ['of no issuer', handmade({ ...CLAIMS, iss: undefined })],
    ['that never expires', handmade({ ...CLAIMS, exp: undefined })],
    ['not valid yet', handmade({ ...CLAIMS, nbf: CLAIMS.exp })],
    ['for nobody', handmade({ ...CLAIMS, sub: undefined })],
    ['for an empty identity', handmade({ ...CLAIMS, sub: '' })],
    ['for an endless identity', handmade({ ...CLAIMS, sub: 'x'.repeat(129) })],
    ['with control characters in the identity', handmade({ ...CLAIMS, sub: 'ann\u0007' })],
    ['with an invisible identity', handmade({ ...CLAIMS, sub: 'ann\u200b' })],
    ['of another algorithm', handmade(CLAIMS, { alg: 'HS512' })],
    ...['=', '\n', ' ', '!', '.', '..x'].map(more => [
      `with ${JSON.stringify(more)} behind it`,
      handmade(CLAIMS) + more,
    ]),
    ['with a blank before it', ` ${handmade(CLAIMS)}`],
    ['with something in its signature that says nothing', handmade(CLAIMS).replace(/.{3}$/, '!$&')],
    ['whose last character holds more than its bits', otherEnding(handmade(CLAIMS))],
    ['cut short', handmade(CLAIMS).slice(0, -4)],
    ['that is no token', 'hello'],
    ['of three dots', '..'],
    ['of nothing', ''],
    [
      'with claims changed after signing',
      (() => {
        const [head, , signature] = handmade(CLAIMS).split('.');
        return [head, base64({ ...CLAIMS, video: { roomJoin: true, room: 'blue' } }), signature].join('.');
      })(),
    ],
  ])('%s are refused', async (_, token) => {
    expect(await refusal(token)).toBe('unauthorized');
  });

  it('that have expired are told apart', async () => {
    expect(await refusal(handmade({ ...CLAIMS, exp: Math.floor(Date.now() / 1000) - 60 }))).toBe('token-expired');
  });

  it('of a clock that is a little ahead are taken, and of one far ahead told why not', async () => {
    const now = Math.floor(Date.now() / 1000);
    expect(await refusal(handmade({ ...CLAIMS, nbf: now + 30 }))).toBe('accepted');
    await expect(tokens.check(handmade({ ...CLAIMS, nbf: now + 300 }))).rejects.toThrow(/not valid yet/);
  });

  it('of guests are marked as theirs, and only who signs vouches for devices', async () => {
    const guest = await tokens.check((await tokens.issue({ name: 'Ann', room: 'red' })).token);
    expect(guest).toMatchObject({ guest: true, canRename: true });
    expect(guest.devices).toBeUndefined();
    const vouched = await tokens.check(handmade({ ...CLAIMS, attributes: { devices: 'on' } }));
    expect(vouched).toMatchObject({ devices: true });
    expect(vouched.guest ?? vouched.canRename).toBeUndefined();
  });

  it.each([
    ['without any grant', { ...CLAIMS, video: undefined }],
    ['without leave to join', { ...CLAIMS, video: { room: 'red' } }],
    ['with leave that is not plainly true', { ...CLAIMS, video: { roomJoin: 'true', room: 'red' } }],
    ['without a room', { ...CLAIMS, video: { roomJoin: true } }],
    ['for a room with an impossible name', { ...CLAIMS, video: { roomJoin: true, room: '../etc' } }],
    ['in the avatar’s name', { ...CLAIMS, sub: 'avatar' }],
    ['in a name that looks like the avatar’s', { ...CLAIMS, sub: '\u0430vatar' }],
    ['in the avatar’s name in capitals', { ...CLAIMS, sub: 'AVATAR' }],
  ])('%s are forbidden', async (_, claims) => {
    expect(await refusal(handmade(claims))).toBe('forbidden');
  });

  it('clean the name, and call somebody Guest whose name is nothing', async () => {
    expect((await tokens.check(handmade({ ...CLAIMS, name: ' A\u202en\u0000n ' }))).name).toBe('Ann');
    expect((await tokens.check(handmade({ ...CLAIMS, name: '\u200b' }))).name).toBe('Guest');
    expect((await tokens.check(handmade({ ...CLAIMS, name: undefined }))).name).toBe('ann');
  });

  it('bear attributes that are no text', async () => {
    const admission = await tokens.check(handmade({ ...CLAIMS, attributes: { persona: { $ne: 1 }, avatar: 5 } }));
    expect(admission).not.toHaveProperty('persona');
    expect(admission).not.toHaveProperty('avatar');
  });
});

describe('who is known again from call to call', () => {
  const KEY = 'a-secret-made-by-the-browser-0123';

  it('is a hash of the key that their browser keeps, the same every time', async () => {
    const first = await tokens.check(
      (await tokens.issue({ name: 'Ann', room: 'red', personKey: KEY, remember: true })).token,
    );
    const second = await tokens.check(
      (await tokens.issue({ name: 'Anna', room: 'blue', personKey: KEY, resume: true })).token,
    );
    expect(first.person).toBe(second.person);
    expect(first.person).not.toContain(KEY);
    expect([first.remember, first.resume, second.remember, second.resume]).toEqual([true, false, false, true]);
  });

  it('is nobody without a key, whatever else is asked', async () => {
    const { token } = await tokens.issue({ name: 'Ann', room: 'red', remember: true, resume: true });
    expect(await tokens.check(token)).toMatchObject({ remember: false, resume: false });
    expect((await tokens.check(token)).person).toBeUndefined();
  });
});

describe('tokens of an integrator’s backend, made with livekit-server-sdk', () => {
  it('are accepted, with all their grants', async () => {
    const token = await integrators(
      { roomJoin: true, room: 'red', canPublish: false, canSubscribe: true, canPublishData: false },
      { ttl: '10m', attributes: { persona: 'tutor', avatar: 'ollie' } },
    );
    expect(await tokens.check(token)).toEqual({
      identity: 'ann',
      name: 'Ann',
      room: 'red',
      canPublish: false,
      canSubscribe: true,
      canPublishData: false,
      remember: false,
      resume: false,
      persona: 'tutor',
      avatar: 'ollie',
    });
  });

  it('may limit what is published', async () => {
    const sources = [TrackSource.MICROPHONE, TrackSource.SCREEN_SHARE, TrackSource.SCREEN_SHARE_AUDIO];
    const some = await integrators({ roomJoin: true, room: 'red', canPublishSources: sources });
    expect((await tokens.check(some)).sources).toEqual(['microphone', 'screen']);
    const nothing = await integrators({ roomJoin: true, room: 'red', canPublishSources: [] });
    expect((await tokens.check(nothing)).sources).toEqual([]);
  });

  it('for other things than joining do not let anybody in', async () => {
    expect(await refusal(await integrators({ roomCreate: true, roomList: true, roomAdmin: true, room: 'red' }))).toBe(
      'forbidden',
    );
  });
});

describe('tokens that this server makes', () => {
  it('admit their bearer, under a fresh identity each', async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(() => tokens.issue({ name: 'Ann', room: 'red', persona: 'tutor' })),
    );
    const admission = await tokens.check(one!.token);
    expect(admission).toMatchObject({ name: 'Ann', room: 'red', persona: 'tutor', canPublish: true });
    expect(admission.identity).toBe(one!.identity);
    expect(one!.identity).not.toBe(two!.identity);
  });

  it('expire when they say', async () => {
    const { token, expiresAtMs } = await tokens.issue({ name: 'Ann', room: 'red' });
    expect(Math.abs(expiresAtMs - Date.now() - HOUR_MS)).toBeLessThan(5000);
    vi.useFakeTimers({ toFake: ['Date'], now: expiresAtMs - 5000 });
    expect(await refusal(token)).toBe('accepted');
    vi.setSystemTime(expiresAtMs + 60_000);
    expect(await refusal(token)).toBe('token-expired');
    vi.useRealTimers();
  });
});

describe('the development key', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-keys-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));
  const file = () => path.join(folder, 'data', 'development-key.json');
  const mode = () => (fs.statSync(file()).mode & 0o777).toString(8);
  const keys = () => developmentKeys(path.join(folder, 'data'));

  it('is made once, long, and readable by its owner alone', () => {
    const made = keys();
    expect(made.apiSecret.length).toBeGreaterThanOrEqual(32);
    expect(mode()).toBe('600');
    expect(keys()).toEqual(made);
  });

  it('differs from machine to machine', () => {
    expect(developmentKeys(path.join(folder, 'a')).apiSecret).not.toBe(
      developmentKeys(path.join(folder, 'b')).apiSecret,
    );
  });

  it.each([
    '',
    'not json',
    '{}',
    '{"apiKey":"development","apiSecret":"short"}',
  ])('is made anew where it is damaged: %j', text => {
    fs.mkdirSync(path.join(folder, 'data'));
    fs.writeFileSync(file(), text, { mode: 0o644 });
    const made = keys();
    expect(made.apiSecret.length).toBeGreaterThanOrEqual(32);
    expect(mode()).toBe('600');
    expect(keys()).toEqual(made);
  });
});
