import { ANIMATION_LIMITS, type AnimationEvent, type AnimationOf } from '../../protocol/animation.ts';

/** Events that wait for one subscriber: some 20 s of speech [C2]. */
const MAX_WAITING = 512;
/** Visemes that are kept of the running turn: more than an agent makes ahead [C2]. */
const MAX_AHEAD = 2048;

/** Messages that may follow each other at once after a pause: the look of an answer, and then its first words. */
const BURST = 3;

/** How soon is looked again whether a subscriber has read what it was sent: a moment for most, ever longer for others. */
const NOT_READ_MS = { first: 5, longest: 320 };

/** How one subscriber is reached. */
export interface AnimationSink {
  /** What was sent before has left; more would pile up otherwise. */
  readonly ready: boolean;
  /** @param dropped events that were left out since the last time, being too old */
  send(events: AnimationEvent[], dropped: number): void;
}

/**
 * One room's animation stream, from its agent to whoever asked. Keeps what the face is doing now, for those who come
 * later; each subscriber has a bounded queue and a pace of its own.
 */
export class AnimationFeed {
  readonly #subscribers = new Map<unknown, Subscriber>();
  readonly #now = new Present();

  push(events: readonly AnimationEvent[]): void {
    for (const event of events) this.#now.take(event);
    for (const subscriber of this.#subscribers.values()) subscriber.push(events);
  }

  /** Begins to tell `who`, from what is going on now; a subscription they had ends. */
  subscribe(who: unknown, sink: AnimationSink, everyMs: number = ANIMATION_LIMITS.everyMs): void {
    const earlier = this.#subscribers.get(who);
    earlier?.close();
    const subscriber = new Subscriber(sink, everyMs, earlier?.paidMs);
    this.#subscribers.set(who, subscriber);
    subscriber.push(this.#now.events);
  }

  unsubscribe(who: unknown): void {
    this.#subscribers.get(who)?.close();
    this.#subscribers.delete(who);
  }

  /** The agent is gone in the midst of whatever it did. */
  agentLeft(): void {
    const { turnId, sample, agentMs } = this.#now;
    if (turnId !== undefined)
      this.push([{ type: 'end', turn_id: turnId, at_ms: agentMs, outcome: 'cancelled', sample }]);
    this.#now.forget();
  }

  close(): void {
    for (const subscriber of this.#subscribers.values()) subscriber.close();
    this.#subscribers.clear();
  }
}

/** What a face is doing: its look, and what is still to come of the running turn. */
class Present {
  #expression: AnimationEvent | undefined;
  #gaze: AnimationEvent | undefined;
  #clock: AnimationOf<'clock'> | undefined;
  #visemes: AnimationOf<'viseme'>[] = [];
  turnId: string | undefined;
  /** How far the agent's clock is ahead of ours. */
  #aheadMs = 0;

  get events(): AnimationEvent[] {
    return [this.#expression, this.#gaze, this.#clock, ...this.#visemes].filter(event => event !== undefined);
  }
  /** Sample that is heard, as last told. */
  get sample(): number {
    return this.#clock?.sample ?? 0;
  }

  /** What time it is on the agent's clock, as far as it told. */
  get agentMs(): number {
    return performance.now() + this.#aheadMs;
  }

  take(event: AnimationEvent): void {
    if ('at_ms' in event) this.#aheadMs = event.at_ms - performance.now();
    switch (event.type) {
      case 'expression':
        this.#expression = event;
        break;
      case 'gaze':
        this.#gaze = event;
        break;
      case 'viseme':
        this.#turn(event.turn_id);
        this.#visemes.push(event);
        if (this.#visemes.length > MAX_AHEAD) this.#visemes.shift();
        break;
      case 'clock':
        this.#turn(event.turn_id);
        this.#clock = event;
        this.#visemes = this.#visemes.filter(({ end_sample }) => end_sample > event.sample);
        break;
      case 'end':
        this.#turn(undefined);
    }
  }

  forget(): void {
    this.#expression = undefined;
    this.#gaze = undefined;
    this.#turn(undefined);
  }

  #turn(turnId: string | undefined): void {
    if (turnId === this.turnId) return;
    this.turnId = turnId;
    this.#visemes = [];
    this.#clock = undefined;
  }
}

/** One subscriber's queue. What is not read in time is left out, the oldest first. */
class Subscriber {
  readonly #sink: AnimationSink;
  readonly #everyMs: number;
  #waiting: AnimationEvent[] = [];
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #notReadMs = NOT_READ_MS.first;
  /** Until when the messages so far use up the pace. */
  paidMs: number;

  constructor(sink: AnimationSink, everyMs: number, paidMs = 0) {
    this.#sink = sink;
    this.#everyMs = everyMs;
    this.paidMs = paidMs;
  }

  push(events: readonly AnimationEvent[]): void {
    for (const event of events) {
      // What a turn that is over still had to show is of no use to anyone [T2].
      if (event.type === 'end')
        this.#waiting = this.#waiting.filter(({ type, turn_id }) => type !== 'viseme' || turn_id !== event.turn_id);
      this.#waiting.push(event);
    }
    const excess = Math.max(0, this.#waiting.length - MAX_WAITING);
    this.#waiting.splice(0, excess);
    this.#dropped += excess;
    this.#sendSoon();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #sendSoon(): void {
    if (this.#timer !== undefined || this.#waiting.length === 0) return;
    const waitMs = this.paidMs - (BURST - 1) * this.#everyMs - performance.now();
    const { ready } = this.#sink;
    if (waitMs <= 0 && ready) {
      this.#send();
      return;
    }
    const lookAgainMs = Math.max(waitMs, this.#notReadMs);
    this.#notReadMs = ready ? NOT_READ_MS.first : Math.min(NOT_READ_MS.longest, 2 * this.#notReadMs);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#sendSoon();
    }, lookAgainMs);
  }

  #send(): void {
    this.#notReadMs = NOT_READ_MS.first;
    this.paidMs = Math.max(this.paidMs, performance.now()) + this.#everyMs;
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#sink.send(this.#waiting.splice(0, ANIMATION_LIMITS.eventsPerMessage), dropped);
    this.#sendSoon();
  }
}
