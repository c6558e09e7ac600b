import { createEncoder, type OpusEncoderHandle, Signal } from 'libopus-wasm';
import { TestVoice } from './voice.ts';

const RATE = 16_000;
const FRAME = 320;
/** Opus packets of 20 ms. */
export type Packets = Buffer[];

/** As a browser encodes a microphone. Whoever opens it frees it. */
export const openEncoder = (): Promise<OpusEncoderHandle> =>
  createEncoder({
    sampleRate: RATE,
    channels: 1,
    bitrate: 32_000,
    complexity: 5,
    fec: true,
    packetLossPercent: 5,
    signal: Signal.Voice,
  });

/** A sentence as Opus packets, encoded once for all who say it. */
export async function encodeSpeech(pcm: Int16Array): Promise<Packets> {
  const encoder = await openEncoder();
  const packets: Packets = [];
  for (let at = 0; at < pcm.length; at += FRAME) {
    const frame = new Int16Array(FRAME);
    frame.set(pcm.subarray(at, at + FRAME));
    packets.push(Buffer.from(encoder.encode(frame)));
  }
  encoder.free();
  return packets;
}

/** What people say in the load benches, and the silence between. */
export async function encodeAll(sentences: readonly string[], voices: readonly string[]): Promise<Packets[]> {
  const voice = new TestVoice();
  try {
    const all: Packets[] = [];
    for (const name of voices) for (const text of sentences) all.push(await encodeSpeech(await voice.say(text, name)));
    return all;
  } finally {
    await voice.close();
  }
}

/** A quiet microphone, as the page sends it: with discontinuous transmission. */
export interface Silence {
  /** The encoder goes on for this many frames before it rests. */
  frames: number;
  /** One of them. */
  packet: Buffer;
  /** Then this is sent, once in so many frames. */
  rest: Buffer;
  restFrames: number;
}

/** What Opus makes of silence: 200 ms of it whole, then a sign of life every 400 ms (RFC 6716, 2.1.9). */
export async function encodeSilence(): Promise<Silence> {
  const packet = (await encodeSpeech(new Int16Array(FRAME * 10))).at(-1)!;
  // A packet without frames is its table of contents alone.
  return { frames: 10, packet, rest: packet.subarray(0, 1), restFrames: 20 };
}
