/** VP8 by libvpx (through FFmpeg) in two temporal layers: I420 pictures in, frames for RTP out, one for one. */

import {
  AV_LOG_WARNING,
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  FF_ENCODER_LIBVPX_VP8,
} from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, Frame, Log, Packet, Rational } from 'node-av/lib';
import type { I420 } from './avatar.ts';

export interface Vp8Options {
  width: number;
  height: number;
  frameRate: number;
  /** Bit/s. */
  bitrate: number;
}

export interface Vp8Frame {
  keyframe: boolean;
  /** Temporal layer. Every other frame is of layer 1: it refers to the one before it, and none refers to it. */
  layer: 0 | 1;
  payload: Uint8Array<ArrayBuffer>;
}

/** Share of the bitrate that the base layer takes: both layers refer to its frames. The room counts on it. */
export const BASE_SHARE = 0.6;

/** Keyframes come when they are asked for [M2], not by the clock. */
const GROUP = 100_000;

const OPTIONS: [name: string, value: string][] = [
  ['deadline', 'realtime'],
  // Negative: speed steps that do not depend on how busy the machine is.
  ['cpu-used', '-16'],
  ['lag-in-frames', '0'],
  // Blocks of 16x16 whose error is less than this sum of squares (2.5 levels each pixel) are left as they are: 40 % of
  // the time for 1 dB of 45.
  ['static-thresh', '1600'],
  ['error-resilient', 'default'],
  ['threads', '1'],
  ['g', String(GROUP)],
  ['keyint_min', String(GROUP)],
];

export class Vp8Encoder {
  readonly #options: Vp8Options;
  readonly #frame = new Frame();
  readonly #packet = new Packet();
  /**
   * The planes of the frame. Each time they are asked for, 400 kB of memory seem to be taken anew, and a full garbage
   * collection is made for every 25 pictures.
   */
  #planes: Uint8Array[] = [];
  #context: CodecContext | undefined;
  #pts = 0n;
  /** Frames since the last keyframe, where the pattern of layers begins anew. */
  #sinceKeyframe = 0;

  constructor(options: Vp8Options) {
    this.#options = { ...options };
    this.#packet.alloc();
    this.#allocate();
    this.#context = this.#open();
  }

  /**
   * A picture of another size than the one before begins with a keyframe.
   * @param keyframe asks for a keyframe in this very frame
   */
  encode(picture: I420, keyframe: boolean): Vp8Frame {
    if (!this.#context) throw new Error('the encoder is closed');
    const context = this.#sized(picture);
    this.#fill(picture);
    this.#frame.pts = this.#pts++;
    this.#frame.pictType = keyframe ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    FFmpegError.throwIfError(context.sendFrameSync(this.#frame), 'encoding');
    FFmpegError.throwIfError(context.receivePacketSync(this.#packet), 'encoding');
    const payload = new Uint8Array(this.#packet.data ?? []);
    this.#packet.unref();
    // RFC 6386 9.1: the lowest bit of a frame is 0 in keyframes.
    const isKeyframe = (payload[0]! & 1) === 0;
    this.#sinceKeyframe = isKeyframe ? 0 : this.#sinceKeyframe + 1;
    return { keyframe: isKeyframe, layer: this.#sinceKeyframe % 2 === 0 ? 0 : 1, payload };
  }

  /** libvpx cannot be retuned through FFmpeg: the encoder is reopened, and its next frame is a keyframe. */
  setBitrate(bitrate: number): void {
    if (bitrate === this.#options.bitrate || !this.#context) return;
    this.#options.bitrate = bitrate;
    this.#reopen();
  }

  close(): void {
    this.#context?.freeContext();
    this.#context = undefined;
    this.#planes = [];
    this.#frame.free();
    this.#packet.free();
  }

  #sized({ width, height }: I420): CodecContext {
    if (width === this.#options.width && height === this.#options.height) return this.#context!;
    Object.assign(this.#options, { width, height });
    this.#frame.free();
    this.#allocate();
    return this.#reopen();
  }

  #allocate(): void {
    this.#frame.alloc();
    this.#frame.width = this.#options.width;
    this.#frame.height = this.#options.height;
    this.#frame.format = AV_PIX_FMT_YUV420P;
    this.#frame.colorRange = AVCOL_RANGE_MPEG;
    this.#frame.colorSpace = AVCOL_SPC_SMPTE170M;
    FFmpegError.throwIfError(this.#frame.getBuffer(), 'allocating a picture');
    this.#planes = this.#frame.data!;
  }

  #reopen(): CodecContext {
    this.#context?.freeContext();
    // What fails to open leaves a closed encoder, not a freed one.
    this.#context = undefined;
    this.#context = this.#open();
    return this.#context;
  }

  #open(): CodecContext {
    const { width, height, frameRate, bitrate } = this.#options;
    Log.setLevel(AV_LOG_WARNING);
    const codec = Codec.findEncoderByName(FF_ENCODER_LIBVPX_VP8);
    if (!codec) throw new Error('this build of FFmpeg has no libvpx');
    const context = new CodecContext();
    context.allocContext3(codec);
    context.width = width;
    context.height = height;
    context.pixelFormat = AV_PIX_FMT_YUV420P;
    context.timeBase = new Rational(1, frameRate);
    context.framerate = new Rational(frameRate, 1);
    context.bitRate = BigInt(bitrate);
    context.rcMinRate = BigInt(bitrate);
    context.rcMaxRate = BigInt(bitrate);
    context.rcBufferSize = bitrate;
    // One by one, as strings: a dictionary is freed twice, and another type silently stores 0.
    for (const [name, value] of [...OPTIONS, ['ts-parameters', layers(bitrate)] as const])
      FFmpegError.throwIfError(
        context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN),
        `setting ${name}`,
      );
    FFmpegError.throwIfError(context.open2Sync(codec, null), 'opening libvpx');
    return context;
  }

  /** The rows of the planes may be padded. */
  #fill({ width, height, data }: I420): void {
    if (!this.#frame.isWritable) {
      // The encoder still holds the buffer of the frame before.
      FFmpegError.throwIfError(this.#frame.makeWritable(), 'writing a picture');
      this.#planes = this.#frame.data!;
    }
    const strides = this.#frame.linesize;
    let at = 0;
    for (let p = 0; p < 3; p++) {
      const rowBytes = p === 0 ? width : width / 2;
      const rows = p === 0 ? height : height / 2;
      const stride = strides[p]!;
      const plane = this.#planes[p]!;
      if (stride === rowBytes) {
        plane.set(data.subarray(at, at + rowBytes * rows));
        at += rowBytes * rows;
      } else for (let y = 0; y < rows; y++, at += rowBytes) plane.set(data.subarray(at, at + rowBytes), y * stride);
    }
  }
}

/**
 * Two layers in libvpx's terms (kbit/s, those of a layer include the lower). FFmpeg's pattern 2 begins anew with a
 * keyframe, and its layer 1 refers to the last frame of layer 0 alone and updates nothing.
 */
function layers(bitrate: number): string {
  const targets = `${Math.round((bitrate * BASE_SHARE) / 1000)},${Math.round(bitrate / 1000)}`;
  return `ts_number_layers=2:ts_target_bitrate=${targets}:ts_rate_decimator=2,1:ts_periodicity=2:ts_layer_id=0,1:ts_layering_mode=2`;
}
