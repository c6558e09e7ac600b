import { createEncoder, type OpusEncoderHandle, Signal } from 'libopus-wasm';
import { AGENT_RTP } from '../../protocol/agents.ts';
import { steadyUnixMs } from '../base/clock.ts';
import { SPEECH_RATE } from '../base/rates.ts';
import { packetizeVp8 } from './rtp/vp8-payload.ts';
import { SILENT, writeRtp, writeSenderReport } from './rtp/wire.ts';

const VOICE_BITRATE = 40_000;
/** Of a voice that has half of a voice's band. */
const NARROW_BITRATE = 24_000;
/** Silent frames encoded after speech, so that the encoder fades into discontinuous transmission by itself. */
const TAIL_FRAMES = 20;
/** A silent stream shows that it lives once in this many frames (Opus' own DTX interval, 400 ms). */
const KEEPALIVE_FRAMES = 20;

/** The voice: PCM in, Opus RTP out; nothing is sent in silence but a sign of life. */
export class VoiceSender {
  readonly #encoder: OpusEncoderHandle;
  readonly #ssrc: number;
  readonly #silence: Int16Array;
  #sequence = Math.floor(Math.random() * 0x8000);
  #silentFrames = TAIL_FRAMES;
  packets = 0;
  octets = 0;

  /** @param sampleRate of the frames, 20 ms each: 16 or 48 kHz */
  static async create(ssrc: number, sampleRate: 16_000 | 48_000 = SPEECH_RATE): Promise<VoiceSender> {
    const encoder = await createEncoder({
      sampleRate,
      channels: 1,
      bitrate: sampleRate === SPEECH_RATE ? VOICE_BITRATE : NARROW_BITRATE,
      // More effort takes twice as long, and brings the spectrum of a clear voice no nearer at this rate.
      complexity: 1,
      fec: true,
      packetLossPercent: 5,
      dtx: true,
      signal: Signal.Voice,
    });
    return new VoiceSender(encoder, ssrc, sampleRate / 50);
  }

  private constructor(encoder: OpusEncoderHandle, ssrc: number, frameSamples: number) {
    this.#encoder = encoder;
    this.#ssrc = ssrc;
    this.#silence = new Int16Array(frameSamples);
  }

  /** How much later than fed a sample comes out of the decoder. */
  get delaySamples(): number {
    return this.#encoder.getLookahead();
  }

  /** The RTP packet for one frame (undefined pcm: silence), or undefined when none need be sent. */
  frame(pcm: Int16Array | undefined, timestamp: number): Buffer | undefined {
    const wasSilent = this.#silentFrames >= TAIL_FRAMES;
    this.#silentFrames = pcm === undefined ? this.#silentFrames + 1 : 0;
    if (pcm === undefined && wasSilent && this.#silentFrames % KEEPALIVE_FRAMES !== 0) return undefined;
    const payload = this.#encoder.encode(pcm ?? this.#silence);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.packets += 1;
    this.octets += payload.length;
    const marker = pcm !== undefined && wasSilent;
    return writeRtp({
      payloadType: AGENT_RTP.audio.payloadType,
      marker,
      sequence: this.#sequence,
      timestamp,
      ssrc: this.#ssrc,
      payload,
      level: pcm === undefined ? SILENT : levelOf(pcm),
    });
  }

  close(): void {
    this.#encoder.free();
  }
}

/** How far below the loudest a frame is, whole dB: rooms tell by it who speaks. */
function levelOf(pcm: Int16Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  const rms = Math.sqrt(sum / pcm.length) / 32_768;
  return rms === 0 ? SILENT : Math.min(SILENT, Math.round(-20 * Math.log10(rms)));
}

/** The face: encoded frames in, VP8 RTP out. */
export class FaceSender {
  readonly #ssrc: number;
  #sequence = Math.floor(Math.random() * 0x8000);
  #pictureId = 0;
  #baseId = 0;
  packets = 0;
  octets = 0;

  constructor(ssrc: number) {
    this.#ssrc = ssrc;
  }

  frame({ payload: encoded, layer }: { payload: Uint8Array; layer: 0 | 1 }, timestamp: number): Buffer[] {
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
    if (layer === 0) this.#baseId = (this.#baseId + 1) & 0xff;
    const payloads = packetizeVp8(encoded, { pictureId: this.#pictureId, baseId: this.#baseId, layer });
    return payloads.map((payload, index) => {
      this.#sequence = (this.#sequence + 1) & 0xffff;
      this.packets += 1;
      this.octets += payload.length;
      const marker = index === payloads.length - 1;
      return writeRtp({
        payloadType: AGENT_RTP.video.payloadType,
        marker,
        sequence: this.#sequence,
        timestamp,
        ssrc: this.#ssrc,
        payload,
      });
    });
  }
}

/**
 * The one clock of an avatar's two streams [M1]: milliseconds since the media thread began, and what they are in
 * RTP time and on the wall.
 */
export class MediaClock {
  readonly #startUnixMs: number;
  readonly #audioBase = Math.floor(Math.random() * 2 ** 31);
  readonly #videoBase = Math.floor(Math.random() * 2 ** 31);

  /** @param nowMs time since the media thread began */
  constructor(nowMs: number) {
    this.#startUnixMs = steadyUnixMs() - nowMs;
  }

  audioTimestamp(atMs: number): number {
    return (this.#audioBase + Math.round(atMs * (AGENT_RTP.audio.clockRate / 1000))) >>> 0;
  }
  videoTimestamp(atMs: number): number {
    return (this.#videoBase + Math.round(atMs * (AGENT_RTP.video.clockRate / 1000))) >>> 0;
  }

  unixMs(atMs: number): number {
    return this.#startUnixMs + atMs;
  }

  /** Reports for both streams at one instant. */
  reports(
    atMs: number,
    cname: string,
    voice: { ssrc: number; packets: number; octets: number },
    face: { ssrc: number; packets: number; octets: number },
  ): Buffer[] {
    const unixMs = this.unixMs(atMs);
    return [
      writeSenderReport({ ...voice, unixMs, timestamp: this.audioTimestamp(atMs) }, cname),
      writeSenderReport({ ...face, unixMs, timestamp: this.videoTimestamp(atMs) }, cname),
    ];
  }
}
