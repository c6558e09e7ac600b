/**
 * Takes out of a device's microphone what its own loudspeaker plays [L2]. A device plays and records by one clock: counted
 * in samples, an echo comes back after the same time again and again, whatever the network does to both directions.
 */
import { LISTEN_RATE, SPEECH_RATE } from '../agents/base/rates.ts';
import { isQuiet } from '../agents/listen/quiet.ts';
import { EchoGate, SentSound } from '../agents/media/echo-gate.ts';
import { DEVICE } from '../protocol/device.ts';

const FRAME = LISTEN_RATE / 50;
const STEP = SPEECH_RATE / LISTEN_RATE;
const samplesOf = (ms: number) => (ms * DEVICE.sampleRate) / 1000;
/** What was sent is remembered so long: longer than anything that a device holds back. */
const KEPT = samplesOf(8000);
/** Sound that has just left is not there yet when it is wanted, where a chunk comes late. */
const SLACK = samplesOf(60);
/** A report names what is heard; what comes back is looked for from a little later on. */
const LEAD = samplesOf(40);
/** Without reports both counts are taken to run alike as long as they are no further apart. */
const DRIFT = samplesOf(100);

/** Frames wait for what was sent where that is late: not longer than this, for it may not come at all. */
const MOST_WAITING = 8;

export class OwnVoice {
  readonly #sent = new SentSound();
  readonly #gate = new EchoGate(this.#sent, { steady: true });
  readonly #ring = new Int16Array(KEPT);
  /** Of the ring: up to where it was written. */
  #end = 0;
  /** More of what is being said is to come. */
  #speaking = false;
  /** What is taken to leave the loudspeaker while the next frame is recorded. */
  #position: number | undefined;
  #reports = false;
  readonly #waiting: Int16Array[] = [];
  readonly #fine = new Int16Array(FRAME * STEP);

  /** This was sent to be played. What of the microphone waited for it may be passed on now. */
  sent(position: number, pcm: Int16Array, { begins, ends }: { begins: boolean; ends: boolean }): Int16Array[] {
    // What was not sent in between is silence.
    for (let at = Math.max(this.#end, position - KEPT); at < position; at++) this.#ring[at % KEPT] = 0;
    for (let i = 0; i < pcm.length; i++) this.#ring[(position + i) % KEPT] = pcm[i]!;
    this.#end = position + pcm.length;
    this.#speaking = !ends;
    if (begins && !this.#reports) this.#align(position - SLACK, DRIFT);
    return this.#passed();
  }

  /** What was sent last is all: it was thrown away, or nothing follows. */
  stopped(): Int16Array[] {
    this.#speaking = false;
    return this.#passed();
  }

  /** The device says what its loudspeaker plays now. */
  played(position: number): void {
    if (position > this.#end + DRIFT) return;
    this.#reports = true;
    // What waits was recorded before that.
    this.#align(position + LEAD - this.#waiting.length * FRAME, FRAME);
  }

  /** The next 20 ms of the microphone; what may be passed on now: nothing, while it is not known whose it is. */
  hear(pcm: Int16Array): Int16Array[] {
    this.#waiting.push(pcm);
    return this.#passed();
  }

  #passed(): Int16Array[] {
    const passed: Int16Array[] = [];
    while (this.#waiting.length > (this.#isLate ? MOST_WAITING : 0)) {
      const pcm = this.#waiting.shift()!;
      for (const heard of this.#gate.push({ pcm, audible: !isQuiet(pcm) })) passed.push(heard.pcm);
      this.#sent.push(this.#played());
    }
    return passed;
  }

  /** What is to be compared with the next frame is being said, and not here yet. */
  get #isLate(): boolean {
    return this.#speaking && this.#position !== undefined && this.#position + FRAME > this.#end;
  }

  #align(position: number, drift: number): void {
    if (this.#position === undefined || Math.abs(this.#position - position) > drift) this.#position = position;
  }

  /** What the loudspeaker plays in this frame, 48 kHz; undefined for nothing. */
  #played(): Int16Array | undefined {
    if (this.#position === undefined) return undefined;
    const from = this.#position;
    this.#position += FRAME;
    if (from < 0 || from + FRAME > this.#end || from < this.#end - KEPT) return undefined;
    let sound = false;
    for (let i = 0; i < FRAME; i++) {
      const sample = this.#ring[(from + i) % KEPT]!;
      sound ||= sample !== 0;
      this.#fine.fill(sample, i * STEP, (i + 1) * STEP);
    }
    return sound ? this.#fine : undefined;
  }
}
