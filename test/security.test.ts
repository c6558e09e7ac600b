import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { TrackSource } from 'livekit-server-sdk';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENTS_NAMESPACE, AGENTS_VERSION } from '../protocol/agents.ts';
import type { Reply } from '../protocol/errors.ts';
import { CLIENT_NAMESPACE, SIGNALING_VERSION } from '../protocol/signaling.ts';
import { answerTo, Caller, type Joined, tokenFor } from './harness/attacker.ts';
import { CHROMIUM, launchChromium } from './harness/browser.ts';
import { ServerProcess } from './harness/server-process.ts';
import { type System, startSystem, until } from './harness/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ graceMs: 200, agents: { spawn: 1 } });
  await system.ready();
});
afterAll(() => system?.close());

const OPUS = { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2, parameters: {} };
const VP8 = { mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000, parameters: {} };
let ssrc = 1000;
const track = (
  transportId: string,
  kind: 'audio' | 'video' = 'audio',
  source = kind === 'audio' ? 'microphone' : 'camera',
) => ({
  transportId,
  kind,
  source,
  rtpParameters: { codecs: [kind === 'audio' ? OPUS : VP8], encodings: [{ ssrc: ++ssrc }], rtcp: { cname: 'me' } },
});
const capabilities = {
  codecs: [{ ...OPUS, preferredPayloadType: 111, kind: 'audio', rtcpFeedback: [] }],
  headerExtensions: [],
};
const data = <T>(reply: Reply<unknown>): T => {
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.data as T;
};
const produce = async ({ caller, transports }: Joined) =>
  data<{ producerId: string }>(await caller.send('produce', track(transports!.send.id))).producerId;
async function joinCode(token: string): Promise<string> {
  const caller = await Caller.connect(system.url);
  const code = await caller.code('join', { version: SIGNALING_VERSION, token });
  caller.close();
  return code;
}

describe('[S1] joining', () => {
  it('needs a token of this server', async () => {
    const good = await tokenFor(system, 'ann', { room: 'red' });
    const [head, body, signature] = good.split('.');
    const claims = JSON.parse(Buffer.from(body!, 'base64url').toString()) as { video: object };
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const other = { ...system, keys: { ...system.keys, apiSecret: 'another secret of more than 32 characters' } };
    const forged = {
      'signed by somebody else': await tokenFor(other, 'ann', { room: 'red' }),
      'changed after signing': [head, encode({ ...claims, video: { ...claims.video, room: 'blue' } }), signature].join(
        '.',
      ),
      'without a signature': `${encode({ alg: 'none', typ: 'JWT' })}.${body}.`,
      'of another issuer': await tokenFor({ ...system, keys: { ...system.keys, apiKey: 'other' } }, 'ann', {
        room: 'red',
      }),
      'no token at all': 'let me in',
    };
    for (const [what, token] of Object.entries(forged))
      expect([what, await joinCode(token)]).toEqual([what, 'unauthorized']);
    expect(await joinCode(good)).toBe('ok');
  });

  it('needs one that is still valid, and that is for joining', async () => {
    expect(await joinCode(await tokenFor(system, 'ann', { room: 'red' }, { ttl: -60 }))).toBe('token-expired');
    expect(await joinCode(await tokenFor(system, 'ann', { roomJoin: false, room: 'red' }))).toBe('forbidden');
    expect(await joinCode(await tokenFor(system, 'ann', {}))).toBe('forbidden');
    expect(await joinCode(await tokenFor(system, 'avatar', { room: 'red' }))).toBe('forbidden');
  });

  it('leads to the room of the token, whatever else is asked for', async () => {
    const caller = await Caller.connect(system.url);
    const token = await tokenFor(system, 'ann', { room: 'red' });
    const joined = data<{ snapshot: { room: string; you: object } }>(
      await caller.send('join', { version: SIGNALING_VERSION, token, room: 'blue', identity: 'bob', canPublish: true }),
    );
    expect(joined.snapshot).toMatchObject({ room: 'red', you: { identity: 'ann' } });
    caller.close();
  });
});

