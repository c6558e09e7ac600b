import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { Room } from '@livekit/rtc-node';
import { AccessToken } from 'livekit-server-sdk';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AvatarWorker } from '../agents/avatar-worker/server.ts';
import { Avatars } from '../agents/avatars.ts';
import { MediaPool } from '../agents/media/conversation-media.ts';
import { resampled } from '../agents/speak/resample.ts';
import { TestEars } from './harness/ears.ts';
import { AVATAR, HAS_LIVEKIT, LiveKitPerson, LiveKitServer } from './harness/livekit.ts';
import { wordErrors } from './harness/stats.ts';
import { until } from './harness/system.ts';
import { TestVoice } from './harness/voice.ts';

const SENTENCE = 'The small dog and the old cat went home together in the rain.';
const RATE = 24_000;
const SECRET = 'a-secret-of-the-worker';
const PYTHON = process.env.LIVEKIT_AGENTS_PYTHON ?? 'python3';
const HAS_AGENTS = spawnSync(PYTHON, ['-c', 'import livekit.agents'], { stdio: 'ignore' }).status === 0;

interface Told {
  playback_position: number;
  interrupted: boolean;
}

describe.skipIf(!HAS_LIVEKIT)('our face for other people’s agents (skipped where there is no LiveKit server)', () => {
  let server: LiveKitServer;
  let worker: AvatarWorker;
  let pool: MediaPool;
  let voice: TestVoice;
  let ears: TestEars;
  let sentence: Int16Array;

  beforeAll(async () => {
    [voice, ears] = [new TestVoice(), new TestEars()];
    const face = { rig: 'avatars/ollie', width: 512, height: 512, frameRate: 25, bitrate: 800_000 };
    pool = new MediaPool({ listenIp: '127.0.0.1', face });
    const avatars = new Avatars({ avatars: 'avatars', portraits: 'data/portraits' });
    const log = pino({ level: process.env.VISAVIS_TEST_LOG ?? 'silent' });
    const options = { host: '127.0.0.1', port: 0, secret: SECRET, capacity: 2, avatars, usual: face.rig, pool, log };
    [server, worker] = await Promise.all([LiveKitServer.start(), AvatarWorker.open(options), ears.ready()]);
    sentence = resampled(await voice.say(SENTENCE), 16_000, RATE);
  });
  /** What a test leaves, however it ends. */
  let leaving: (() => Promise<void>) | undefined;
  afterEach(async () => {
    await leaving?.();
    leaving = undefined;
    await until('nobody', () => worker.faces === 0);
  });
  afterAll(async () => {
    await worker?.close();
    await Promise.all([pool?.close(), server?.close(), voice?.close(), ears?.close()]);
  });

  const launch = (body: object, headers: Record<string, string> = { authorization: `Bearer ${SECRET}` }) =>
    fetch(`http://127.0.0.1:${worker.port}/launch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  /** As an agent makes one for its avatar. */
  const avatarToken = async (room: string, agent: string) => {
    const attributes = { 'lk.publish_on_behalf': agent };
    const token = new AccessToken(server.apiKey, server.apiSecret, { identity: AVATAR, ttl: '5m', attributes });
    token.kind = 'agent';
    token.addGrant({ roomJoin: true, room, canPublish: true, canSubscribe: true, canPublishData: true });
    return token.toJwt();
  };

  it('speaks what an agent streams, moves, tells when it begins and ends, and stops when it is told to', async () => {
    const ann = await LiveKitPerson.join(server, 'lent', 'Ann', { sees: true });
    const agent = new Room();
    leaving = async () => {
      await agent.disconnect();
      await ann.leave();
    };
    await agent.connect(server.url, await server.token('agent', 'lent'), { autoSubscribe: false, dynacast: false });
    const told: Told[] = [];
    let started = 0;
    agent.localParticipant!.registerRpcMethod('lk.playback_started', async () => {
      started += 1;
      return 'ok';
    });
    agent.localParticipant!.registerRpcMethod('lk.playback_finished', async ({ payload }) => {
      told.push(JSON.parse(payload) as Told);
      return 'ok';
    });
    const stream = async (times: number) => {
      const writer = await agent.localParticipant!.streamBytes({
        topic: 'lk.audio_stream',
        destinationIdentities: [AVATAR],
        attributes: { sample_rate: String(RATE), num_channels: '1' },
      });
      const bytes = new Uint8Array(sentence.buffer, sentence.byteOffset, sentence.byteLength);
      for (let i = 0; i < times; i++) await writer.write(bytes);
      await writer.close();
    };
    const clear = () =>
      agent.localParticipant!.performRpc({ destinationIdentity: AVATAR, method: 'lk.clear_buffer', payload: '' });

    expect((await launch({ url: server.url, token: await avatarToken('lent', 'agent') })).status).toBe(200);
    await until('its face', () => ann.pictures.length > 5);
    await stream(1);
    await until('the end of it', () => told.length === 1);
    const seconds = sentence.length / RATE;
    expect(told[0]!.interrupted).toBe(false);
    expect(told[0]!.playback_position).toBeCloseTo(seconds, 1);
    expect(started).toBe(1);
    await until('quiet', () => ann.isQuiet);
    const heard = await ears.transcribe(ann.heardSince(0));
    const { errors, words } = wordErrors(SENTENCE, heard);
    expect(errors / words, heard).toBeLessThan(0.5);
    const spoken = ann.loudSeconds(0);
    expect(spoken).toBeGreaterThan(0.6 * seconds);
    expect(spoken).toBeLessThan(1.2 * seconds);
    expect(ann.pictures.at(-1)).toMatchObject({ width: 512, height: 512 });

    const streamedMs = performance.now();
    await stream(4);
    await until('some of it', () => started === 2 && performance.now() - ann.heardMs < 100);
    await new Promise(resolve => setTimeout(resolve, 1500));
    await clear();
    await until('word of it', () => told.length === 2);
    expect(told[1]!.interrupted).toBe(true);
    // As far as it was heard, and no further.
    expect(told[1]!.playback_position).toBeGreaterThan(1);
    expect(told[1]!.playback_position).toBeLessThan((performance.now() - streamedMs) / 1000);
    await until('quiet', () => ann.isQuiet);
    // Somebody else has no say in it.
    await expect(
      ann.room.localParticipant!.performRpc({ destinationIdentity: AVATAR, method: 'lk.clear_buffer', payload: '' }),
    ).rejects.toThrow();

    await agent.disconnect();
    await until('its going', () => worker.faces === 0);
  });

  it('says what is wrong with what it is asked', async () => {
    const body = { url: server.url, token: await avatarToken('wrong', 'agent') };
    const refused = async (asked: object, headers?: Record<string, string>) => {
      const response = await launch(asked, headers);
      return [response.status, ((await response.json()) as { error: string }).error];
    };
    expect(await refused(body, {})).toEqual([401, expect.stringContaining('AVATAR_WORKER_SECRET')]);
    expect(await refused({ ...body, avatar: 'nobody' })).toEqual([404, expect.stringContaining('nobody')]);
    expect(await refused({ ...body, avatar: '../../etc' })).toEqual([400, expect.stringContaining('avatar')]);
    expect(await refused({ ...body, token: await server.token('x', 'wrong') })).toEqual([
      400,
      expect.stringContaining('lk.publish_on_behalf'),
    ]);
    expect(await refused({ ...body, token: `${body.token}x` })).toEqual([
      502,
      expect.stringContaining('refused the key'),
    ]);
    await until('nobody', () => worker.faces === 0);
  });

  it.skipIf(!HAS_AGENTS)(
    'speaks for an agent of LiveKit’s own framework (skipped where Python has no livekit-agents)',
    async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-agent-'));
      const file = path.join(folder, 'sentence.pcm');
      fs.writeFileSync(file, new Uint8Array(sentence.buffer, sentence.byteOffset, sentence.byteLength));
      const ann = await LiveKitPerson.join(server, 'python', 'Ann');
      leaving = () => ann.leave();
      const script = path.join(import.meta.dirname, 'harness/avatar_agent.py');
      const token = await server.token('py-agent', 'python');
      const child = spawn(PYTHON, [script, server.url, token, AVATAR, file], { stdio: ['ignore', 'pipe', 'inherit'] });
      const events: { event: string; at: number; position?: number; interrupted?: boolean; seconds?: number }[] = [];
      readline.createInterface({ input: child.stdout }).on('line', line => events.push(JSON.parse(line)));
      const of = (event: string) => events.find(each => each.event === event);
      try {
        expect((await launch({ url: server.url, token: await avatarToken('python', 'py-agent') })).status).toBe(200);
        await until('its sentence', () => of('played') !== undefined);
        expect(of('played')).toMatchObject({ interrupted: false });
        expect(of('played')!.position).toBeCloseTo(of('played')!.seconds!, 1);
        await until('its being cut short', () => of('cut') !== undefined);
        expect(of('cut')).toMatchObject({ interrupted: true });
        // As far as it had been played by then: it was let speak for two and a half seconds.
        expect(of('cut')!.position).toBeGreaterThan(1.5);
        expect(of('cut')!.position).toBeLessThan(of('clearing')!.at - of('pushing')!.at + 0.5);
        await until('its end', () => child.exitCode !== null);
        expect(events.filter(({ event }) => event === 'started')).toHaveLength(2);
        await until('its going', () => worker.faces === 0);
      } finally {
        child.kill('SIGKILL');
        fs.rmSync(folder, { recursive: true });
      }
    },
  );
});
