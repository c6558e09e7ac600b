import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { AccessToken } from 'livekit-server-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AvatarList, PORTRAIT_LIMITS, PortraitMade, PortraitWireError } from '../../protocol/portraits.ts';
import { Settings } from '../../settings/settings.ts';
import { Tokens } from '../auth/tokens.ts';
import { FolderBlobs } from '../blobs/folder.ts';
import { Files } from '../files/files.ts';
import { Dispatcher } from '../hosts/dispatcher.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { Portraits } from '../portraits/portraits.ts';
import { Ratings } from '../ratings/ratings.ts';
import { Rooms } from '../rooms/registry.ts';
import { FakeEngine, FakeHost, gatesOf, silentLog } from '../testing/fakes.ts';
import { done, FakePortraitProcess, failed } from '../testing/portrait-process.ts';
import { OwnVoices } from '../voices/own-voices.ts';
import { createApp } from './app.ts';
import { Routes } from './declared/routes.ts';

const KEYS = { apiKey: 'key', apiSecret: 'k'.repeat(40) };
const tokens = new Tokens(KEYS, 3600_000);
const PICTURE = Buffer.from('whatever it is: the worker judges it');

let dataDir: string;
let app: FastifyInstance;
let portraits: Portraits;
let dispatcher: Dispatcher;

async function start(overrides: Record<string, unknown> = {}): Promise<void> {
  const config = Settings.parse({ dataDir, limits: { portraitsPerMinute: 50 }, ...overrides });
  const [engine, metrics] = [new FakeEngine(), createMetrics()];
  dispatcher = new Dispatcher(silentLog, metrics);
  portraits = new Portraits(config, silentLog, { start: FakePortraitProcess.start });
  app = await createApp(config, undefined, silentLog, {
    rooms: new Rooms({ engine, graceMs: 0, maxRooms: 5, maxPeople: 5, listener: dispatcher.listener }),
    tokens,
    engine,
    dispatcher,
    metrics,
    gates: gatesOf(metrics),
    portraits,
    ownVoices: new OwnVoices({
      dispatcher,
      store: portraits.store,
      ledger: undefined,
      metrics: metrics.ownVoices,
      log: silentLog,
    }),
    files: new Files(new FolderBlobs(path.join(dataDir, 'files')), config.files),
    ratings: new Ratings({ conversationIn: () => undefined, rated: () => {} }),
    connections: () => 0,
    draining: () => false,
    routes: new Routes(),
  });
}
beforeEach(async () => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-api-'));
  FakePortraitProcess.reset();
  await start();
});
afterEach(async () => {
  await portraits.close();
  await app.close();
  fs.rmSync(dataDir, { recursive: true, force: true });
});

const token = async (grant: object = {}) => {
  const jwt = new AccessToken(KEYS.apiKey, KEYS.apiSecret, { identity: 'ann', ttl: 60 });
  jwt.addGrant({ roomJoin: true, room: 'red', ...grant });
  return jwt.toJwt();
};
const upload = async (bearer?: string, payload: Buffer | string = PICTURE, query = '') =>
  app.inject({
    method: 'POST',
    url: `/api/portraits${query}`,
    payload,
    headers: {
      'content-type': 'image/jpeg',
      authorization: `Bearer ${bearer ?? (await token())}`,
    },
  });
const errorOf = (response: { json(): unknown }) =>
  PortraitWireError.parse((response.json() as { error: unknown }).error);
const made = async () => PortraitMade.parse((await upload()).json());
const kept = () => (fs.existsSync(`${dataDir}/portraits`) ? fs.readdirSync(`${dataDir}/portraits`) : []);
const get = (url: string) => app.inject({ url });

