import { Codec, CodecContext, FFmpegError, Frame, Log, Packet } from 'node-av';
import { AV_CODEC_ID_VP8, AV_LOG_FATAL } from 'node-av/constants';

/** Larger pictures are no camera's of ours. */
const MAX_SIDE = 4096;

/** Straight RGBA, row by row. */
export interface Rgba {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

/** Decodes one VP8 stream, frame by frame, and keeps the newest picture. Nothing is written anywhere. */
export class Vp8Decoder {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();
  #has = false;

  constructor() {
    // What cannot be decoded is told by an error; anybody could fill a log with it.
    Log.setLevel(AV_LOG_FATAL);
    this.#context.allocContext3(Codec.findDecoder(AV_CODEC_ID_VP8));
    this.#context.threadCount = 1;
    FFmpegError.throwIfError(this.#context.open2Sync(null, null), 'opening the VP8 decoder');
    this.#packet.alloc();
    this.#frame.alloc();
  }

  /** Throws an Error for what is no frame, or refers to one that was lost. */
  decode(frame: Uint8Array): void {
    this.#packet.data = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
    FFmpegError.throwIfError(this.#context.sendPacketSync(this.#packet), 'decoding');
    FFmpegError.throwIfError(this.#context.receiveFrameSync(this.#frame), 'decoding');
    const { width, height } = this.#frame;
    if (width < 16 || height < 16 || width > MAX_SIDE || height > MAX_SIDE)
      throw new Error(`a picture of ${width}x${height}`);
    this.#has = true;
  }

  /** The newest picture, at most `maxWidth` wide; undefined before the first. */
  picture(maxWidth: number): Rgba | undefined {
    if (!this.#has) return undefined;
    const { width, height, linesize, data: planes } = this.#frame;
    const [lumas, blues, reds] = planes!;
    const [lumaStride, blueStride, redStride] = linesize as unknown as [number, number, number];
    const step = Math.max(1, Math.ceil(width / maxWidth));
    const [w, h] = [Math.floor(width / step), Math.floor(height / step)];
    const out = new Uint8ClampedArray(w * h * 4);
    for (let y = 0, at = 0; y < h; y++)
      for (let x = 0; x < w; x++, at += 4) {
        const [sx, sy] = [x * step, y * step];
        // BT.601, video range, as WebRTC sends it.
        const luma = 1.164 * (lumas![sy * lumaStride + sx]! - 16);
        const blue = blues![(sy >> 1) * blueStride + (sx >> 1)]! - 128;
        const red = reds![(sy >> 1) * redStride + (sx >> 1)]! - 128;
        out[at] = luma + 1.596 * red;
        out[at + 1] = luma - 0.392 * blue - 0.813 * red;
        out[at + 2] = luma + 2.017 * blue;
        out[at + 3] = 255;
      }
    return { width: w, height: h, data: out };
  }

  close(): void {
    this.#frame.free();
    this.#packet.free();
    this.#context.freeContext();
  }
}
