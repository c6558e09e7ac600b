import type { Clock } from '../base/clock.ts';
import { SPEECH_RATE } from '../base/rates.ts';
import type { Performance, PerformanceCapabilities, Progress, SpokenChunk } from '../perform/port.ts';

const FRAME_MS = 20;
const FRAME_SAMPLES = (SPEECH_RATE * FRAME_MS) / 1000;

/** Plays into nothing at the clock's speed; it may be one that cannot pause. Without speech it needs no timer. */
export class PacedPerformance implements Performance {
  readonly capabilities: PerformanceCapabilities;
  readonly #clock: Clock;
  readonly #tell: (progress: Progress) => void;
  #turn: { id: string; available: number; played: number; complete: boolean; paused: boolean } | undefined;
  #cancelStep: (() => void) | undefined;

  constructor(clock: Clock, pauses: 'exact' | 'none', tell: (progress: Progress) => void) {
    this.capabilities = { pauses, position: 'sample', mouth: 'ours' };
    this.#clock = clock;
    this.#tell = tell;
  }

  begin(turnId: string): void {
    this.#turn = { id: turnId, available: 0, played: 0, complete: false, paused: false };
  }
  speech(turnId: string, { pcm }: SpokenChunk): void {
    if (this.#turn?.id !== turnId) return;
    this.#turn.available += pcm.length;
    this.#next();
  }
  complete(turnId: string): void {
    if (this.#turn?.id !== turnId) return;
    this.#turn.complete = true;
    this.#next();
  }
  pause(turnId: string): void {
    if (this.#turn?.id === turnId && this.capabilities.pauses === 'exact') this.#turn.paused = true;
  }
  resume(turnId: string): void {
    if (this.#turn?.id !== turnId) return;
    this.#turn.paused = false;
    this.#next();
  }
  cancel(turnId: string): void {
    if (this.#turn?.id === turnId) this.#turn = undefined;
  }
  mood(): void {}

  close(): void {
    this.#cancelStep?.();
  }

  #next(): void {
    this.#cancelStep ??= this.#clock.after(FRAME_MS, () => {
      this.#cancelStep = undefined;
      this.#step();
    });
  }

  #step(): void {
    const turn = this.#turn;
    if (turn === undefined || turn.paused) return;
    const before = turn.played;
    turn.played = Math.min(turn.available, before + FRAME_SAMPLES);
    const done = turn.complete && turn.played === turn.available;
    const started = before === 0 && turn.played > 0;
    if (done) this.#turn = undefined;
    else if (turn.played < turn.available) this.#next();
    const dueUnixMs = this.#clock.unixMs() + FRAME_MS;
    if (done || turn.played > before) this.#tell({ turnId: turn.id, samples: turn.played, dueUnixMs, started, done });
  }
}