describe('making a portrait', () => {
  it('gives an avatar with a preview, known to who has its id', async () => {
    const response = await upload(undefined, PICTURE, '?name=Ann%20Lee');
    expect(response.statusCode).toBe(201);
    const { avatar, expiresAtMs } = PortraitMade.parse(response.json());
    expect(avatar).toMatchObject({ name: 'Ann Lee', kind: 'portrait' });
    expect(expiresAtMs).toBeGreaterThan(Date.now());
    const preview = await get(avatar.previewUrl);
    expect(preview.statusCode).toBe(200);
    expect(preview.headers['content-type']).toBe('video/webm');
    expect(preview.body).toBe('preview.webm!');
    expect((await get(avatar.thumbnailUrl)).headers['content-type']).toBe('image/webp');
    const [, sent] = [FakePortraitProcess.all[0], FakePortraitProcess.all[0]!.jobs[0]!];
    expect(sent.type === 'make' && Buffer.from(sent.picture).equals(PICTURE)).toBe(true);
  });

  it('serves a film in parts, as players ask for it', async () => {
    const { avatar } = await made();
    const part = await app.inject({ url: avatar.previewUrl, headers: { range: 'bytes=0-3' } });
    expect(part.statusCode).toBe(206);
    expect(part.body).toBe('prev');
  });

  it('takes a hostile name as text, or none', async () => {
    for (const [name, shown] of [
      ['%3Cb%3E%00%E2%80%AE', '<b>'],
      ['%E2%80%8B', 'My portrait'],
      ['x'.repeat(500), 'x'.repeat(40)],
      ['..%2F..%2Fetc', '../../etc'],
    ]) {
      const { avatar } = PortraitMade.parse((await upload(undefined, PICTURE, `?name=${name}`)).json());
      expect(avatar.name).toBe(shown);
      expect(avatar.thumbnailUrl).not.toContain('etc');
    }
  });

  it('keeps nothing when the picture will not do', async () => {
    FakePortraitProcess.script = job => {
      done(job);
      return failed(job, 'no-face');
    };
    const response = await upload();
    expect(response.statusCode).toBe(422);
    expect(errorOf(response)).toMatchObject({ code: 'no-face', message: 'as the test says' });
    expect(kept()).toEqual([]);
  });

  it('keeps nothing when the worker dies over it', async () => {
    FakePortraitProcess.script = job => {
      done(job);
      queueMicrotask(() => FakePortraitProcess.all[0]!.crash());
      return undefined;
    };
    const response = await upload();
    expect(response.statusCode).toBe(500);
    expect(errorOf(response)).toMatchObject({ code: 'worker-failed', retryable: true });
    expect(kept()).toEqual([]);
  });

  it('stops reading a file that is too large', async () => {
    const response = await upload(undefined, Buffer.alloc(PORTRAIT_LIMITS.uploadBytes + 1));
    expect(response.statusCode).toBe(413);
    expect(errorOf(response)).toMatchObject({ code: 'file-too-large', message: expect.stringContaining('16 MB') });
    expect(FakePortraitProcess.all).toHaveLength(0);
  });

  it('says that nothing was sent', async () => {
    const response = await app.inject({
      method: 'POST',
      url: '/api/portraits',
      headers: { authorization: `Bearer ${await token()}` },
    });
    expect(errorOf(response).code).toBe('not-an-image');
  });

  it('[S1] is for those who may join and be seen', async () => {
    const strange = new AccessToken('key', 'wrong'.repeat(10), { identity: 'eve', ttl: 60 });
    strange.addGrant({ roomJoin: true, room: 'red' });
    for (const [bearer, status] of [
      ['', 401],
      ['nonsense', 401],
      [await strange.toJwt(), 401],
      [await token({ roomJoin: false }), 403],
      [await token({ canPublish: false }), 403],
    ] as const)
      for (const url of ['/api/portraits', '/api/portraits/generate', '/api/portraits/warm']) {
        const response = await app.inject({
          method: 'POST',
          url,
          payload: PICTURE,
          headers: { 'content-type': 'image/png', authorization: `Bearer ${bearer}` },
        });
        expect(response.statusCode, `${url} ${status}`).toBe(status);
      }
    expect(FakePortraitProcess.all).toHaveLength(0);
    expect((await upload((await tokens.issue({ name: 'Ann', room: 'red' })).token)).statusCode).toBe(201);
  });

  it('has a limit per address', async () => {
    await app.close();
    await start({ limits: { portraitsPerMinute: 2 } });
    const statuses = [];
    for (let n = 0; n < 4; n++) statuses.push((await upload()).statusCode);
    expect(statuses).toEqual([201, 201, 429, 429]);
    expect(errorOf(await upload())).toMatchObject({ code: 'rate-limited', retryable: true });
  });

  it('has a limit for opening the panel, too', async () => {
    await app.close();
    await start({ limits: { portraitsPerMinute: 2 } });
    const headers = { authorization: `Bearer ${await token()}` };
    const statuses = [];
    for (let n = 0; n < 4; n++)
      statuses.push((await app.inject({ method: 'POST', url: '/api/portraits/warm', headers })).statusCode);
    expect(statuses).toEqual([200, 200, 429, 429]);
    expect((await upload()).statusCode).toBe(201);
  });

  it.each(['application/json', 'text/plain'])('takes what is sent as %s as the bytes that it is', async type => {
    const payload = Buffer.from('[0,0,0]');
    const response = await app.inject({
      method: 'POST',
      url: '/api/portraits',
      payload,
      headers: { 'content-type': type, authorization: `Bearer ${await token()}` },
    });
    expect(response.statusCode).toBe(201);
    const sent = FakePortraitProcess.all[0]!.jobs[0]!;
    expect(sent.type === 'make' && Buffer.from(sent.picture).equals(payload)).toBe(true);
  });

  it('is refused before the body is read when too many wait', async () => {
    FakePortraitProcess.script = () => undefined;
    const bearer = await token();
    const job = { type: 'present', avatar: 'ollie', folder: dataDir } as const;
    const waiting = Array.from({ length: 9 }, () => portraits.worker.run(job).catch(() => {}));
    const response = await upload(bearer);
    expect(response.statusCode).toBe(503);
    expect(errorOf(response)).toMatchObject({ code: 'busy', retryable: true });
    await portraits.close();
    await Promise.all(waiting);
  });

  it('can be switched off', async () => {
    await app.close();
    await start({ portraits: { enabled: false } });
    expect(errorOf(await upload()).code).toBe('portraits-off');
    expect(AvatarList.parse((await get('/api/avatars')).json()).uploads).toBe(false);
  });

  it('ends when the store is full', async () => {
    await app.close();
    await start({ portraits: { maxCount: 1 } });
    await made();
    const response = await upload();
    expect(response.statusCode).toBe(507);
    expect(errorOf(response).code).toBe('portraits-full');
  });
});

