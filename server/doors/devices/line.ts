/** One WebSocket of a device: what it says is counted and checked, what it is told is written as it asked. */
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import { DEVICE, type DeviceHears, DeviceSays, writeAudioHeader } from '../../../protocol/device.ts';
import type { DeviceCodec } from '../../../protocol/device-media.ts';
import { RequestError } from '../../../protocol/errors.ts';
import type { Settings } from '../../../settings/settings.ts';
import { RateLimit } from '../../cluster/rate-limit.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import { wireError } from '../wire-error.ts';
import type { DeviceLine, DeviceSession } from './session.ts';

/** It has said hello by then. */
const HELLO_MS = 10_000;
/** It has answered the last of these by the next. */
const PING_MS = 10_000;
/** Bytes that wait for a device to read them, two seconds of sound: more is left out. */
const MOST_UNREAD = 64_000;
/** It reads nothing for so long: it is gone. */
const UNREAD_MS = 15_000;
/** Sound as fast as a microphone makes it, and what a stalled network lets go at once, s. */
const SOUND = { rate: 1.25, burstSeconds: 10 };
/** Of what is played, before the sound of a message. */
const POSITION_BYTES = 4;
/** Errors of one line that are answered; who makes more is closed. */
const MOST_ERRORS = 20;
/** WebSocket's codes (RFC 6455, 7.4.1). */
const CLOSED = { policy: 1008, over: 1000 };

export interface DeviceLineOptions {
  codec: DeviceCodec;
  /** Each binary message up begins with what the loudspeaker plays. */
  positions: boolean;
  /** Sound goes down as JSON, too. */
  json: boolean;
  address: string;
  limits: Settings['limits'];
  /** What all devices of an address may type. Throws RequestError. */
  typed(text: string): void;
  /** Gives it a seat, or its own again. Rejects with RequestError. */
  hello(line: DeviceLine, hello: Extract<DeviceSays, { type: 'hello' }>): Promise<DeviceSession>;
  metrics: Metrics;
  log: Logger;
}

export function serveDevice(socket: WebSocket, options: DeviceLineOptions): void {
  new SocketLine(socket, options);
}

class SocketLine implements DeviceLine {
  readonly #socket: WebSocket;
  readonly #options: DeviceLineOptions;
  readonly #requests: RateLimit;
  readonly #sound: RateLimit;
  readonly #timers: NodeJS.Timeout[];
  #session: DeviceSession | undefined;
  #greeting = false;
  #errors = 0;
  #answered = true;
  /** Since when it does not read. */
  #unreadMs: number | undefined;