describe('[S1] what a token does not grant', () => {
  it('publishing is forbidden', async () => {
    const { caller, transports } = await Caller.join(system, 'quiet', { room: 'red', canPublish: false });
    expect(await caller.code('produce', track(transports!.send.id))).toBe('forbidden');
    expect(await caller.code('say', { text: 'hello' })).toBe('ok');
    caller.close();
  });

  it('publishing other sources is forbidden', async () => {
    const grant = { room: 'red', canPublishSources: [TrackSource.MICROPHONE] };
    const { caller, transports } = await Caller.join(system, 'voice-only', grant);
    expect(await caller.code('produce', track(transports!.send.id, 'video'))).toBe('forbidden');
    expect(await caller.code('produce', track(transports!.send.id, 'video', 'screen'))).toBe('forbidden');
    expect(await caller.code('produce', track(transports!.send.id))).toBe('ok');
    caller.close();
  });

  it('watching is forbidden', async () => {
    const speaker = await Caller.join(system, 'speaker', { room: 'red' });
    const producerId = await produce(speaker);
    const { caller } = await Caller.join(system, 'blind', { room: 'red', canSubscribe: false });
    expect(await caller.code('consume', { producerId, rtpCapabilities: capabilities })).toBe('forbidden');
    caller.close();
    speaker.caller.close();
  });

  it('writing is forbidden', async () => {
    const { caller } = await Caller.join(system, 'mute', { room: 'red', canPublishData: false });
    expect(await caller.code('say', { text: 'hello' })).toBe('forbidden');
    caller.close();
  });

  it('nobody publishes as the avatar, or more than a few tracks', async () => {
    const { caller, transports } = await Caller.join(system, 'many', { room: 'red' });
    const { send, recv } = transports!;
    expect(await caller.code('produce', track(send.id, 'audio', 'avatar-voice'))).toBe('forbidden');
    expect(await caller.code('produce', track(send.id, 'video', 'avatar-face'))).toBe('forbidden');
    expect(await caller.code('produce', track(send.id, 'video', 'microphone'))).toBe('bad-request');
    expect(await caller.code('produce', track(recv.id))).toBe('bad-request');
    // All at once, so that each is asked for before any is there.
    const codes = await Promise.all(Array.from({ length: 12 }, () => caller.code('produce', track(send.id))));
    expect(codes.filter(code => code === 'ok')).toHaveLength(4);
    expect(codes.filter(code => code === 'forbidden')).toHaveLength(8);
    caller.close();
  });
});

describe('[S1] what belongs to others', () => {
  it('is not found: neither in the same room nor in another', async () => {
    const [ann, bob, far] = [
      await Caller.join(system, 'ann', { room: 'red' }),
      await Caller.join(system, 'bob', { room: 'red' }),
      await Caller.join(system, 'far', { room: 'blue' }),
    ];
    const producerId = await produce(ann);
    const rtpCapabilities = capabilities;
    const { consumerId } = data<{ consumerId: string }>(
      await bob.caller.send('consume', { producerId, rtpCapabilities }),
    );
    for (const { caller } of [bob, far]) {
      expect(await caller.code('producer.pause', { producerId })).toBe('not-found');
      expect(await caller.code('producer.resume', { producerId })).toBe('not-found');
      expect(await caller.code('producer.close', { producerId })).toBe('not-found');
      expect(await caller.code('transport.restartIce', { transportId: ann.transports!.send.id })).toBe('not-found');
      const dtlsParameters = { role: 'client', fingerprints: [] };
      expect(await caller.code('transport.connect', { transportId: ann.transports!.recv.id, dtlsParameters })).toBe(
        'not-found',
      );
      expect(await caller.code('produce', track(ann.transports!.send.id))).toBe('not-found');
    }
    for (const { caller } of [ann, far]) {
      expect(await caller.code('consumer.resume', { consumerId })).toBe('not-found');
      expect(await caller.code('consumer.pause', { consumerId })).toBe('not-found');
      expect(await caller.code('consumer.layers', { consumerId, spatialLayer: 0 })).toBe('not-found');
    }
    expect(await far.caller.code('consume', { producerId, rtpCapabilities })).toBe('not-found');
    expect(await bob.caller.code('consume', { producerId: 'made-up', rtpCapabilities })).toBe('not-found');
    for (const { caller } of [ann, bob, far]) caller.close();
  });

  it('seats cannot be taken by guessing, and a room’s words are heard in that room only', async () => {
    const [ann, far] = [
      await Caller.join(system, 'ann', { room: 'red' }),
      await Caller.join(system, 'far', { room: 'blue' }),
    ];
    const caller = await Caller.connect(system.url);
    for (const resumeKey of ['', 'ann', ann.resumeKey.slice(0, -1), ann.resumeKey.toLowerCase(), '__proto__'])
      expect(await caller.code('join', { version: SIGNALING_VERSION, token: 'x', resumeKey })).toBe('unauthorized');
    expect(await ann.caller.code('say', { text: 'a secret of the red room' })).toBe('ok');
    expect(await far.caller.code('say', { text: 'the blue room' })).toBe('ok');
    expect(JSON.stringify(far.caller.notices)).not.toContain('red room');
    for (const each of [caller, ann.caller, far.caller]) each.close();
  });
});

