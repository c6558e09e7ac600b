import { createDecoder, type OpusDecoderHandle } from 'libopus-wasm';
import { LISTEN_RATE } from '../../base/rates.ts';
import { isQuiet } from '../../listen/quiet.ts';
import { JitterBuffer, type Playable } from './jitter-buffer.ts';
import type { RtpPacket } from './wire.ts';

/** Opus decodes straight to the recognizers' rate. */
const FRAME = LISTEN_RATE / 50;

/** One person's voice: RTP in, 16 kHz mono PCM out, gaps concealed. */
export class OpusReceiver {
  readonly jitter = new JitterBuffer();
  readonly #decoder: OpusDecoderHandle;

  static async create(): Promise<OpusReceiver> {
    return new OpusReceiver(await createDecoder({ sampleRate: LISTEN_RATE, channels: 1 }));
  }

  private constructor(decoder: OpusDecoderHandle) {
    this.#decoder = decoder;
  }

  push(packet: RtpPacket, nowMs: number): void {
    if (packet.payload.length > 0) this.jitter.push(packet, nowMs);
  }

  /** Decodes what is due. `audible` is false for silence: not transmitted, or too quiet to be speech. */
  poll(nowMs: number): { pcm: Int16Array; audible: boolean }[] {
    return this.jitter.poll(nowMs).map(playable => {
      const pcm = this.#decode(playable);
      return { pcm, audible: playable.type !== 'silence' && !isQuiet(pcm) };
    });
  }

  close(): void {
    this.#decoder.free();
  }

  #decode(playable: Playable): Int16Array {
    try {
      switch (playable.type) {
        case 'packet':
          return this.#decoder.decode(playable.payload).slice();
        case 'fec':
          return this.#decoder.decode(playable.payload, { decodeFec: true, frameSize: FRAME }).slice();
        case 'concealed':
          return this.#decoder.decodePacketLoss(FRAME).slice();
        case 'silence':
          return new Int16Array(FRAME);
      }
    } catch {
      // Not Opus at all: whoever sends it hears no answer, others are not disturbed.
      return new Int16Array(FRAME);
    }
  }
}
