import { Cancelled } from '../base/cancellation.ts';
import type { Clock } from '../base/clock.ts';
import type { PauseJudged } from '../listen/listener.ts';
import { readWords } from '../listen/witness/reading.ts';
import type { Performance, SpokenChunk } from '../perform/port.ts';
import type { Responder } from '../respond/port.ts';

/** What a listener says to show that it listens. */
const SOUNDS = ['Mm-hmm.', 'I see.', 'Right.', 'Mm-hmm.', 'Oh.'];
/** Who tells something has spoken for so long; in answer to a question, for longer. */
const TELLING_MS = 5000;
const ANSWERING_MS = 9000;
/** Nobody is hummed at more often. */
const REST_MS = 7000;
/** Where an answer comes sooner it says more than that. */
const LEAST_WAIT_MS = 600;
/** Who goes on so soon took it as it was meant. */
const HIT_MS = 2500;
/** Softer than speech, factor. */
const SOFT = 0.55;

export interface BackchannelsDeps {
  clock: Clock;
  responder: Pick<Responder, 'say'>;
  performance: Performance;
  metrics: { backchannel(outcome: 'hit' | 'missed'): void };
  newId(): string;
  report(problem: string, error: unknown): void;
}

/**
 * "Mm-hmm": the avatar shows that it listens while somebody tells something long, where they have come to the end of a
 * sentence and will go on; never while they look for words. It is no turn: nothing of it is in log or history.
 */
export class Backchannels {
  readonly #deps: BackchannelsDeps;
  readonly #made: SpokenChunk[] = [];
  readonly #abort = new AbortController();
  #making = false;
  #next = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  #playing: string | undefined;
  #cancelMiss: (() => void) | undefined;

  constructor(deps: BackchannelsDeps) {
    this.#deps = deps;
  }

  /** Somebody speaks, and for how long: what may be needed soon is made. */
  hears(speechMs: number): void {
    if (speechMs > TELLING_MS / 2 && !this.#making) void this.#make();
  }

  /** Somebody pauses. @param asked whether they were asked something */
  paused({ text, silenceMs, done }: PauseJudged, speechMs: number, asked: boolean): void {
    const nowMs = this.#deps.clock.nowMs();
    const words = readWords(text);
    const isPlace =
      (words.finished === 1 || words.states === 1) && words.opening + words.dictating + words.trailing === 0;
    const isLong = speechMs > (asked ? ANSWERING_MS : TELLING_MS);
    if (!isPlace || !isLong || silenceMs < LEAST_WAIT_MS || done > 0.75 || nowMs - this.#lastMs < REST_MS) return;
    const chunk = this.#made[this.#next % SOUNDS.length];
    if (chunk === undefined) return;
    this.#next += 1;
    this.#lastMs = nowMs;
    this.#play(chunk);
  }

  /** They go on speaking. */
  resumed(): void {
    if (this.#cancelMiss === undefined) return;
    this.#settle('hit');
  }

  /** A turn begins: that is what is heard now. */
  stop(): void {
    if (this.#playing !== undefined) this.#deps.performance.cancel(this.#playing);
    this.#playing = undefined;
    if (this.#cancelMiss !== undefined) this.#settle('missed');
  }

  close(): void {
    this.stop();
    this.#abort.abort(new Cancelled('the conversation ended'));
  }

  #play({ pcm, events }: SpokenChunk): void {
    const { performance, newId, clock } = this.#deps;
    const id = newId();
    this.#playing = id;
    performance.begin(id);
    performance.speech(id, { pcm: pcm.slice(), events: [...events] });
    performance.complete(id);
    this.#cancelMiss = clock.after(HIT_MS, () => this.#settle('missed'));
  }

  #settle(outcome: 'hit' | 'missed'): void {
    this.#cancelMiss?.();
    this.#cancelMiss = undefined;
    this.#playing = undefined;
    this.#deps.metrics.backchannel(outcome);
  }

  async #make(): Promise<void> {
    this.#making = true;
    const { responder, newId, report } = this.#deps;
    const { signal } = this.#abort;
    const committed = Promise.resolve();
    try {
      for (const text of SOUNDS) {
        const parts: SpokenChunk[] = [];
        const options = { turnId: newId(), signal, committed, room: () => committed };
        for await (const each of responder.say(text, [], options))
          if (each.type === 'speech')
            parts.push({ pcm: each.pcm.map(sample => sample * SOFT), events: [...each.events] });
        // Each is one short sound.
        if (parts[0] !== undefined) this.#made.push(parts[0]);
      }
    } catch (error) {
      if (!signal.aborted) report('no backchannel could be made', error);
    }
  }
}
