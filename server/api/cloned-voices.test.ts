import fs from 'node:fs';
import path from 'node:path';
import { AccessToken } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OWN_VOICE } from '../../protocol/limits.ts';
import { ConsentSentence, type OwnVoiceMade } from '../../protocol/own-voice.ts';
import { AvatarEntry, AvatarList } from '../../protocol/portraits.ts';
import { KEYS, type TestApp, testApp } from '../testing/app.ts';
import { FakeHost } from '../testing/fakes.ts';
import { token } from '../testing/talks.ts';

const WAV = Buffer.from('RIFF and a minute of somebody’s voice: quetzalcoatl');
const MADE: OwnVoiceMade = { made: true, vendor: 'elevenlabs', voice: 'v-1' };

/** A host that makes voices, and what became of them. */
class VoiceHost extends FakeHost {
  override readonly cloning = { vendor: 'elevenlabs', languages: ['en', 'de'] };
  make: () => Promise<unknown> = async () => MADE;
  gone: unknown = true;
  override async request(name: string, payload: object): Promise<unknown> {
    this.send(name, payload);
    if (name === 'own-voice.make') return this.make();
    return name === 'own-voice.forget' ? this.gone : { said: true, wav: new Uint8Array(WAV) };
  }
}

let system: TestApp;
let host: VoiceHost;
beforeAll(async () => {
  system = await testApp({
    limits: { ownVoicesPerDay: 200, portraitsPerMinute: 1000, readsPerMinute: 10_000 },
    portraits: { maxPerMaker: 100 },
  });
  await system.conversations!.database.ready();
});
afterAll(() => system.close());
beforeEach(() => {
  host = new VoiceHost('h1');
  system.dispatcher.connected(host);
});
afterEach(() => system.dispatcher.disconnected(host));

const portrait = async (in_: TestApp = system, makers: string[] = ['somebody']) => {
  const { meta, ownerSecret } = await in_.portraits.store.create('Ann', async () => {}, makers);
  return { id: meta.id, secret: ownerSecret, url: `/api/portraits/${meta.id}/own-voice` };
};
type Portrait = Awaited<ReturnType<typeof portrait>>;
const ask = (method: 'POST' | 'DELETE', url: string, secret: string, payload?: unknown, in_ = system) =>
  in_.app.inject({
    method,
    url,
    headers: {
      authorization: `Bearer ${secret}`,
      ...(Buffer.isBuffer(payload) && { 'content-type': 'audio/wav' }),
    },
    ...(payload !== undefined && { payload: payload as object }),
  });
const sentence = async ({ url, secret }: Portrait, language = 'de', in_ = system) =>
  ConsentSentence.parse((await ask('POST', `${url}/sentence`, secret, { language }, in_)).json());
const record = async (own: Portrait, body: unknown = WAV, in_ = system) =>
  ask('POST', `${own.url}?sentence=${(await sentence(own, 'de', in_)).id}`, own.secret, body, in_);
const codeOf = (response: { json(): unknown }) => (response.json() as { error: { code: string } }).error.code;
const ledger = () => system.conversations!.voices.all();
const listed = async (id: string) =>
  AvatarList.parse((await system.app.inject({ url: `/api/avatars?portraits=${id}` })).json());

