/** The device door: `GET /ws/device/:deviceId`, a WebSocket (docs/devices.md). */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { DEVICE, DeviceId, type DeviceSays } from '../../../protocol/device.ts';
import type { DeviceCodec } from '../../../protocol/device-media.ts';
import { RequestError } from '../../../protocol/errors.ts';
import { DEFAULT_CONSENT } from '../../../protocol/feelings.ts';
import type { Settings } from '../../../settings/settings.ts';
import { sameSecret } from '../../auth/secrets.ts';
import type { Tokens } from '../../auth/tokens.ts';
import { networkOf } from '../../limits/gate.ts';
import type { SignalingLimits } from '../../limits/signaling.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { Rooms } from '../../rooms/registry.ts';
import { browserMedia } from '../../rooms/room-control.ts';
import { serveDevice } from './line.ts';
import { DeviceMedia } from './media.ts';
import { type DeviceLine, DeviceSession } from './session.ts';

export interface DeviceDoorOptions {
  config: Settings;
  rooms: Rooms;
  tokens: Tokens;
  limits: SignalingLimits;
  addressOf(request: IncomingMessage): string;
  metrics: Metrics;
  log: Logger;
}

export interface DeviceDoor {
  /** Ends every device's line, and the thread behind them [C1]. */
  close(): Promise<void>;
}

/** What the address says. */
interface Asked {
  deviceId: string;
  token: string;
  codec: DeviceCodec;
  positions: boolean;
  json: boolean;
}

/** Takes upgrades under `/ws/device/`; others are left to who else listens. Call it before `standBefore`. */
export function serveDevices(server: HttpServer, options: DeviceDoorOptions): DeviceDoor {
  const { config, limits, addressOf, metrics, log } = options;
  const prefix = `${config.basePath}ws/device/`;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: DEVICE.messageBytes, perMessageDeflate: false });
  const media = new DeviceMedia(log);
  const sessions = new Set<DeviceSession>();

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const asked = askedFor(request, prefix);
    if (asked === undefined) return;
    const address = addressOf(request);
    if (sockets.clients.size >= config.limits.sockets || !limits.mayConnect(address)) {
      socket.on('error', () => {});
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 10\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, line => {
      line.once('close', limits.hold(address));
      serve(line, asked, address);
    });
  });

  function serve(socket: WebSocket, asked: Asked, address: string): void {
    serveDevice(socket, {
      ...asked,
      address,
      limits: config.limits,
      typed: text => limits.text(address, text),
      hello: (line, hello) => greet(line, hello, asked, address),
      metrics,
      log,
    });
  }

  async function greet(
    line: DeviceLine,
    hello: Extract<DeviceSays, { type: 'hello' }>,
    asked: Asked,
    address: string,
  ): Promise<DeviceSession> {
    limits.join(asked.token);
    const { resume } = hello;
    if (resume !== undefined) {
      const back = await kept(resume, asked.token);
      if (back !== undefined) {
        back.resume(line);
        welcome(line, back, asked, true);
        return back;
      }
    }
    const session = await join(line, hello, asked, address);
    welcome(line, session, asked, false);
    return session;
  }

  /** A seat by its key, for who shows the token that it was taken with, too. */
  async function kept(key: string, token: string): Promise<DeviceSession | undefined> {
    const holder = await options.tokens.holder(token);
    for (const session of sessions)
      if (session.seat.admission.identity === holder.identity && sameSecret(session.seat.resumeKey, key))
        return session;
    return undefined;
  }

  async function join(
    line: DeviceLine,
    { screen }: Extract<DeviceSays, { type: 'hello' }>,
    { deviceId, token, codec }: Asked,
    address: string,
  ): Promise<DeviceSession> {
    const admission = await options.tokens.check(token);
    if (admission.guest !== true && admission.identity !== deviceId)
      throw new RequestError(
        'forbidden',
        'This token is for another device: its identity is not the one in the address.',
      );
    if (!admission.canPublish || !admission.canSubscribe)
      throw new RequestError('forbidden', 'This token does not allow the device to speak and to listen.');
    const room = await options.rooms.enter(admission, networkOf(address));
    let session: DeviceSession | undefined;
    const seat = room.join(
      admission,
      (name, payload) => session?.notify(name, payload),
      DEFAULT_CONSENT,
      () => {},
    );
    const sound = media.open(codec, {
      chunk: chunk => session?.chunk(chunk),
      flooded: () => log.debug({ device: deviceId }, 'a device sends more sound than its microphone makes'),
      failed: () => session?.failed(),
    });
    try {
      const plain = await browserMedia(seat.media).connectPlain(sound.ssrc, ip => sound.bind(ip));
      sound.send({ type: 'connect', ip: plain.ip, port: plain.port });
      session = new DeviceSession({ room, seat, sound, plain }, line, {
        screen,
        ended: () => session !== undefined && sessions.delete(session),
      });
      sessions.add(session);
      room.published(seat, plain.microphone);
      return session;
    } catch (error) {
      sound.close();
      room.leave(seat, 'lost');
      throw error;
    }
  }

  return {
    async close() {
      for (const session of [...sessions]) session.close();
      for (const socket of sockets.clients) socket.terminate();
      await media.close();
    },
  };
}

function welcome(line: DeviceLine, { room, seat }: DeviceSession, { codec }: Asked, resumed: boolean): void {
  line.tell({
    type: 'welcome',
    version: 1,
    room: room.name,
    identity: seat.admission.identity,
    resume: seat.resumeKey,
    resumed,
    codec,
    sample_rate: DEVICE.sampleRate,
    chunk_ms: DEVICE.chunkMs,
  });
}

/** Undefined for what is no device's. */
function askedFor(request: IncomingMessage, prefix: string): Asked | undefined {
  const url = URL.parse(request.url ?? '', 'http://device');
  if (url === null || !url.pathname.startsWith(prefix)) return undefined;
  const id = DeviceId.safeParse(url.pathname.slice(prefix.length));
  const bearer = /^Bearer ([\w.~+/-]{1,4096}=*)$/i.exec(request.headers.authorization ?? '')?.[1];
  return {
    deviceId: id.data ?? '',
    token: bearer ?? url.searchParams.get('token') ?? '',
    codec: url.searchParams.get('codec') === 'opus' ? 'opus' : 'pcm',
    positions: url.searchParams.get('played') === 'frames',
    json: url.searchParams.get('audio') === 'json',
  };
}