describe('[S1] names and connections', () => {
  const byHand = (request: string, url = system.url) => answerTo(url, request);

  it('a foreign name gets neither the page nor a token, a socket nor figures', async () => {
    for (const path of ['/', '/health', '/metrics', '/api/personas', '/socket.io/?EIO=4&transport=polling'])
      expect(await byHand(`GET ${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1.1 421 /,
      );
    const body = '{"name":"Ann"}';
    expect(
      await byHand(
        `POST /api/rooms/red/token HTTP/1.1\r\nHost: evil.example\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      ),
    ).toMatch(/^HTTP\/1.1 421 /);
    expect(
      await byHand(
        'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: evil.example:3000\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
      ),
    ).toMatch(/^HTTP\/1.1 421 /);
  });

  it('the page’s headers are with the answers of sockets, too', async () => {
    const answer = await fetch(`${system.url}/socket.io/?EIO=4&transport=polling`);
    expect(answer.status).toBe(200);
    for (const name of ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'x-frame-options'])
      expect(answer.headers.has(name), name).toBe(true);
  });

  it('what is half sent is not waited for', async () => {
    const began = performance.now();
    const host = 'Host: localhost\r\n';
    await Promise.all([
      byHand(''),
      byHand(`GET / HTTP/1.1\r\n${host}X-Slow: `),
      byHand(`POST /api/rooms/red/token HTTP/1.1\r\n${host}Content-Length: 100\r\n\r\n{"name`),
      byHand(`POST /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1\r\n${host}Content-Length: 100\r\n\r\n4`),
      byHand('', system.agentsUrl),
      byHand(`GET / HTTP/1.1\r\n${host}X-Slow: `, system.agentsUrl),
    ]);
    expect(performance.now() - began).toBeLessThan(40_000);
  });
});