describe('a voice of one’s own', () => {
  it('is made of a recording of the sentence that was asked for, says hello, and is removed at the vendor, too', async () => {
    const own = await portrait();
    expect((await listed(own.id)).ownVoices).toBe(true);
    const { id, text, language } = await sentence(own);
    expect(language).toBe('de');
    const made = await ask('POST', `${own.url}?sentence=${id}`, own.secret, WAV);
    expect([made.statusCode, AvatarEntry.parse(made.json()).ownVoice]).toEqual([201, true]);
    const [asked] = host.of('own-voice.make') as [{ name: string; sentence: string; words: string; wav: Buffer }];
    expect(asked.sentence).toBe(text);
    expect(text).toContain(asked.words);
    expect(WAV.equals(asked.wav)).toBe(true);
    expect(await ledger()).toMatchObject([{ name: asked.name, portrait: own.id, vendor: 'elevenlabs', voice: 'v-1' }]);

    const hello = await ask('POST', `${own.url}/hello`, own.secret);
    expect([hello.statusCode, hello.headers['content-type']]).toEqual([200, 'audio/wav']);
    expect(host.of('voice.hello')).toEqual([{ own: { vendor: 'elevenlabs', voice: 'v-1' } }]);

    expect((await ask('DELETE', own.url, own.secret)).statusCode).toBe(204);
    expect((await listed(own.id)).avatars[0]).not.toHaveProperty('ownVoice');
    await system.ownVoices.sweep();
    expect(host.of('own-voice.forget')).toEqual([{ name: asked.name, vendor: 'elevenlabs', voice: 'v-1' }]);
    expect(await ledger()).toEqual([]);
    expect((await ask('POST', `${own.url}/hello`, own.secret)).statusCode).toBe(404);
  });

  it('keeps nothing of the recording', async () => {
    await record(await portrait());
    const files = fs.readdirSync(system.dataDir, { recursive: true, withFileTypes: true });
    for (const file of files.filter(each => each.isFile()))
      expect(fs.readFileSync(path.join(file.parentPath, file.name)).includes('quetzalcoatl')).toBe(false);
  });

  it('[S1] is its owner’s alone: nobody else asks for the sentence, sends a recording, hears or removes it', async () => {
    const own = await portrait();
    await record(own);
    const { id } = await sentence(own);
    const before = host.sent.length;
    for (const [method, url, body] of [
      ['POST', `${own.url}/sentence`, { language: 'en' }],
      ['POST', `${own.url}?sentence=${id}`, WAV],
      ['POST', `${own.url}/hello`, undefined],
      ['DELETE', own.url, undefined],
    ] as const) {
      expect((await ask(method, url, 'somebody', body)).statusCode).toBe(403);
      expect((await ask(method, url.replace(own.id, `p-${'x'.repeat(22)}`), own.secret, body)).statusCode).toBe(404);
    }
    expect(host.sent).toHaveLength(before);
    expect((await listed(own.id)).avatars[0]!.ownVoice).toBe(true);
  });

  it('[S1] speaks in calls where its owner’s page shows the secret, and where nobody else does', async () => {
    const own = await portrait();
    await record(own);
    const attributes = async (avatarSecret?: string) => {
      const payload = { name: 'Ann', avatar: own.id, ...(avatarSecret && { avatarSecret }) };
      const answer = await system.app.inject({ method: 'POST', url: '/api/rooms/red/token', payload });
      return system.tokens.check((answer.json() as { token: string }).token);
    };
    expect(await attributes(own.secret)).toMatchObject({ avatar: own.id, ownsAvatar: true });
    expect(await attributes('somebody')).not.toHaveProperty('ownsAvatar');
    expect(await attributes()).not.toHaveProperty('ownsAvatar');
    const vouched = new AccessToken(KEYS.apiKey, KEYS.apiSecret, {
      identity: 'ann',
      ttl: 60,
      attributes: { avatar: own.id, avatarOwner: 'on' },
    });
    vouched.addGrant({ roomJoin: true, room: 'red' });
    expect(await system.tokens.check(await vouched.toJwt())).toMatchObject({ ownsAvatar: true });
  });

  it('takes the place of the one before, which is removed', async () => {
    const own = await portrait();
    await record(own);
    host.make = async () => ({ ...MADE, voice: 'v-2' });
    await record(own);
    await system.ownVoices.sweep();
    expect(host.of('own-voice.forget')).toMatchObject([{ voice: 'v-1' }]);
    expect((await ledger()).filter(each => each.portrait === own.id)).toMatchObject([{ voice: 'v-2' }]);
  });

  it('needs a sentence that was asked for, and is read for the first time', async () => {
    const own = await portrait();
    const { id } = await sentence(own);
    const other = await portrait();
    expect(codeOf(await ask('POST', `${other.url}?sentence=${id}`, other.secret, WAV))).toBe('consent-over');
    expect((await ask('POST', `${own.url}?sentence=${id}`, own.secret, WAV)).statusCode).toBe(201);
    expect(codeOf(await ask('POST', `${own.url}?sentence=${id}`, own.secret, WAV))).toBe('consent-over');
    expect(codeOf(await ask('POST', own.url, own.secret, WAV))).toBe('bad-request');
  });

  it.each([
    ['busy', 503, 'busy'],
    ['not-audio', 415, 'not-audio'],
    ['too-short', 422, 'recording-length'],
    ['too-long', 422, 'recording-length'],
    ['too-quiet', 422, 'too-quiet'],
    ['not-consented', 422, 'not-consented'],
    ['refused', 422, 'voice-refused'],
    ['full', 507, 'voices-full'],
    ['failed', 502, 'voice-failed'],
  ])('says why there is none: %s', async (why, status, code) => {
    host.make = async () => ({ made: false, why });
    const own = await portrait();
    const answer = await record(own);
    expect([answer.statusCode, codeOf(answer)]).toEqual([status, code]);
    expect((await listed(own.id)).avatars[0]).not.toHaveProperty('ownVoice');
  });

  it('of which the vendor was never asked is not looked for there; of which it may know, it is, by its name', async () => {
    host.make = async () => ({ made: false, why: 'not-consented' });
    await record(await portrait());
    await system.ownVoices.sweep();
    expect(host.of('own-voice.forget')).toEqual([]);
    host.make = async () => {
      throw new Error('the host is gone');
    };
    const own = await portrait();
    expect(codeOf(await record(own))).toBe('voice-failed');
    const left = (await ledger()).filter(each => each.portrait === own.id);
    expect(left).toHaveLength(1);
    expect(left[0]).not.toHaveProperty('voice');
  });

  it('is refused before it is read where it is too large, or no sound', async () => {
    const own = await portrait();
    const { id } = await sentence(own);
    const large = Buffer.alloc(OWN_VOICE.uploadBytes + 1);
    const refused = await ask('POST', `${own.url}?sentence=${id}`, own.secret, large);
    expect([refused.statusCode, codeOf(refused)]).toEqual([413, 'file-too-large']);
    expect(refused.body).toMatch(/recording as mono/);
    expect(codeOf(await ask('POST', `${own.url}?sentence=${id}`, own.secret))).toBe('not-audio');
    expect(host.of('own-voice.make')).toEqual([]);
  });

  it('is not made where no host makes any: that is said', async () => {
    system.dispatcher.disconnected(host);
    const own = await portrait();
    const answer = await ask('POST', `${own.url}/sentence`, own.secret, { language: 'en' });
    expect([answer.statusCode, codeOf(answer)]).toEqual([404, 'own-voices-off']);
    expect((await listed('')).ownVoices).toBe(false);
  });
});