  constructor(socket: WebSocket, options: DeviceLineOptions) {
    this.#socket = socket;
    this.#options = options;
    const { requestsPerSecond } = options.limits;
    const now = performance.now();
    this.#requests = new RateLimit(requestsPerSecond, 3 * requestsPerSecond, now);
    const bytesPerSecond = DEVICE.sampleRate * 2;
    this.#sound = new RateLimit(bytesPerSecond * SOUND.rate, bytesPerSecond * SOUND.burstSeconds, now);
    this.#timers = [
      setTimeout(() => {
        if (this.#session === undefined)
          this.end('bad-request', 'The first message is to be a hello, within ten seconds.', true);
      }, HELLO_MS),
      setInterval(() => this.#ping(), PING_MS),
    ];
    socket.on('pong', () => (this.#answered = true));
    socket.on('message', (data, binary) => this.#received(data, binary));
    // What is too large, or no WebSocket at all: `ws` closes it.
    socket.on('error', () => {});
    socket.once('close', () => this.#lost());
  }

  tell(message: DeviceHears): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  play({ sound, flags, sequence, position }: Parameters<DeviceLine['play']>[0]): boolean {
    if (this.#socket.bufferedAmount > MOST_UNREAD) {
      this.#unreadMs ??= performance.now();
      return false;
    }
    this.#unreadMs = undefined;
    const header = { flags, sequence, position };
    if (this.#options.json) this.tell({ type: 'audio', ...header, audio: Buffer.from(sound).toString('base64') });
    else this.#socket.send(Buffer.concat([writeAudioHeader(header), sound]));
    return true;
  }

  end(code: string, message: string, retryable: boolean): void {
    this.tell({ type: 'error', code, message, retryable });
    this.#socket.close(retryable ? CLOSED.over : CLOSED.policy, code);
  }

  #received(data: RawData, binary: boolean): void {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
    if (binary && this.#options.positions) this.#heardWithPosition(bytes);
    else if (binary) this.#heard(bytes);
    else void this.#said(bytes).catch(error => this.#refused(error));
  }

  #heardWithPosition(message: Buffer): void {
    if (message.length >= POSITION_BYTES) this.#heard(message.subarray(POSITION_BYTES), message.readUInt32LE(0));
    else
      this.#refused(
        new RequestError('bad-request', 'A message with played=frames begins with four bytes of position.'),
      );
  }

  #heard(sound: Uint8Array, played?: number): void {
    if (this.#session === undefined) {
      this.#refused(new RequestError('not-joined', 'Say hello first.'));
      return;
    }
    if (sound.length === 0) return;
    if (!this.#sound.take(performance.now(), sound.length)) {
      this.#options.metrics.limits.refused({ scope: 'socket', surface: 'devices' });
      this.end('rate-limited', 'More sound came than a microphone makes: 16 000 samples a second.', true);
      return;
    }
    this.#session.heard(sound, played);
  }

  async #said(bytes: Buffer): Promise<void> {
    if (!this.#requests.take(performance.now())) {
      this.#options.metrics.limits.refused({ scope: 'socket', surface: 'devices' });
      this.end('rate-limited', 'That were too many messages at once.', true);
      return;
    }
    const message = parsed(bytes);
    if (message.type === 'hello') return this.#greet(message);
    if (this.#session === undefined) throw new RequestError('not-joined', 'Say hello first.');
    if (message.type === 'audio') return this.#heard(decoded(message.audio));
    if (message.type === 'text') this.#options.typed(message.text);
    await this.#session.said(message);
    if (message.type === 'bye') this.#socket.close(CLOSED.over);
  }

  async #greet(hello: Extract<DeviceSays, { type: 'hello' }>): Promise<void> {
    if (this.#greeting) throw new RequestError('already-joined', 'This line has said hello already.');
    this.#greeting = true;
    try {
      const session = await this.#options.hello(this, hello);
      this.#session = session;
      if (this.#socket.readyState !== this.#socket.OPEN) session.lost(this);
    } catch (error) {
      const { code, message, retryable } = wireError(error, this.#options.log);
      this.#options.metrics.rooms.notJoined(code);
      this.end(code, message, retryable);
    }
  }

  #refused(error: unknown): void {
    const { code, message, retryable, retryAfterMs } = wireError(error, this.#options.log);
    this.#options.metrics.signaling.refused.inc({ code });
    this.#errors += 1;
    if (this.#errors > MOST_ERRORS) this.end(code, message, false);
    else
      this.tell({
        type: 'error',
        code,
        message,
        retryable,
        ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
      });
  }

  #ping(): void {
    const stuck = this.#unreadMs !== undefined && performance.now() - this.#unreadMs > UNREAD_MS;
    if (!this.#answered || stuck) this.#socket.terminate();
    this.#answered = false;
    this.#socket.ping();
  }

  #lost(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#session?.lost(this);
  }
}

function parsed(bytes: Buffer): DeviceSays {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new RequestError('bad-request', 'A text message is to be JSON; sound goes in binary ones.');
  }
  const { success, data, error } = DeviceSays.safeParse(json);
  if (success) return data;
  throw new RequestError('bad-request', z.prettifyError(error).slice(0, 300));
}

const decoded = (sound: string): Uint8Array =>
  sound.startsWith('hex:') ? Buffer.from(sound.slice(4), 'hex') : Buffer.from(sound, 'base64');
