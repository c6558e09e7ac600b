/** One device's sound between its door and its room: Opus over plain RTP there, frames and chunks here. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { MessagePort } from 'node:worker_threads';
import { createDecoder, createEncoder, type OpusDecoderHandle, type OpusEncoderHandle } from 'libopus-wasm';
import type { Paced, Pacer } from '../agents/media/pacer.ts';
import { OpusReceiver } from '../agents/media/rtp/opus-receiver.ts';
import { Peer } from '../agents/media/rtp/peer.ts';
import { isRtcp, readRtp } from '../agents/media/rtp/wire.ts';
import { VoiceSender } from '../agents/media/sender.ts';
import { AUDIO_FLAGS, DEVICE } from '../protocol/device.ts';
import type { FromDeviceMedia, OpenDevice, ToDeviceMedia } from '../protocol/device-media.ts';
import { Loudspeaker } from './loudspeaker.ts';
import { Framer, Hangover, Microphone } from './microphone.ts';
import { OwnVoice } from './own-voice.ts';

/** Bit/s of what a device hears in Opus. */
const DOWN_BITRATE = 24_000;

interface Heard {
  identity: string;
  receiver: OpusReceiver;
}

/** Its encoder and decoder are there for devices that speak Opus. */
interface LineParts {
  voice: VoiceSender;
  encoder?: OpusEncoderHandle;
  decoder?: OpusDecoderHandle;
  pacer: Pacer;
}

/** Opens it; tells its port `bound`, or `failed`. */
export async function openLine(init: OpenDevice<MessagePort>, pacer: Pacer): Promise<DeviceLine> {
  const voice = await VoiceSender.create(init.ssrc, DEVICE.sampleRate);
  if (init.codec === 'pcm') return new DeviceLine(init, { voice, pacer });
  const shape = { sampleRate: DEVICE.sampleRate, channels: 1 } as const;
  const encoder = await createEncoder({ ...shape, bitrate: DOWN_BITRATE, complexity: 1 });
  return new DeviceLine(init, { voice, encoder, decoder: await createDecoder(shape), pacer });
}

export class DeviceLine implements Paced {
  readonly standby = false;
  readonly #init: OpenDevice<MessagePort>;
  readonly #parts: LineParts;
  readonly #socket: Socket;
  readonly #microphone = new Microphone();
  readonly #ownVoice = new OwnVoice();
  readonly #framer = new Framer();
  readonly #hangover = new Hangover();
  readonly #loudspeaker = new Loudspeaker();
  readonly #heard = new Map<number, Heard>();
  /** Whose voice is to be heard: making a decoder takes a moment, in which that may change. */
  readonly #wanted = new Map<string, number>();
  #target: Peer | undefined;
  #closed = false;

  constructor(init: OpenDevice<MessagePort>, parts: LineParts) {
    this.#init = init;
    this.#parts = parts;
    this.#socket = createSocket({ type: init.ip.includes(':') ? 'udp6' : 'udp4' });
    this.#socket.on('message', (data, from) => this.#received(data, from));
    this.#socket.on('error', error => this.#post({ type: 'failed', message: error.message }));
    this.#socket.bind(0, init.ip, () => this.#post({ type: 'bound', port: this.#socket.address().port }));
    init.port.on('message', (message: ToDeviceMedia) => this.#told(message));
    parts.pacer.add(this);
  }

  late(): void {}

  step(): void {
    const nowMs = this.#parts.pacer.nowMs();
    for (const { identity, receiver } of this.#heard.values())
      for (const frame of receiver.poll(nowMs)) this.#loudspeaker.push(identity, frame);
    const chunk = this.#loudspeaker.step();
    if (chunk !== undefined) this.#sendDown(chunk);
    for (const { sound, timestamp } of this.#microphone.step()) {
      const audible = sound === undefined ? undefined : this.#hangover.of(sound);
      const packet = this.#parts.voice.frame(audible, timestamp);
      if (packet !== undefined) this.#sendUp(packet);
    }
  }

  #told(message: ToDeviceMedia): void {
    switch (message.type) {
      case 'connect':
        this.#target = new Peer(message.ip, message.port);
        break;
      case 'sound':
        if (message.played !== undefined) this.#ownVoice.played(message.played);
        this.#heardUp(message.sound);
        break;
      case 'listen':
        void this.#listen(message);
        break;
      case 'unlisten':
        this.#unlisten(message.identity);
        break;
      case 'played':
        this.#ownVoice.played(message.position);
        break;
      case 'flush':
        this.#loudspeaker.flush();
        this.#pass(this.#ownVoice.stopped());
        break;
      case 'close':
        this.#close();
    }
  }

  #heardUp(sound: Uint8Array): void {
    for (const frame of this.#frames(sound)) this.#pass(this.#ownVoice.hear(frame));
  }

  #pass(heard: Int16Array[]): void {
    for (const frame of heard)
      if (!this.#microphone.push(frame)) {
        this.#post({ type: 'flooded' });
        return;
      }
  }