describe('what is left at a vendor', () => {
  it('is removed with the portrait, and tried again until it is gone, later each time', async () => {
    const own = await portrait();
    await record(own);
    host.gone = false;
    expect((await ask('DELETE', `/api/portraits/${own.id}`, own.secret)).statusCode).toBe(204);
    await system.ownVoices.sweep();
    await system.ownVoices.sweep();
    expect(host.of('own-voice.forget')).toHaveLength(1);
    expect((await ledger()).some(each => each.portrait === own.id)).toBe(true);
  });

  it('is removed with everything of a person', async () => {
    const own = await portrait();
    system.conversations!.uploaded({ id: own.id, person: 'p-voice' });
    await record(own);
    const erased = await system.app.inject({
      method: 'DELETE',
      url: '/api/person',
      headers: { authorization: `Bearer ${await token({}, 'p-voice')}` },
    });
    expect(erased.json()).toMatchObject({ uploads: 1 });
    await system.ownVoices.sweep();
    expect((await ledger()).some(each => each.portrait === own.id)).toBe(false);
  });
});

describe('limits of voices', () => {
  it('[C2] are so many recordings of a maker a day', async () => {
    const small = await testApp({ limits: { ownVoicesPerDay: 4, portraitsPerMinute: 1000 } });
    try {
      const making = new VoiceHost('h2');
      making.make = async () => ({ made: false, why: 'not-consented' });
      small.dispatcher.connected(making);
      const statuses = [];
      for (let n = 0; n < 3; n++)
        statuses.push((await record(await portrait(small, ['ann', `address ${n}`]), WAV, small)).statusCode);
      expect(statuses).toEqual([422, 422, 429]);
      expect((await record(await portrait(small, ['bob']), WAV, small)).statusCode).toBe(422);
    } finally {
      await small.close();
    }
  });

  it('are not made where nothing is kept: nobody would remember to remove them', async () => {
    const forgetful = await testApp({ conversations: { enabled: false } });
    try {
      forgetful.dispatcher.connected(new VoiceHost('h3'));
      const own = await portrait(forgetful);
      const answer = await ask('POST', `${own.url}/sentence`, own.secret, { language: 'en' }, forgetful);
      expect(codeOf(answer)).toBe('own-voices-off');
    } finally {
      await forgetful.close();
    }
  });
});
