import { createEncoder, Signal } from 'libopus-wasm';
import { TestVoice } from '../../test/harness/voice.ts';

const RATE = 16_000;
const FRAME = 320;
/** Opus packets of 20 ms. */
export type Packets = Buffer[];

/** A sentence as Opus packets, encoded once for all who say it. */
export async function encodeSpeech(pcm: Int16Array): Promise<Packets> {
  const encoder = await createEncoder({
    sampleRate: RATE,
    channels: 1,
    bitrate: 32_000,
    complexity: 5,
    fec: true,
    packetLossPercent: 5,
    signal: Signal.Voice,
  });
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

/** One packet of silence, sent 50 times a second as a browser does without DTX. */
export const silentPacket = async (): Promise<Buffer> => (await encodeSpeech(new Int16Array(FRAME * 10))).at(-1)!;
