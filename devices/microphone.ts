/** A device's microphone on its way into the room: whatever comes, as one frame each 20 ms. */
import { LISTEN_RATE } from '../agents/base/rates.ts';
import { isQuiet } from '../agents/listen/quiet.ts';

const FRAME = LISTEN_RATE / 50;
/** RTP's clock a frame. */
const STEP = 960;
/** Frames that wait; a device that sends faster than sound is heard no more of [C2]. */
const MOST_WAITING = 100;
/** So many wait where a network stalls and lets go: then two go out at once until they are fewer. */
const MANY_WAITING = 12;
/**
 * Sound comes in pieces of whatever length: so many steps without any are the wait for the next piece. More are a gap,
 * which the room hears as silence.
 */
const PATIENCE = 6;
/** After so many quiet frames nothing need be sent. */
const HANGOVER = 25;

/** One frame that leaves: sound, or nothing to be heard. */
export interface MicrophoneFrame {
  sound: Int16Array | undefined;
  timestamp: number;
}

/** Puts frames in time: the room hears them evenly, and a gap as a gap. */
export class Microphone {
  readonly #waiting: Int16Array[] = [];
  #timestamp = 0;
  #started = false;
  #starved = 0;

  /** False where it was left out: there are too many. */
  push(frame: Int16Array): boolean {
    if (this.#waiting.length >= MOST_WAITING) return false;
    this.#waiting.push(frame);
    return true;
  }

  /** What leaves in this step of the clock, one frame as a rule. */
  *step(): Generator<MicrophoneFrame> {
    if (this.#waiting.length === 0) {
      this.#starved += 1;
      if (!this.#started || this.#starved <= PATIENCE) return;
      // The steps that were waited for are over, too.
      yield { sound: undefined, timestamp: this.#next(this.#starved === PATIENCE + 1 ? PATIENCE + 1 : 1) };
      return;
    }
    this.#starved = 0;
    this.#started = true;
    const frames = this.#waiting.length > MANY_WAITING ? 2 : 1;
    for (const sound of this.#waiting.splice(0, frames)) yield { sound, timestamp: this.#next(1) };
  }

  #next(steps: number): number {
    this.#timestamp = (this.#timestamp + steps * STEP) >>> 0;
    return this.#timestamp;
  }
}

/** Cuts bytes of PCM16, of whatever lengths, into frames of 20 ms. */
export class Framer {
  #rest = new Uint8Array(0);

  *push(bytes: Uint8Array): Generator<Int16Array> {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    let at = 0;
    for (; all.length - at >= FRAME * 2; at += FRAME * 2) {
      const frame = new Int16Array(FRAME);
      new Uint8Array(frame.buffer).set(all.subarray(at, at + FRAME * 2));
      yield frame;
    }
    this.#rest = all.slice(at);
  }
}

/** Silence after speech is sent for a while, and then no more. */
export class Hangover {
  #quiet = HANGOVER;

  /** The frame, or undefined where nothing of it can be heard. */
  of(frame: Int16Array): Int16Array | undefined {
    this.#quiet = isQuiet(frame) ? this.#quiet + 1 : 0;
    return this.#quiet > HANGOVER ? undefined : frame;
  }
}
