/** A gadget: a WebSocket, a microphone that runs in real time, a loudspeaker that keeps what it is sent. */
import { WebSocket } from 'ws';
import { type AudioHeader, DEVICE, DeviceHears, readAudioHeader } from '../../protocol/device.ts';
import { until } from './system.ts';

const FRAME = DEVICE.sampleRate / 50;
const TICK_MS = 20;
const BUFFER_MS = 80;
/** Mean square above which a chunk is heard. */
const AUDIBLE = 100 ** 2;

export interface HeardChunk extends AudioHeader {
  atMs: number;
  pcm: Int16Array;
}

export class Device {
  readonly messages: DeviceHears[] = [];
  readonly chunks: HeardChunk[] = [];
  closed: { code: number; reason: string } | undefined;
  readonly #socket: WebSocket;
  readonly #tellsPlayed: boolean;
  #microphone: Int16Array[] = [];
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;
  /** What the loudspeaker plays comes back into the microphone: so much later, so much fainter. */
  #playsAtMs: number | undefined;
  #echo: { delayMs: number; gain: number } | undefined;

  /** @param url of the server, `http://…` */
  static async open(
    url: string,
    { id = 'octopus', token, query = '' }: { id?: string; token: string; query?: string },
  ) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/device/${id}?token=${token}${query}`);
    const device = new Device(socket, query.includes('played=frames'));
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return device;
  }

  private constructor(socket: WebSocket, tellsPlayed: boolean) {
    this.#socket = socket;
    this.#tellsPlayed = tellsPlayed;
    socket.on('message', (data: Buffer, binary) => {
      if (binary) this.#heard(data);
      else this.messages.push(DeviceHears.parse(JSON.parse(data.toString())));
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      clearInterval(this.#timer);
    });
    socket.on('error', () => {});
  }

  send(message: unknown): void {
    this.#socket.send(typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message));
  }

  /** Says hello, and begins to send what its microphone hears. */
  async hello(more: object = {}): Promise<Extract<DeviceHears, { type: 'welcome' }>> {
    this.send({ type: 'hello', version: 1, ...more });
    await until('a welcome', () => this.of('welcome').length > 0);
    const startMs = performance.now();
    this.#timer = setInterval(() => {
      for (; this.#ticks * TICK_MS < performance.now() - startMs; this.#ticks++) {
        const frame = this.#microphone.shift() ?? new Int16Array(FRAME);
        if (this.#echo !== undefined) this.#add(frame, startMs + this.#ticks * TICK_MS);
        this.#socket.send(Buffer.concat([this.#played(startMs + this.#ticks * TICK_MS), new Uint8Array(frame.buffer)]));
      }
    }, TICK_MS);
    return this.of('welcome')[0]!;
  }

  of<T extends DeviceHears['type']>(type: T): Extract<DeviceHears, { type: T }>[] {
    return this.messages.filter((message): message is Extract<DeviceHears, { type: T }> => message.type === type);
  }

  /** Speaks; resolves when the last sample has been sent, to that time. */
  async speak(pcm: Int16Array): Promise<number> {
    for (let at = 0; at < pcm.length; at += FRAME) {
      const frame = new Int16Array(FRAME);
      frame.set(pcm.subarray(at, at + FRAME));
      this.#microphone.push(frame);
    }
    await until('the words to be said', () => this.#microphone.length === 0, 60_000);
    return performance.now();
  }

  echo(echo: { delayMs: number; gain: number }): void {
    this.#echo = echo;
  }

  /** When sound was first received since then, if it was. */
  heardSince(sinceMs: number): HeardChunk | undefined {
    return this.chunks.find(({ atMs, pcm }) => atMs > sinceMs && loudness(pcm) > AUDIBLE);
  }

  /** The last sound that was received until then. */
  lastHeard(untilMs = Number.POSITIVE_INFINITY): HeardChunk | undefined {
    return this.chunks.findLast(({ atMs, pcm }) => atMs < untilMs && loudness(pcm) > AUDIBLE);
  }

  /** Resolves when nothing was heard for so long. */
  quiet(quietMs = 900): Promise<void> {
    return until('silence', () => {
      const last = this.lastHeard();
      return last === undefined || performance.now() - last.atMs > quietMs;
    });
  }

  /** Everything that was received since then, as it would be played. */
  recorded(sinceMs: number): Int16Array {
    const chunks = this.chunks.filter(({ atMs }) => atMs > sinceMs);
    const from = chunks[0]?.position ?? 0;
    const last = chunks.at(-1);
    const all = new Int16Array(last === undefined ? 0 : last.position + last.pcm.length - from);
    for (const { position, pcm } of chunks) all.set(pcm, position - from);
    return all;
  }

  /** As a device whose power fails. */
  drop(): void {
    this.#socket.terminate();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }

  #heard(data: Buffer): void {
    const header = readAudioHeader(data);
    if (header === undefined) throw new Error('a binary message without a header');
    const pcm = new Int16Array((data.length - DEVICE.headerBytes) / 2);
    for (const i of pcm.keys()) pcm[i] = data.readInt16LE(DEVICE.headerBytes + 2 * i);
    const atMs = performance.now();
    this.chunks.push({ atMs, ...header, pcm });
    // Played with the same delay as ever; later from now on, where it came too late for that.
    const earliestMs = atMs - (header.position * 1000) / DEVICE.sampleRate;
    if (this.#playsAtMs === undefined || earliestMs > this.#playsAtMs) this.#playsAtMs = earliestMs + BUFFER_MS;
  }

  /** Where its loudspeaker is at that time, as four bytes; none where nobody asked. */
  #played(atMs: number): Uint8Array {
    if (!this.#tellsPlayed) return new Uint8Array(0);
    const out = Buffer.alloc(4);
    const playsAtMs = this.#playsAtMs ?? atMs;
    out.writeUInt32LE(Math.max(0, Math.round(((atMs - playsAtMs) * DEVICE.sampleRate) / 1000)));
    return out;
  }

  /** What the loudspeaker plays, evenly, comes back into the frame that the microphone hears now. */
  #add(frame: Int16Array, atMs: number): void {
    const { delayMs, gain } = this.#echo!;
    if (this.#playsAtMs === undefined) return;
    const position = Math.round(((atMs - delayMs - this.#playsAtMs) * DEVICE.sampleRate) / 1000);
    const chunks = this.chunks.slice(-50);
    for (const i of frame.keys()) {
      const chunk = chunks.find(
        each => position + i >= each.position && position + i < each.position + each.pcm.length,
      );
      const heard = chunk?.pcm[position + i - chunk.position] ?? 0;
      frame[i] = Math.max(-32_768, Math.min(32_767, frame[i]! + gain * heard));
    }
  }
}

const loudness = (pcm: Int16Array) => pcm.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, pcm.length);
