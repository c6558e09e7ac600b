/** One stream of a clip: pictures or sound in, packets for the muxer out. */
import { Codec, CodecContext, FFmpegError, Frame, Packet, Rational } from 'node-av';
import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AV_PIX_FMT_YUV420P,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  FF_ENCODER_AAC,
  FF_ENCODER_LIBOPUS,
  FF_ENCODER_LIBVPX_VP8,
  FF_ENCODER_LIBX264,
} from 'node-av/constants';
import { SPEECH_RATE } from '../../agents/base/rates.ts';
import type { I420 } from '../../agents/face/avatar.ts';

export type Container = 'webm' | 'mp4';

/** For a still head: what it takes to look good, bit/s. */
const VIDEO_BITRATE = 1_000_000;
const VOICE_BITRATE = 64_000;

const VIDEO = {
  webm: {
    codec: FF_ENCODER_LIBVPX_VP8,
    options: { deadline: 'realtime', 'cpu-used': '-6', 'lag-in-frames': '0', threads: '1' },
  },
  mp4: { codec: FF_ENCODER_LIBX264, options: { preset: 'veryfast', tune: 'animation', threads: '1' } },
} as const;
const VOICE = {
  webm: { codec: FF_ENCODER_LIBOPUS, format: AV_SAMPLE_FMT_S16 },
  mp4: { codec: FF_ENCODER_AAC, format: AV_SAMPLE_FMT_FLTP },
} as const;

export class Encoder {
  readonly context = new CodecContext();
  readonly #frame = new Frame();
  readonly #packet = new Packet();
  readonly #write: (packet: Packet) => void;

  /** @param prepare sets the context up before it is opened */
  private constructor(
    codecName: Parameters<typeof Codec.findEncoderByName>[0],
    prepare: (context: CodecContext, frame: Frame) => void,
    write: (packet: Packet) => void,
  ) {
    const codec = Codec.findEncoderByName(codecName);
    if (!codec) throw new Error(`this build of FFmpeg has no ${codecName}`);
    this.#write = write;
    this.context.allocContext3(codec);
    this.context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    this.#frame.alloc();
    this.#packet.alloc();
    prepare(this.context, this.#frame);
    FFmpegError.throwIfError(this.context.open2Sync(codec, null), `opening ${codecName}`);
  }

  static video(
    container: Container,
    { width, height, frameRate }: { width: number; height: number; frameRate: number },
    write: (packet: Packet) => void,
  ): Encoder {
    const { codec, options } = VIDEO[container];
    return new Encoder(
      codec,
      (context, frame) => {
        context.width = width;
        context.height = height;
        context.pixelFormat = AV_PIX_FMT_YUV420P;
        context.colorRange = AVCOL_RANGE_MPEG;
        context.colorSpace = AVCOL_SPC_SMPTE170M;
        context.timeBase = new Rational(1, frameRate);
        context.framerate = new Rational(frameRate, 1);
        context.bitRate = BigInt(VIDEO_BITRATE);
        // One by one, as strings: a dictionary is freed twice.
        for (const [name, value] of Object.entries(options))
          FFmpegError.throwIfError(
            context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN),
            `setting ${name}`,
          );
        frame.width = width;
        frame.height = height;
        frame.format = AV_PIX_FMT_YUV420P;
        frame.colorRange = AVCOL_RANGE_MPEG;
        frame.colorSpace = AVCOL_SPC_SMPTE170M;
        FFmpegError.throwIfError(frame.getBuffer(), 'allocating a picture');
      },
      write,
    );
  }

  /** Mono, at the speech rate. */
  static voice(container: Container, write: (packet: Packet) => void): Encoder {
    const { codec, format } = VOICE[container];
    return new Encoder(
      codec,
      context => {
        context.sampleRate = SPEECH_RATE;
        context.sampleFormat = format;
        context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
        context.timeBase = new Rational(1, SPEECH_RATE);
        context.bitRate = BigInt(VOICE_BITRATE);
      },
      write,
    );
  }

  /** Copies the picture, then encodes it beside whatever its caller does meanwhile. One at a time. */
  picture({ width, height, data }: I420, index: number): Promise<void> {
    FFmpegError.throwIfError(this.#frame.makeWritable(), 'writing a picture');
    let at = 0;
    for (const [plane, rows] of [height, height / 2, height / 2].entries()) {
      const rowBytes = plane === 0 ? width : width / 2;
      const stride = this.#frame.linesize[plane]!;
      for (let y = 0; y < rows; y++, at += rowBytes)
        this.#frame.data![plane]!.set(data.subarray(at, at + rowBytes), y * stride);
    }
    this.#frame.pts = BigInt(index);
    return this.#encode(this.#frame);
  }

  /** All of the speech, cut into the frames that the codec asks for; the last is filled up with silence. */
  async speech(pcm: Int16Array): Promise<void> {
    const { frameSize, sampleFormat } = this.context;
    for (let at = 0; at < pcm.length; at += frameSize) {
      const part = new Int16Array(frameSize);
      part.set(pcm.subarray(at, at + frameSize));
      const samples = sampleFormat === AV_SAMPLE_FMT_S16 ? part : Float32Array.from(part, sample => sample / 32_768);
      const frame = Frame.fromAudioBuffer(Buffer.from(samples.buffer), {
        nbSamples: frameSize,
        format: sampleFormat,
        sampleRate: SPEECH_RATE,
        channelLayout: AV_CHANNEL_LAYOUT_MONO,
        pts: BigInt(at),
      });
      await this.#encode(frame);
      frame.free();
    }
  }

  /** What the codec still holds back comes out. */
  finish(): Promise<void> {
    return this.#encode(null);
  }

  close(): void {
    this.context.freeContext();
    this.#frame.free();
    this.#packet.free();
  }

  async #encode(frame: Frame | null): Promise<void> {
    FFmpegError.throwIfError(await this.context.sendFrame(frame), 'encoding');
    for (;;) {
      const status = this.context.receivePacketSync(this.#packet);
      if (status === AVERROR_EAGAIN || status === AVERROR_EOF) return;
      FFmpegError.throwIfError(status, 'encoding');
      this.#write(this.#packet);
      this.#packet.unref();
    }
  }
}