  #frames(sound: Uint8Array): Iterable<Int16Array> {
    const { decoder } = this.#parts;
    if (decoder === undefined) return this.#framer.push(sound);
    try {
      const pcm = decoder.decode(sound);
      return this.#framer.push(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength));
    } catch {
      // No Opus: whoever sends it is not heard.
      return [];
    }
  }

  async #listen({ identity, ssrc, avatar }: Extract<ToDeviceMedia, { type: 'listen' }>): Promise<void> {
    this.#unlisten(identity);
    this.#wanted.set(identity, ssrc);
    const receiver = await OpusReceiver.create();
    if (this.#closed || this.#wanted.get(identity) !== ssrc) return receiver.close();
    this.#heard.set(ssrc, { identity, receiver });
    this.#loudspeaker.add(identity, avatar);
  }

  #unlisten(identity: string): void {
    this.#wanted.delete(identity);
    this.#loudspeaker.remove(identity);
    for (const [ssrc, each] of this.#heard)
      if (each.identity === identity) {
        this.#heard.delete(ssrc);
        each.receiver.close();
      }
  }

  #received(data: Buffer, from: RemoteInfo): void {
    if (this.#target?.sent(from) !== true || isRtcp(data)) return;
    const packet = readRtp(data);
    if (packet !== undefined) this.#heard.get(packet.ssrc)?.receiver.push(packet, this.#parts.pacer.nowMs());
  }

  #sendDown({
    pcm,
    ...chunk
  }: {
    flags: number;
    sequence: number;
    position: number;
    pcm: Int16Array;
    avatarAt?: number;
  }) {
    const { encoder } = this.#parts;
    const said = (flag: number) => (chunk.flags & flag) !== 0;
    this.#pass(
      this.#ownVoice.sent(chunk.position, pcm, { begins: said(AUDIO_FLAGS.begins), ends: said(AUDIO_FLAGS.ends) }),
    );
    const sound = encoder === undefined ? new Uint8Array(pcm.buffer) : packed(encoder, pcm);
    this.#post({ type: 'chunk', ...chunk, sound });
  }

  #sendUp(packet: Buffer): void {
    if (this.#target !== undefined && !this.#closed)
      this.#socket.send(packet, this.#target.port, this.#target.ip, () => {});
  }

  #post(message: FromDeviceMedia): void {
    this.#init.port.postMessage(message);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.pacer.remove(this);
    for (const { receiver } of this.#heard.values()) receiver.close();
    this.#parts.voice.close();
    this.#parts.encoder?.free();
    this.#parts.decoder?.free();
    this.#socket.close(() => this.#init.port.close());
  }
}

/** 100 ms as packets of 20 ms, each behind its length in two bytes, little-endian. */
function packed(encoder: OpusEncoderHandle, pcm: Int16Array): Uint8Array {
  const frame = DEVICE.sampleRate / 50;
  const parts: Uint8Array[] = [];
  for (let at = 0; at < pcm.length; at += frame) {
    const packet = encoder.encode(pcm.subarray(at, at + frame));
    parts.push(Uint8Array.of(packet.length & 0xff, packet.length >> 8), packet.slice());
  }
  return new Uint8Array(Buffer.concat(parts));
}
