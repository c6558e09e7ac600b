/** Somebody in a LiveKit room who says sentences as packets and hears the avatar's, without a jitter buffer: as `Person` is in ours. */
import { createDecoder, type OpusDecoderHandle } from 'libopus-wasm';
import type { RtpPacket } from 'werift';
import { Participant } from '../../livekit/participant.ts';
import type { Packets, Silence } from '../../test/harness/speech.ts';

const OPUS = 111;
const FRAME_TICKS = 960;
const RTP_HEADER = 12;
const HEARD_RATE = 16_000;
const AUDIBLE_RMS = 300;

export class LiveKitTalker {
  /** The latest sound of the avatar, and the first after `listen`, ms of `performance.now()`. */
  heardMs = Number.NEGATIVE_INFINITY;
  onsetMs: number | undefined;
  pictures = 0;
  readonly #participant: Participant;
  readonly #silence: Silence;
  readonly #decoder: OpusDecoderHandle;
  #pictureTime: number | undefined;
  #sequence = 0;
  #timestamp = 0;
  #silentFrames = 0;
  #saying: { packets: Packets; at: number; said: (endMs: number) => void } | undefined;

  static async join({ url, token, avatar, silence }: { url: string; token: string; avatar: string; silence: Silence }) {
    let talker: LiveKitTalker | undefined;
    const decoder = await createDecoder({ sampleRate: HEARD_RATE, channels: 1 });
    const participant: Participant = await Participant.join({
      url,
      token,
      publishes: {},
      events: {
        changed: ({ identity, tracks }) => {
          if (identity === avatar) for (const { sid } of tracks) participant.subscribe(sid);
        },
        left: () => {},
        speakers: () => {},
        rtp: (_trackSid, packet) => {
          if (talker !== undefined) talker.#received(packet);
        },
        rtcp: () => {},
        data: () => {},
        watched: () => {},
        token: () => {},
        closed: () => {},
      },
    });
    talker = new LiveKitTalker(participant, silence, decoder);
    return talker;
  }

  private constructor(participant: Participant, silence: Silence, decoder: OpusDecoderHandle) {
    this.#participant = participant;
    this.#silence = silence;
    this.#decoder = decoder;
  }

  /** One frame of the microphone; called every 20 ms. */
  tick(): void {
    const saying = this.#saying;
    this.#silentFrames = saying === undefined ? this.#silentFrames + 1 : 0;
    this.#timestamp = (this.#timestamp + FRAME_TICKS) >>> 0;
    const payload = saying?.packets[saying.at] ?? this.#quiet();
    const { voice } = this.#participant;
    if (payload === undefined || voice === undefined) return;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const packet = Buffer.alloc(RTP_HEADER + payload.length);
    packet[0] = 0x80;
    packet[1] = OPUS;
    packet.writeUInt16BE(this.#sequence, 2);
    packet.writeUInt32BE(this.#timestamp, 4);
    packet.writeUInt32BE(voice.ssrc, 8);
    payload.copy(packet, RTP_HEADER);
    voice.send(packet, RTP_HEADER);
    if (saying === undefined) return;
    saying.at += 1;
    if (saying.at < saying.packets.length) return;
    this.#saying = undefined;
    saying.said(performance.now());
  }

  /** Says a sentence; resolves to when its last packet went out. */
  say(packets: Packets): Promise<number> {
    return new Promise(resolve => {
      this.#saying = { packets, at: 0, said: resolve };
    });
  }

  /** From now on the next sound is the answer. */
  listen(): void {
    this.onsetMs = undefined;
  }

  async close(): Promise<void> {
    await this.#participant.close();
    this.#decoder.free();
  }

  #quiet(): Buffer | undefined {
    const { frames, packet, rest, restFrames } = this.#silence;
    if (this.#silentFrames <= frames) return packet;
    return (this.#silentFrames - frames) % restFrames === 1 ? rest : undefined;
  }

  #received({ header, payload }: RtpPacket): void {
    if (header.payloadType !== OPUS) {
      if (header.timestamp !== this.#pictureTime) this.pictures += 1;
      this.#pictureTime = header.timestamp;
      return;
    }
    // What is shorter are Opus' signs of life.
    if (payload.length <= 8) return;
    const pcm = this.#decoder.decode(payload);
    let sum = 0;
    for (const sample of pcm) sum += sample * sample;
    if (Math.sqrt(sum / pcm.length) < AUDIBLE_RMS) return;
    this.heardMs = performance.now();
    this.onsetMs ??= this.heardMs;
  }
}
