import type { OpusEncoderHandle } from 'libopus-wasm';
import { LISTEN_RATE } from '../../agents/base/rates.ts';
import { coughs, keyboard, music, pinkNoise } from '../../test/harness/sounds.ts';
import { openEncoder } from '../../test/harness/speech.ts';
import type { Sound } from '../scenario/schema.ts';

const FRAME = LISTEN_RATE / 50;
/** Of a noise so much is made; then it begins anew. */
const NOISE_S = 30;
/** Any level will do: it is brought to what is wanted. */
const LEVEL = 3000;
const KINDS = { pink: pinkNoise, music, keyboard, coughs } as const;
/** Quieter frames of a voice are its pauses, as a share of its loudest frame. */
const PAUSE = 0.1;

/** When a line was said, ms of `performance.now()`. */
export interface SaidTimes {
  beganMs: number;
  endedMs: number;
}

/** What a simulated caller sends: what they say, in the noise around them, frame by frame. */
export class Microphone {
  readonly #encoder: OpusEncoderHandle;
  readonly #noise: Float32Array | undefined;
  #noiseAt: number;
  #saying: { pcm: Int16Array; at: number; beganMs: number; said(times: SaidTimes): void } | undefined;

  /**
   * @param noise 16 kHz
   * @param random where in the noise it begins
   */
  static async open(noise: Float32Array | undefined, random: () => number): Promise<Microphone> {
    return new Microphone(await openEncoder(), noise, random);
  }

  private constructor(encoder: OpusEncoderHandle, noise: Float32Array | undefined, random: () => number) {
    this.#encoder = encoder;
    this.#noise = noise;
    this.#noiseAt = Math.floor(random() * (noise?.length ?? 0));
  }

  /** Says something, 16 kHz, from the next frame on; resolves when the last of it was sent. One line at a time. */
  say(pcm: Int16Array): Promise<SaidTimes> {
    return new Promise(resolve => {
      this.#saying = { pcm, at: 0, beganMs: performance.now(), said: resolve };
    });
  }

  /** The next 20 ms, as an Opus packet. */
  frame(): Buffer {
    const frame = new Int16Array(FRAME);
    const saying = this.#saying;
    if (saying !== undefined) {
      if (saying.at === 0) saying.beganMs = performance.now();
      frame.set(saying.pcm.subarray(saying.at, saying.at + FRAME));
      saying.at += FRAME;
    }
    this.#addNoise(frame);
    const packet = Buffer.from(this.#encoder.encode(frame));
    if (saying !== undefined && saying.at >= saying.pcm.length) {
      this.#saying = undefined;
      saying.said({ beganMs: saying.beganMs, endedMs: performance.now() });
    }
    return packet;
  }

  close(): void {
    this.#encoder.free();
  }

  #addNoise(frame: Int16Array): void {
    const noise = this.#noise;
    if (noise === undefined) return;
    for (const [i, sample] of frame.entries()) {
      const mixed = Math.round(sample + noise[this.#noiseAt]!);
      frame[i] = Math.max(-32_768, Math.min(32_767, mixed));
      this.#noiseAt = (this.#noiseAt + 1) % noise.length;
    }
  }
}

/** A noise that is so much quieter than this speech while it sounds, 16 kHz. */
export function noiseFor({ kind, snrDb }: NonNullable<Sound['noise']>, speech: Int16Array): Float32Array {
  const noise = Float32Array.from(KINDS[kind](NOISE_S, LEVEL));
  const gain = levelOf(speech) / (rms(noise) * 10 ** (snrDb / 20));
  return noise.map(sample => sample * gain);
}

/** Of what is said, without its pauses (RMS). */
export function levelOf(speech: Int16Array): number {
  const levels = Array.from({ length: Math.ceil(speech.length / FRAME) }, (_, i) =>
    rms(speech.subarray(i * FRAME, (i + 1) * FRAME)),
  );
  const loudest = Math.max(...levels);
  const said = levels.filter(level => level > PAUSE * loudest);
  return Math.sqrt(said.reduce((sum, level) => sum + level * level, 0) / Math.max(1, said.length));
}

function rms(samples: Int16Array | Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, samples.length));
}
