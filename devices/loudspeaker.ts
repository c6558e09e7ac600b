/** What a device is to play: all voices of the room in one, 100 ms at a time, and nothing while nobody speaks. */
import { LISTEN_RATE } from '../agents/base/rates.ts';
import { AUDIO_FLAGS, DEVICE } from '../protocol/device.ts';

const FRAME = LISTEN_RATE / 50;
const FRAMES_PER_CHUNK = DEVICE.chunkMs / 20;
/** A voice that was quiet for so many frames has stopped. */
const HANGOVER = 10;
/** Frames of one voice that wait to be mixed; the oldest are left out [C2]. */
const MOST_WAITING = 6;

export interface Frame {
  pcm: Int16Array;
  audible: boolean;
}

export interface Chunk {
  flags: number;
  sequence: number;
  /** Samples since the device came. */
  position: number;
  pcm: Int16Array;
  /** Where the avatar's voice begins, where it does in here. */
  avatarAt?: number;
}

interface Voice {
  avatar: boolean;
  waiting: Frame[];
  quietFrames: number;
}

export class Loudspeaker {
  readonly #voices = new Map<string, Voice>();
  #frames: Int16Array[] = [];
  #silent = true;
  #sequence = 0;
  #ticks = 0;
  #begins = false;
  #avatarAt: number | undefined;

  add(identity: string, avatar: boolean): void {
    this.#voices.set(identity, { avatar, waiting: [], quietFrames: HANGOVER });
  }

  remove(identity: string): void {
    this.#voices.delete(identity);
  }

  push(identity: string, frame: Frame): void {
    const voice = this.#voices.get(identity);
    if (voice === undefined) return;
    voice.waiting.push(frame);
    if (voice.waiting.length > MOST_WAITING) voice.waiting.shift();
  }

  /** What was not sent yet is thrown away. */
  flush(): void {
    for (const voice of this.#voices.values()) Object.assign(voice, { waiting: [], quietFrames: HANGOVER });
    this.#frames = [];
    this.#avatarAt = undefined;
    this.#silent = true;
  }

  /** One step of 20 ms; what is to be sent now. */
  step(): Chunk | undefined {
    const position = this.#ticks * FRAME;
    this.#ticks += 1;
    const mixed = this.#mix(position);
    if (mixed === undefined && this.#frames.length === 0) {
      this.#silent = true;
      return undefined;
    }
    if (this.#silent) this.#begins = true;
    this.#silent = false;
    this.#frames.push(mixed ?? new Int16Array(FRAME));
    return this.#frames.length < FRAMES_PER_CHUNK ? undefined : this.#chunk(position, mixed === undefined);
  }

  #chunk(lastPosition: number, ends: boolean): Chunk {
    const pcm = new Int16Array(FRAMES_PER_CHUNK * FRAME);
    for (const [i, frame] of this.#frames.entries()) pcm.set(frame, i * FRAME);
    const chunk: Chunk = {
      flags: (this.#begins ? AUDIO_FLAGS.begins : 0) | (ends ? AUDIO_FLAGS.ends : 0),
      sequence: this.#sequence,
      position: lastPosition - (FRAMES_PER_CHUNK - 1) * FRAME,
      pcm,
      ...(this.#avatarAt !== undefined && { avatarAt: this.#avatarAt }),
    };
    this.#frames = [];
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#begins = false;
    this.#silent = ends;
    this.#avatarAt = undefined;
    return chunk;
  }

  /** The sum of who speaks, or has only just stopped; undefined where nobody does. */
  #mix(position: number): Int16Array | undefined {
    let sum: Int16Array | undefined;
    for (const voice of this.#voices.values()) {
      const frame = voice.waiting.shift();
      if (frame?.audible === true) {
        if (voice.avatar && voice.quietFrames >= HANGOVER) this.#avatarAt ??= position;
        voice.quietFrames = 0;
      } else voice.quietFrames += 1;
      if (voice.quietFrames >= HANGOVER) continue;
      sum ??= new Int16Array(FRAME);
      for (let i = 0; i < FRAME; i++) sum[i] = Math.max(-32_768, Math.min(32_767, sum[i]! + (frame?.pcm[i] ?? 0)));
    }
    return sum;
  }
}