describe('[S1] on the disk', () => {
  it('what the server writes is its owner’s alone, also in a folder that was open', async () => {
    const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-private-'));
    fs.chmodSync(dataDir, 0o755);
    const server = await ServerProcess.start(dataDir);
    try {
      const { caller } = await Caller.join(server, 'ann', { room: 'red' });
      await caller.code('say', { text: 'hello' });
      caller.close();
      await until('a journal', () => fs.existsSync(path.join(dataDir, 'journal')));
      expect(fs.statSync(dataDir).mode & 0o777).toBe(0o700);
      for (const name of fs.readdirSync(dataDir).filter(each => each !== 'test-config.yaml'))
        expect([name, fs.statSync(path.join(dataDir, name)).mode & 0o077]).toEqual([name, 0]);
    } finally {
      await server.kill('SIGTERM');
      fs.rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

describe('[S1] other doors', () => {
  it('agent hosts need the secret', async () => {
    const hello = { version: AGENTS_VERSION, hostId: 'evil', capacity: 100, personas: [] };
    for (const secret of [undefined, '', 'guess', `${system.hostSecret} `, { $ne: '' }])
      await expect(Caller.connect(system.agentsUrl, AGENTS_NAMESPACE, { ...hello, secret })).rejects.toThrow(/secret/);
    // Whoever may open the page cannot even knock.
    await expect(Caller.connect(system.url, AGENTS_NAMESPACE, { ...hello, secret: system.hostSecret })).rejects.toThrow(
      /namespace/i,
    );
    expect((await fetch(system.agentsUrl)).status).toBe(404);
    const { personas } = (await (await fetch(`${system.url}/api/personas`)).json()) as { personas: unknown[] };
    expect(personas.length).toBeGreaterThan(0);
  });

  it('there is nothing behind other namespaces', async () => {
    for (const namespace of ['/', '/admin', '/__proto__', `${CLIENT_NAMESPACE}/x`])
      await expect(Caller.connect(system.url, namespace)).rejects.toThrow();
  });

  it('a browser cannot speak as a host', async () => {
    const { caller } = await Caller.join(system, 'ann', { room: 'red' });
    for (const name of ['job.log', 'job.state', 'job.failed', 'status', 'drain'])
      expect(await caller.code(name, { jobId: 'x' })).toBe('bad-request');
    caller.close();
  });

  it('files outside the page are not served', async () => {
    for (const path of [
      '/..%2f..%2fpackage.json',
      '/%2e%2e/package.json',
      '/data/development-key.json',
      '/assets/..%2f..%2f..%2f..%2fetc%2fpasswd',
    ]) {
      const response = await fetch(`${system.url}${path}`);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.text()).not.toMatch(/apiSecret|root:|"dependencies"/);
    }
  });
});

describe.skipIf(CHROMIUM === undefined)('hostile people, on the page of somebody else', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it('their names and messages are shown as text and run nothing', async () => {
    const name = '<img src=x onerror="window.pwned=1">';
    const text = '<script>window.pwned=1</script><a href="javascript:window.pwned=1">click</a>';
    const context = await browser.newContext({ permissions: ['microphone', 'camera'] });
    const page = await context.newPage();
    const broken: string[] = [];
    page.on('console', message => {
      if (/Content Security Policy/.test(message.text())) broken.push(message.text());
    });
    page.on('pageerror', error => broken.push(error.message));
    await page.goto(`${system.url}/r/page?name=Ann&join=1`);
    await page.locator('video[data-kind="avatar"]').waitFor({ state: 'attached' });

    const { caller } = await Caller.join(system, 'mallory', { room: 'page' }, name);
    expect(await caller.code('say', { text })).toBe('ok');
    const log = page.getByRole('log', { name: 'Conversation' });
    await until('the message to be shown', async () => (await log.textContent())?.includes('<script>') === true);
    expect(await log.textContent()).toContain(text);
    expect(await log.textContent()).toContain(name);
    expect(await page.locator('img[src="x"], a[href^="javascript"]').count()).toBe(0);
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
    expect(broken).toEqual([]);
    caller.close();
    await context.close();
  });

  /** Microphones and cameras that a page has asked for. */
  const asked = (page: Page) => page.evaluate(() => (window as unknown as { asked: number }).asked);
  async function follow(path: string): Promise<Page> {
    const context = await browser.newContext({ permissions: ['microphone', 'camera'] });
    const page = await context.newPage();
    await page.addInitScript(() => {
      const counted = window as unknown as { asked: number };
      counted.asked = 0;
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = constraints => {
        counted.asked += 1;
        return open(constraints);
      };
    });
    await page.goto(`${system.url}${path}`);
    return page;
  }

  it('a link that joins at once opens neither microphone nor camera, before a click', async () => {
    const page = await follow('/r/trap?join=1&name=V');
    await page.getByRole('button', { name: 'Unmute microphone' }).waitFor();
    await page.getByText('Nobody hears or sees you yet').waitFor();
    await page.locator('video[data-kind="avatar"]').waitFor({ state: 'attached' });
    expect(await asked(page)).toBe(0);
    const [seat] = system.rooms.find('trap')!.seats.values();
    expect(seat!.media.producers()).toEqual([]);
    await page.getByRole('button', { name: 'Unmute microphone' }).click();
    await until('the microphone', () => seat!.media.producers().some(({ source }) => source === 'microphone'));
    expect(seat!.media.producers().map(({ source }) => source)).toEqual(['microphone']);
    await page.context().close();
  });

  it('whoever signs an invitation may vouch for it; it does not stay in the address’s query', async () => {
    const grant = { room: 'vouched' };
    const token = await tokenFor(system, 'ann', grant, { attributes: { devices: 'on' } });
    const page = await follow(`/r/vouched?join=1&token=${token}`);
    await page.getByRole('button', { name: 'Mute microphone' }).waitFor();
    const [seat] = system.rooms.find('vouched')!.seats.values();
    await until('the microphone', () => seat!.media.producers().some(({ source }) => source === 'microphone'));
    expect(new URL(page.url()).searchParams.has('token')).toBe(false);
    // One that does not vouch opens nothing.
    const plain = await follow(`/r/vouched?join=1#token=${await tokenFor(system, 'bob', grant)}`);
    await plain.getByRole('button', { name: 'Unmute microphone' }).waitFor();
    expect(await asked(plain)).toBe(0);
    for (const each of [page, plain]) await each.context().close();
  });

  it('a hostile address does the same', async () => {
    const page = await browser.newPage();
    await page.goto(`${system.url}/r/red?name=${encodeURIComponent('<img src=x onerror="window.pwned=1">')}`);
    await page.getByRole('button', { name: 'Join', exact: true }).waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
    await page.close();
  });
});
