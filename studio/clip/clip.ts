/** A talking head as a file: the same pictures as in a call, each for its position in the speech. */
import { FFmpegError, FormatContext, Log, type Packet, type Stream } from 'node-av';
import { AV_LOG_ERROR } from 'node-av/constants';
import { SPEECH_RATE } from '../../agents/base/rates.ts';
import type { Avatar } from '../../agents/face/avatar.ts';
import type { Emotion } from '../../protocol/timeline.ts';
import { type Container, Encoder } from './encoder.ts';
import type { Spoken } from './spoken.ts';

export type { Container } from './encoder.ts';

const FRAME_RATE = 25;
/** The face is seen before it speaks, and after. */
const LEAD_MS = 280;
const TRAIL_MS = 520;
const TURN = 'clip';

export interface ClipOptions {
  /** VP8 and Opus, or H.264 and AAC. */
  container: Container;
  emotion?: Emotion;
  /** 0..1 */
  intensity?: number;
}

/** Writes `file`. The avatar stays open. Throws FFmpegError when the file cannot be written. */
export async function writeClip(
  file: string,
  avatar: Avatar,
  speech: Spoken,
  { container, emotion = 'neutral', intensity = 0 }: ClipOptions,
): Promise<void> {
  const lead = samples(LEAD_MS);
  const sound = new Int16Array(lead + speech.pcm.length + samples(TRAIL_MS));
  sound.set(speech.pcm, lead);
  avatar.speech({ turnId: TURN, events: speech.events, ...(speech.gestures && { gestures: speech.gestures }) });

  Log.setLevel(AV_LOG_ERROR);
  using muxer = new Muxer(file, container);
  const video = muxer.add(write =>
    Encoder.video(container, { width: avatar.width, height: avatar.height, frameRate: FRAME_RATE }, write),
  );
  const voice = muxer.add(write => Encoder.voice(container, write));
  muxer.begin();
  await voice.speech(sound);
  const frames = Math.ceil((sound.length / SPEECH_RATE) * FRAME_RATE);
  let encoding: Promise<void> | undefined;
  for (let frame = 0; frame < frames; frame++) {
    const atMs = (frame * 1000) / FRAME_RATE;
    const sample = samples(atMs) - lead;
    const speaking = sample >= 0 && sample < speech.pcm.length;
    const picture = avatar.picture({
      atMs,
      state: speaking ? 'speaking' : 'idle',
      emotion,
      intensity,
      gaze: { x: 0, y: 0 },
      ...(speaking && { speech: { turnId: TURN, sample } }),
    });
    await encoding;
    encoding = video.picture(picture, frame);
  }
  await encoding;
  avatar.drop(TURN);
  await video.finish();
  await voice.finish();
  muxer.end();
}

const samples = (ms: number) => Math.round((ms * SPEECH_RATE) / 1000);

/** The file and its streams. */
class Muxer implements Disposable {
  readonly #format = new FormatContext();
  readonly #streams: { encoder: Encoder; stream: Stream }[] = [];

  constructor(file: string, container: Container) {
    FFmpegError.throwIfError(this.#format.allocOutputContext2(null, container, file), 'making a clip');
    FFmpegError.throwIfError(this.#format.openOutputSync(), `opening ${file}`);
  }

  add(open: (write: (packet: Packet) => void) => Encoder): Encoder {
    const index = this.#streams.length;
    const encoder = open(packet => {
      packet.streamIndex = index;
      // A picture's encoder does not say: one step. Without it players drop the last one.
      packet.duration ||= 1n;
      packet.rescaleTs(encoder.context.timeBase, stream.timeBase);
      FFmpegError.throwIfError(this.#format.interleavedWriteFrameSync(packet), 'writing a clip');
    });
    const stream = this.#format.newStream(null);
    stream.timeBase = encoder.context.timeBase;
    FFmpegError.throwIfError(stream.codecpar.fromContext(encoder.context), 'describing a stream');
    this.#streams.push({ encoder, stream });
    return encoder;
  }

  begin(): void {
    FFmpegError.throwIfError(this.#format.writeHeaderSync(), 'beginning a clip');
  }

  end(): void {
    FFmpegError.throwIfError(this.#format.writeTrailerSync(), 'ending a clip');
  }

  [Symbol.dispose](): void {
    for (const { encoder } of this.#streams) encoder.close();
    this.#format.closeOutputSync();
    this.#format.freeContext();
  }
}
