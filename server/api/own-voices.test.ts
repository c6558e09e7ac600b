import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { AccessToken } from 'livekit-server-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AvatarEntry, AvatarList, PLAIN_VOICE, PortraitMade } from '../../protocol/portraits.ts';
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
import { FakePortraitProcess } from '../testing/portrait-process.ts';
import { OwnVoices } from '../voices/own-voices.ts';
import { createApp } from './app.ts';
import { Routes } from './declared/routes.ts';

const KEYS = { apiKey: 'key', apiSecret: 'k'.repeat(40) };
const VOICE = { timbre: 0.9, pitch: 1.2, pace: 1.1 };
const WAV = new Uint8Array(Buffer.from('RIFF and so on'));

let dataDir: string;
let app: FastifyInstance;
let portraits: Portraits;
let dispatcher: Dispatcher;

beforeEach(async () => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-voices-'));
  FakePortraitProcess.reset();
  const config = Settings.parse({ dataDir, limits: { portraitsPerMinute: 1 } });
  const [engine, metrics] = [new FakeEngine(), createMetrics()];
  dispatcher = new Dispatcher(silentLog, metrics);
  portraits = new Portraits(config, silentLog, { start: FakePortraitProcess.start });
  app = await createApp(config, undefined, silentLog, {
    rooms: new Rooms({ engine, graceMs: 0, maxRooms: 5, maxPeople: 5, listener: dispatcher.listener }),
    tokens: new Tokens(KEYS, 3600_000),
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
});
afterEach(async () => {
  await portraits.close();
  await app.close();
  fs.rmSync(dataDir, { recursive: true, force: true });
});

const join = async () => {
  const jwt = new AccessToken(KEYS.apiKey, KEYS.apiSecret, { identity: 'ann', ttl: 60 });
  jwt.addGrant({ roomJoin: true, room: 'red' });
  return jwt.toJwt();
};
const ask = async (method: 'POST' | 'PATCH', url: string, payload: unknown, bearer: string) =>
  app.inject({ method, url, payload: payload as object, headers: { authorization: `Bearer ${bearer}` } });
const hello = async (voice: unknown = VOICE) => ask('POST', '/api/portraits/hello', voice, await join());
const codeOf = (response: { json(): unknown }) => (response.json() as { error: { code: string } }).error.code;
/** A host whose voices can be changed, and what it answers. */
function host(said: unknown): FakeHost {
  const speaking = Object.assign(new FakeHost('h1'), { ownVoices: true });
  speaking.answer = () => said;
  dispatcher.connected(speaking);
  return speaking;
}
async function made() {
  const response = await app.inject({
    method: 'POST',
    url: '/api/portraits',
    payload: Buffer.from('a picture'),
    headers: { 'content-type': 'image/jpeg', authorization: `Bearer ${await join()}` },
  });
  return PortraitMade.parse(response.json());
}
const listed = async (id: string) =>
  AvatarList.parse((await app.inject({ url: `/api/avatars?portraits=${id}` })).json());

describe('a voice that somebody tries', () => {
  it('says hello, by a host whose voices can be changed', async () => {
    dispatcher.connected(new FakeHost('h0'));
    const speaking = host({ said: true, wav: WAV });
    const response = await hello();
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'audio/wav']);
    expect(response.rawPayload.equals(WAV)).toBe(true);
    expect(speaking.of('voice.hello')).toEqual([{ voice: VOICE }]);
    expect((await listed('')).voices).toBe(true);
  });

  it('cannot be had where no host has such a voice: that is said', async () => {
    dispatcher.connected(new FakeHost('h0'));
    const response = await hello();
    expect([response.statusCode, codeOf(response)]).toEqual([404, 'voices-off']);
    expect(response.body).toMatch(/agent.speech/);
    expect((await listed('')).voices).toBe(false);
  });

  it.each([
    [{ said: false, busy: true }, 503, 'busy'],
    [{ said: false, busy: false }, 502, 'voice-failed'],
  ])('is told of when it came to nothing: %j', async (said, status, code) => {
    host(said);
    const response = await hello();
    expect([response.statusCode, codeOf(response)]).toEqual([status, code]);
  });

  it('is told of when the host is gone', async () => {
    host(undefined).answer = () => {
      throw new Error('gone');
    };
    expect(codeOf(await hello())).toBe('voice-failed');
  });

  it.each([
    [{ ...VOICE, timbre: 2 }, 'body.timbre: a number from 0.7 to 1.4; 1 is as it is'],
    [{ ...VOICE, pitch: 'high' }, 'body.pitch: a number from 0.6 to 1.6; 1 is as it is'],
    [{ timbre: 1, pitch: 1 }, 'body.pace: a number'],
    [{ ...VOICE, breath: 1 }, 'body: '],
  ])('is refused where it cannot be: %j', async (voice, message) => {
    host({ said: true, wav: WAV });
    const response = await hello(voice);
    expect([response.statusCode, codeOf(response)]).toEqual([400, 'bad-request']);
    expect(response.body).toContain(message);
  });

  it('[S1] is for those who may join, and has a limit per address', async () => {
    host({ said: true, wav: WAV });
    expect((await ask('POST', '/api/portraits/hello', VOICE, '')).statusCode).toBe(401);
    const statuses = [];
    for (let n = 0; n < 7; n++) statuses.push((await hello()).statusCode);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
  });
});

describe('the voice of a portrait', () => {
  it('is kept with it, and told with it', async () => {
    const { avatar, ownerSecret } = await made();
    expect(avatar.voice).toBeUndefined();
    const response = await ask('PATCH', `/api/portraits/${avatar.id}/voice`, VOICE, ownerSecret);
    expect(AvatarEntry.parse(response.json())).toEqual({ ...avatar, voice: VOICE });
    expect((await listed(avatar.id)).avatars).toEqual([{ ...avatar, voice: VOICE }]);
    expect(await portraits.voiceOf(avatar.id)).toEqual({ voice: VOICE });
    await ask('PATCH', `/api/portraits/${avatar.id}/voice`, PLAIN_VOICE, ownerSecret);
    expect(await portraits.voiceOf(avatar.id)).toEqual({ voice: PLAIN_VOICE });
    expect(await portraits.voiceOf('ollie')).toEqual({});
  });

  it('is given by its owner alone', async () => {
    const { avatar, ownerSecret } = await made();
    const url = `/api/portraits/${avatar.id}/voice`;
    expect((await ask('PATCH', url, VOICE, 'somebody')).statusCode).toBe(403);
    expect((await ask('PATCH', `/api/portraits/p-${'x'.repeat(22)}/voice`, VOICE, ownerSecret)).statusCode).toBe(404);
    expect((await ask('PATCH', url, { ...VOICE, pace: 9 }, ownerSecret)).statusCode).toBe(400);
    expect(await portraits.voiceOf(avatar.id)).toEqual({});
  });
});