describe('a portrait from words', () => {
  const generate = async (payload: object) =>
    app.inject({
      method: 'POST',
      url: '/api/portraits/generate',
      payload,
      headers: { authorization: `Bearer ${await token()}` },
    });

  it('is imagined, then made like any picture', async () => {
    const response = await generate({ prompt: '  a friendly\u0000 librarian ', seed: 7 });
    expect(response.statusCode).toBe(201);
    const [imagined, drawn] = FakePortraitProcess.all[0]!.jobs;
    expect(imagined).toMatchObject({ type: 'imagine', words: { prompt: 'a friendly librarian', seed: 7 } });
    expect(drawn?.type === 'make' && Buffer.from(drawn.picture).toString()).toBe('drawn');
  });

  it.each([
    {},
    { prompt: ' ' },
    { prompt: 'x'.repeat(501) },
    { prompt: 'a', seed: -1 },
    { prompt: 'a', steps: 1000 },
  ])('is not made of %j', async payload => {
    expect((await generate(payload)).statusCode).toBe(400);
  });

  it('says so when what was drawn is no face', async () => {
    FakePortraitProcess.script = job => (job.type === 'make' ? failed(job, 'no-face') : done(job));
    const response = await generate({ prompt: 'a teapot' });
    expect(errorOf(response)).toMatchObject({ code: 'no-face', message: expect.stringContaining('words') });
    expect(kept()).toEqual([]);
  });
});

describe('avatars', () => {
  beforeEach(() => {
    const host = new FakeHost('h1');
    host.avatars.push({ id: 'ollie', name: 'Ollie', version: '0123456789abcdef' });
    dispatcher.connected(host);
  });
  const ids = async (query = '') =>
    AvatarList.parse((await get(`/api/avatars${query}`)).json()).avatars.map(({ id }) => id);

  it('lists the shipped ones, and of the portraits only those that the caller names', async () => {
    const { avatar } = await made();
    await made();
    expect(await ids()).toEqual(['ollie']);
    expect(await ids(`?portraits=${avatar.id},p-AAAAAAAAAAAAAAAAAAAAAA,../..`)).toEqual(['ollie', avatar.id]);
  });

  it('shows a shipped one, rendered once', async () => {
    const before = FakePortraitProcess.all.length;
    for (let n = 0; n < 2; n++) expect((await get('/api/avatars/ollie/thumbnail.webp')).body).toBe('thumbnail.webp!');
    expect((await get('/api/avatars/ollie/preview.webm')).statusCode).toBe(200);
    expect(FakePortraitProcess.all.length).toBe(before + 1);
    expect(FakePortraitProcess.all.at(-1)!.jobs).toHaveLength(1);
  });

  it.each([
    '..%2f..',
    '%2e%2e',
    'nobody',
    'p-AAAAAAAAAAAAAAAAAAAAAA',
    'p-..%2f..%2f..%2f..%2f..%2f..%2fetc',
    '%00',
  ])('has none called %s', async id => {
    fs.writeFileSync(path.join(dataDir, 'preview.webm'), 'not yours');
    for (const file of ['preview.webm', 'thumbnail.webp', 'meta.json', 'rig%2frig.json'])
      expect([403, 404]).toContain((await get(`/api/avatars/${id}/${file}`)).statusCode);
  });

  it('never serves who owns a portrait', async () => {
    const { avatar } = await made();
    for (const file of ['meta.json', '..%2fmeta.json', 'preview.webm%2f..%2fmeta.json'])
      expect((await get(`/api/avatars/${avatar.id}/${file}`)).statusCode).toBe(404);
  });
});

describe('removing a portrait', () => {
  const remove = (id: string, secret?: string) =>
    app.inject({
      method: 'DELETE',
      url: `/api/portraits/${id}`,
      headers: secret === undefined ? {} : { authorization: `Bearer ${secret}` },
    });

  it('takes its owner’s secret, and then it is gone', async () => {
    const { avatar, ownerSecret } = await made();
    expect((await remove(avatar.id)).statusCode).toBe(403);
    expect((await remove(avatar.id, 'guess')).statusCode).toBe(403);
    expect((await remove(avatar.id, await token())).statusCode).toBe(403);
    expect((await remove(avatar.id, ownerSecret)).statusCode).toBe(204);
    expect((await get(avatar.previewUrl)).statusCode).toBe(404);
    expect((await remove(avatar.id, ownerSecret)).statusCode).toBe(404);
    expect(kept()).toEqual([]);
  });
});
