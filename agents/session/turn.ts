import { MOST_ANSWERED, MOST_SOURCES, type Source, type TurnTiming } from '../../protocol/conversation.ts';
import { Cancelled } from '../base/cancellation.ts';
import type { Clock } from '../base/clock.ts';
import { SPEECH_RATE } from '../base/rates.ts';
import { gesturesOf } from '../perform/gestures.ts';
import type { SpokenChunk } from '../perform/port.ts';
import type { Spoken } from '../respond/port.ts';
import { shifted } from '../speak/mouth.ts';
import type { ConcernPart, Exchange, FeelingPart } from '../think/ports.ts';
import type { SaidTimes } from './floor/said-times.ts';
import { Ledger } from './ledger.ts';
import { type Accounted, TurnTimes } from './trace.ts';

/** Where a turn's output goes once it is live. */
export interface TurnSink {
  speech(turnId: string, chunk: SpokenChunk): void;
  feeling(feeling: FeelingPart): void;
  concern(concern: ConcernPart): void;
  /** Something is being looked up, and takes long; or that is over. */
  looking(on: boolean): void;
  complete(turnId: string): void;
}

/** Speech made ahead of what has been heard, at most [C2]: 8 s. */
const MAX_AHEAD_SAMPLES = 8 * SPEECH_RATE;

/**
 * One turn of the avatar: an id, one AbortController [T1], what it answers, what it says, and how far that was
 * heard. Until it is committed it is speculation: its output is held here and reaches nobody [T5].
 */
export class Turn {
  readonly id: string;
  readonly source: TurnTiming['source'];
  readonly inputs: readonly Exchange[];
  readonly times: TurnTimes;
  readonly ledger = new Ledger();
  /** What it was looked up in. */
  sources: readonly Source[] = [];
  readonly #abort = new AbortController();
  readonly #commitment = Promise.withResolvers<void>();
  #handover: string | undefined;
  #sink: TurnSink | undefined;
  #held: ((sink: TurnSink) => void)[] = [];
  #roomWaiters: (() => void)[] = [];

  constructor(turn: {
    id: string;
    source: TurnTiming['source'];
    inputs: readonly Exchange[];
    said: SaidTimes;
  }) {
    this.id = turn.id;
    this.source = turn.source;
    this.inputs = turn.inputs;
    this.times = new TurnTimes(turn.said);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }
  /** Resolves when the turn is certain; never, if it is thrown away. */
  get committed(): Promise<void> {
    return this.#commitment.promise;
  }

  /** Entries of the log that it answers, whatever its own id is. */
  get answers(): string[] {
    return [...new Set(this.inputs.flatMap(({ entryId }) => entryId ?? []))].slice(-MOST_ANSWERED);
  }

  /** Who takes over once it was heard to its end; undefined: nobody. */
  get handover(): string | undefined {
    return this.#handover;
  }

  /** The turn is certain: held output goes out, and all that follows. */
  commit(sink: TurnSink, nowMs: number): void {
    this.times.mark('committed', nowMs);
    this.#sink = sink;
    for (const release of this.#held.splice(0)) release(sink);
    this.#commitment.resolve();
    this.#notifyRoom();
  }

  /**
   * Ends everything the turn started.
   *
   * @param options.stillWanted but for what it was to find out: somebody merely spoke meanwhile
   */
  cancel(reason: string, options: { stillWanted?: boolean } = {}): void {
    if (this.signal.aborted) return;
    this.#abort.abort(new Cancelled(reason, options));
    this.#held = [];
    this.#notifyRoom();
  }

  /** A piece of its answer exists. */
  take(spoken: Spoken): void {
    if (spoken.type === 'mark') this.times.told(spoken);
    else if (spoken.type === 'feeling') this.#out(sink => sink.feeling(spoken));
    else if (spoken.type === 'sources') this.sources = spoken.sources.slice(0, MOST_SOURCES);
    else if (spoken.type === 'handover') this.#handover = spoken.to;
    else if (spoken.type === 'looking') this.#out(sink => sink.looking(spoken.on));
    else if (spoken.type === 'concern') this.#out(sink => sink.concern(spoken));
    else {
      const { pcm, words } = spoken;
      const start = this.ledger.add(words, pcm.length);
      const events = spoken.events.map(event => shifted(event, sample => sample + start));
      const gestures = gesturesOf(words, spoken.events).map(gesture => ({
        ...gesture,
        startSample: gesture.startSample + start,
        endSample: gesture.endSample + start,
      }));
      this.#out(sink => sink.speech(this.id, { pcm, events, gestures }));
    }
  }

  /** Everything that will be said exists. */
  end(): void {
    this.#out(sink => sink.complete(this.id));
  }

  /** How much was heard so far, samples. */
  advance(playedSamples: number): void {
    this.ledger.advance(playedSamples);
    this.#notifyRoom();
  }

  /** Resolves when little enough is waiting to be heard that more may be made. */
  async room(): Promise<void> {
    while (!this.signal.aborted && this.ledger.remaining > MAX_AHEAD_SAMPLES)
      await new Promise<void>(resolve => this.#roomWaiters.push(resolve));
    this.signal.throwIfAborted();
  }

  /** Where its time went, now that it is over. */
  account(outcome: TurnTiming['outcome'], clock: Clock): Accounted {
    const { id: turnId, source, times } = this;
    const nowMs = clock.nowMs();
    const { stages, ...measured } = times.timing(nowMs);
    const turn = { turnId, outcome, source, ...measured };
    return { timing: { ...turn, stages }, trace: times.trace(turn, nowMs, clock.unixMs()) };
  }

  #out(release: (sink: TurnSink) => void): void {
    if (this.signal.aborted) return;
    if (this.#sink === undefined) this.#held.push(release);
    else release(this.#sink);
  }

  #notifyRoom(): void {
    for (const resolve of this.#roomWaiters.splice(0)) resolve();
  }
}
