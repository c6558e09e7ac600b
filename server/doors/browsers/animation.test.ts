import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AccessToken, type VideoGrant } from 'livekit-server-sdk';
import { Server } from 'socket.io';
import type { Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnimationEvent, AnimationMessage } from '../../../protocol/animation.ts';
import { CLIENT_NAMESPACE } from '../../../protocol/signaling.ts';
import { Settings } from '../../../settings/settings.ts';
import { connectSocket, request } from '../../../test/harness/socket.ts';
import { Tokens } from '../../auth/tokens.ts';
import { Dispatcher } from '../../hosts/dispatcher.ts';
import { SignalingLimits } from '../../limits/signaling.ts';
import { createMetrics, type Metrics } from '../../metrics/metrics.ts';
import { Rooms } from '../../rooms/registry.ts';
import { FakeEngine, gatesOf, silentLog } from '../../testing/fakes.ts';
import { serveBrowsers } from './browsers.ts';

const KEYS = { apiKey: 'key', apiSecret: 'k'.repeat(40) };
const gaze = (x: number): AnimationEvent => ({ type: 'gaze', at_ms: 1, x, y: 0, duration_ms: 120 });

let io: Server;
let url: string;
let rooms: Rooms;
let metrics: Metrics;
let dispatcher: Dispatcher;
let sockets: Socket[];

beforeEach(async () => {
  metrics = createMetrics();
  dispatcher = new Dispatcher(silentLog, metrics);
  rooms = new Rooms({ engine: new FakeEngine(), graceMs: 0, maxRooms: 5, maxPeople: 5, listener: dispatcher.listener });
  const http = createServer();
  io = new Server(http);
  const { limits } = Settings.parse({});
  serveBrowsers(io.of(CLIENT_NAMESPACE), limits, {
    rooms,
    tokens: new Tokens(KEYS, 3600_000),
    iceServers: [],
    sharedLimits: new SignalingLimits(limits, gatesOf(metrics)),
    metrics,
    log: silentLog,
  });
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.disconnect();
  rooms.close();
  dispatcher.close();
  await io.close();
});

/** Somebody in the room, and what they are told of the animation. */
async function person(identity: string, grant: VideoGrant = {}) {
  const token = new AccessToken(KEYS.apiKey, KEYS.apiSecret, { identity, ttl: '1h' });
  token.addGrant({ roomJoin: true, room: 'red', ...grant });
  const socket = connectSocket(url);
  sockets.push(socket);
  const messages: AnimationMessage[] = [];
  socket.on('animation', (message: AnimationMessage) => messages.push(message));
  await request(socket, 'join', { version: 1, token: await token.toJwt() });
  return { socket, messages };
}
/** What is said to somebody arrives before the answer to their next request. */
const settled = (socket: Socket) => request(socket, 'animation.unsubscribe', {});

describe('asking for the animation', () => {
  it('brings it, until it is asked for no more; who does not ask gets nothing', async () => {
    const [ann, bob] = [await person('ann'), await person('bob')];
    const { animation } = rooms.find('red')!;
    animation.push([gaze(0.1)]);
    await request(ann.socket, 'animation.subscribe', {});
    animation.push([gaze(0.2)]);
    await vi.waitUntil(() => ann.messages.length === 2, 10_000);
    await settled(ann.socket);
    animation.push([gaze(0.3)]);
    await Promise.all([settled(ann.socket), settled(bob.socket)]);
    expect(ann.messages).toEqual([
      { identity: 'avatar', events: [gaze(0.1)], dropped: 0 },
      { identity: 'avatar', events: [gaze(0.2)], dropped: 0 },
    ]);
    expect(bob.messages).toEqual([]);
    expect(await metrics.registry.metrics()).toContain('visavis_animation_events_total{outcome="sent"} 2');
  });

  it('[S1] needs a seat, and a token that allows to watch', async () => {
    const outside = connectSocket(url);
    sockets.push(outside);
    await expect(request(outside, 'animation.subscribe', {})).rejects.toMatchObject({ code: 'not-joined' });
    const mute = await person('mute', { canSubscribe: false });
    await expect(request(mute.socket, 'animation.subscribe', {})).rejects.toMatchObject({ code: 'forbidden' });
    rooms.find('red')!.animation.push([gaze(0.1)]);
    await settled(mute.socket);
    expect(mute.messages).toEqual([]);
  });

  it.each([0, 49, 1001, -1, '50', null, Number.POSITIVE_INFINITY])('every %j ms is refused', async everyMs => {
    const { socket } = await person('ann');
    const asked = request(socket, 'animation.subscribe', { everyMs: everyMs as number });
    // JSON knows no infinity: it arrives as null.
    await expect(asked).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('[S1] ends with the seat', async () => {
    const ann = await person('ann');
    const { animation } = rooms.find('red')!;
    await request(ann.socket, 'animation.subscribe', {});
    await person('bob');
    await request(ann.socket, 'leave', {});
    animation.push([gaze(0.1)]);
    await expect(settled(ann.socket)).rejects.toMatchObject({ code: 'not-joined' });
    expect(ann.messages).toEqual([]);
  });

  it('must be repeated on a new connection', async () => {
    const ann = await person('ann');
    await person('bob');
    await request(ann.socket, 'animation.subscribe', {});
    const again = await person('ann');
    rooms.find('red')!.animation.push([gaze(0.1)]);
    await settled(again.socket);
    expect([...ann.messages, ...again.messages]).toEqual([]);
  });
});
