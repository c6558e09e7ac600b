import { SPEECH_RATE } from '../base/rates.ts';

/** 20 ms. */
export const FRAME_SAMPLES = SPEECH_RATE / 50;

/** One frame of the avatar's voice and the position in the turn's speech it starts at. */
export interface PlayoutFrame {
  pcm: Int16Array;
  turnId: string;
  sample: number;
}

interface Speech {
  turnId: string;
  chunks: Int16Array[];
  /** Samples handed over so far. */
  available: number;
  /** Samples of chunks already played and let go. */
  released: number;
  complete: boolean;
}

/**
 * The speech that goes out next, frame by frame. At most one turn is in it [T1]; another turn's samples are
 * refused [T2]. Pausing fades out over one frame and keeps the place; resuming repeats that frame, fading in [T3].
 */
export class Playout {
  #speech: Speech | undefined;
  #position = 0;
  #state: 'playing' | 'fading' | 'paused' = 'playing';
  #fadeIn = false;
  /** The last, fading frame of a turn that was cancelled in mid-word. */
  #tail: PlayoutFrame | undefined;
  underruns = 0;

  get turnId(): string | undefined {
    return this.#speech?.turnId;
  }
  /** Samples of the live turn that went out. */
  get position(): number {
    return this.#position;
  }
  /** Speech would be heard in a frame's time. */
  get audible(): boolean {
    return this.#state !== 'paused' && this.#speech !== undefined && this.#position < this.#speech.available;
  }
  /** The live turn has said everything. */
  get finished(): boolean {
    return this.#speech?.complete === true && this.#position >= this.#speech.available;
  }

  begin(turnId: string): void {
    this.#speech = { turnId, chunks: [], available: 0, released: 0, complete: false };
    this.#position = 0;
    this.#state = 'playing';
    this.#fadeIn = false;
  }

  push(turnId: string, pcm: Int16Array): void {
    if (this.#speech?.turnId !== turnId) return;
    this.#speech.chunks.push(pcm);
    this.#speech.available += pcm.length;
  }

  /** No more samples will come for this turn. */
  complete(turnId: string): void {
    if (this.#speech?.turnId === turnId) this.#speech.complete = true;
  }

  /** Drops the turn: but for a fade of one frame, nothing of it is heard any more. */
  cancel(turnId: string): void {
    if (this.#speech?.turnId !== turnId) return;
    if (this.#position > 0 && this.audible) {
      this.pause(turnId);
      this.#tail = this.next();
    }
    this.#speech = undefined;
    this.#state = 'playing';
  }

  pause(turnId: string): void {
    if (this.#speech?.turnId !== turnId || this.#state !== 'playing') return;
    // With nothing at hand there is nothing to fade: what comes during the pause must wait for its end.
    this.#state = this.#position > 0 && this.#frameReady(this.#speech) ? 'fading' : 'paused';
  }

  resume(turnId: string): void {
    if (this.#speech?.turnId !== turnId || this.#state === 'playing') return;
    this.#fadeIn = this.#state === 'paused' && this.#position > 0;
    this.#state = 'playing';
  }

  /** The next 20 ms, or undefined when there is nothing to say. */
  next(): PlayoutFrame | undefined {
    const tail = this.#tail;
    if (tail !== undefined) {
      this.#tail = undefined;
      return tail;
    }
    const speech = this.#speech;
    if (speech === undefined || this.#state === 'paused') return undefined;
    if (!this.#frameReady(speech)) {
      if (this.#position > 0 && !speech.complete) this.underruns += 1;
      return undefined;
    }
    const sample = this.#position;
    const pcm = this.#read(speech, sample);
    if (this.#state === 'fading') {
      // The faded frame is not counted as heard: it is repeated when the speech resumes.
      ramp(pcm, 1, 0);
      this.#state = 'paused';
    } else {
      if (this.#fadeIn) ramp(pcm, 0, 1);
      this.#fadeIn = false;
      this.#position += Math.min(FRAME_SAMPLES, speech.available - sample);
    }
    return { pcm, turnId: speech.turnId, sample };
  }

  #frameReady({ available, complete }: Speech): boolean {
    const left = available - this.#position;
    return left >= FRAME_SAMPLES || (complete && left > 0);
  }

  /** Copies one frame, zero-padded at the end of the speech, and lets go of chunks that lie behind it. */
  #read(speech: Speech, from: number): Int16Array {
    const frame = new Int16Array(FRAME_SAMPLES);
    let filled = 0;
    let chunkStart = speech.released;
    for (const chunk of speech.chunks) {
      const start = Math.max(0, from + filled - chunkStart);
      if (start < chunk.length) {
        const piece = chunk.subarray(start, start + FRAME_SAMPLES - filled);
        frame.set(piece, filled);
        filled += piece.length;
        if (filled === FRAME_SAMPLES) break;
      }
      chunkStart += chunk.length;
    }
    while (speech.chunks[0] !== undefined && speech.released + speech.chunks[0].length <= from)
      speech.released += speech.chunks.shift()!.length;
    return frame;
  }
}

/** Linear gain from `from` to `to` over the frame. */
function ramp(pcm: Int16Array, from: number, to: number): void {
  for (let i = 0; i < pcm.length; i++) pcm[i] = pcm[i]! * (from + ((to - from) * i) / pcm.length);
}
