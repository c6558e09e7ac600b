/**
 * A receiving end of an avatar's media, independent of the sender: takes RTP off a socket, puts both streams on the
 * clock of their sender reports (RFC 3550 6.4.1), decodes sound and pictures.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createDecoder, type OpusDecoderHandle } from 'libopus-wasm';
import { Codec, CodecContext, FFmpegError, Frame, Packet } from 'node-av';
import { AV_CODEC_ID_VP8 } from 'node-av/constants';
import { RtcpPacketConverter, RtcpSrPacket, RtpPacket, Vp8RtpPayload } from 'werift';

export const HEARD_RATE = 16_000;
const VIDEO_RATE = 90_000;
const AUDIO_RATE = 48_000;
/** Seconds from the NTP epoch (1900) to the Unix epoch. */
const NTP_UNIX_S = 2_208_988_800;

export interface Heard {
  /** RTP time of the first sample. */
  timestamp: number;
  pcm: Int16Array;
}
export interface Seen<T> {
  timestamp: number;
  value: T;
}
/** Luma of a decoded picture. */
export interface Luma {
  data: Uint8Array;
  stride: number;
  width: number;
  height: number;
}

export class Receiver<T> {
  readonly heard: Heard[] = [];
  readonly seen: Seen<T>[] = [];
  readonly #socket = createSocket('udp4');
  readonly #look: (picture: Luma) => T;
  readonly #ssrc: { audio: number; video: number };
  /** RTP time -> Unix seconds, of the latest sender report. */
  readonly #reports = new Map<number, { timestamp: number; unixS: number }>();
  readonly #video = new CodecContext();
  readonly #frame = new Frame();
  readonly #packet = new Packet();
  #opus!: OpusDecoderHandle;
  #parts: Buffer[] = [];

  /** @param look what is kept of each picture */
  static async open<T>(ssrc: { audio: number; video: number }, look: (picture: Luma) => T): Promise<Receiver<T>> {
    const receiver = new Receiver(ssrc, look);
    receiver.#opus = await createDecoder({ sampleRate: HEARD_RATE, channels: 1 });
    receiver.#socket.bind(0, '127.0.0.1');
    await once(receiver.#socket, 'listening');
    return receiver;
  }

  private constructor(ssrc: { audio: number; video: number }, look: (picture: Luma) => T) {
    this.#ssrc = ssrc;
    this.#look = look;
    this.#video.allocContext3(Codec.findDecoder(AV_CODEC_ID_VP8)!);
    FFmpegError.throwIfError(this.#video.open2Sync(null, null), 'opening a decoder');
    this.#frame.alloc();
    this.#packet.alloc();
    this.#socket.on('message', data => this.#received(data));
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Both streams have had a report. */
  get synchronised(): boolean {
    return this.#reports.has(this.#ssrc.audio) && this.#reports.has(this.#ssrc.video);
  }

  /** Unix seconds of a stream's RTP time. */
  timeS(kind: 'audio' | 'video', timestamp: number): number {
    const report = this.#reports.get(this.#ssrc[kind])!;
    return report.unixS + ((timestamp - report.timestamp) | 0) / (kind === 'audio' ? AUDIO_RATE : VIDEO_RATE);
  }

  close(): void {
    this.#socket.close();
    this.#opus.free();
    this.#video.freeContext();
    this.#frame.free();
    this.#packet.free();
  }

  #received(data: Buffer): void {
    if (data[1]! >= 192 && data[1]! <= 223) {
      for (const packet of RtcpPacketConverter.deSerialize(data))
        if (packet instanceof RtcpSrPacket) this.#report(packet);
      return;
    }
    const { header, payload } = RtpPacket.deSerialize(data);
    if (header.ssrc === this.#ssrc.audio) {
      if (payload.length > 0) this.heard.push({ timestamp: header.timestamp, pcm: this.#opus.decode(payload).slice() });
    } else if (header.ssrc === this.#ssrc.video) {
      this.#parts.push(Vp8RtpPayload.deSerialize(payload).payload);
      if (!header.marker) return;
      this.#decode(Buffer.concat(this.#parts), header.timestamp);
      this.#parts = [];
    }
  }

  #report({ ssrc, senderInfo }: RtcpSrPacket): void {
    const ntp = senderInfo.ntpTimestamp;
    const unixS = Number(ntp >> 32n) - NTP_UNIX_S + Number(ntp & 0xffff_ffffn) / 2 ** 32;
    this.#reports.set(ssrc, { timestamp: senderInfo.rtpTimestamp, unixS });
  }

  #decode(encoded: Buffer, timestamp: number): void {
    this.#packet.data = encoded;
    FFmpegError.throwIfError(this.#video.sendPacketSync(this.#packet), 'decoding');
    FFmpegError.throwIfError(this.#video.receiveFrameSync(this.#frame), 'decoding');
    this.#packet.unref();
    const { width, height } = this.#frame;
    const picture = { data: this.#frame.data![0]!, stride: this.#frame.linesize[0]!, width, height };
    this.seen.push({ timestamp, value: this.#look(picture) });
  }
}
