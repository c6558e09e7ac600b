import { FRAME_SAMPLES, Playout } from '../media/playout.ts';
import type { Performance, Progress } from '../perform/port.ts';
import type { ReplayClock } from './replay-clock.ts';

const FRAME_MS = 20;
/** As often as the media thread says how far the speech is. */
const PROGRESS_SAMPLES = 5 * FRAME_SAMPLES;
/** From a turn's first sample to the first picture of its mouth. */
const SHOWN_MS = 40;

/** Plays what the session says into nothing, in virtual time and in frames, and tells how far it is. */
export class VirtualPlayout implements Performance {
  readonly capabilities = { pauses: 'exact', position: 'sample', mouth: 'ours' } as const;
  readonly #clock: ReplayClock;
  readonly #playout = new Playout();
  readonly #tell: { progress(progress: Progress): void; shown(turnId: string): void };
  #ticking = false;
  #startedTurn: string | undefined;
  #reported = 0;

  constructor(clock: ReplayClock, tell: { progress(progress: Progress): void; shown(turnId: string): void }) {
    this.#clock = clock;
    this.#tell = tell;
  }

  begin(turnId: string): void {
    this.#playout.begin(turnId);
    this.#reported = 0;
    this.#tick();
  }
  speech(turnId: string, { pcm }: { pcm: Int16Array }): void {
    this.#playout.push(turnId, pcm);
    this.#tick();
  }
  complete(turnId: string): void {
    this.#playout.complete(turnId);
    this.#tick();
  }
  pause(turnId: string): void {
    this.#playout.pause(turnId);
  }
  resume(turnId: string): void {
    this.#playout.resume(turnId);
    this.#tick();
  }
  cancel(turnId: string): void {
    this.#playout.cancel(turnId);
  }
  mood(): void {}

  /** On a grid that began with the call, as the media thread's; only while there is something to play. */
  #tick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    this.#clock.after(FRAME_MS - (this.#clock.nowMs() % FRAME_MS), () => {
      this.#ticking = false;
      this.#step();
      if (this.#playout.audible) this.#tick();
    });
  }

  #step(): void {
    const frame = this.#playout.next();
    const { turnId, position: samples, finished: done } = this.#playout;
    if (turnId === undefined) return;
    const started = frame?.turnId === turnId && this.#startedTurn !== turnId;
    if (started) {
      this.#startedTurn = turnId;
      this.#clock.after(SHOWN_MS, () => this.#tell.shown(turnId));
    }
    // All there is has been played: that is told, too, while more may come.
    const isDry = !this.#playout.audible && samples !== this.#reported;
    if (!started && !done && !isDry && samples - this.#reported < PROGRESS_SAMPLES) return;
    this.#reported = samples;
    if (done) this.#playout.cancel(turnId);
    this.#tell.progress({ turnId, samples, dueUnixMs: this.#clock.unixMs() + FRAME_MS, started, done });
  }
}
