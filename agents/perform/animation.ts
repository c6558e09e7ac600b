import { ANIMATION_LIMITS, ANIMATION_RATE, type AnimationEvent, type AnimationOf } from '../../protocol/animation.ts';
import type { Gesture, VisemeEvent } from '../../protocol/timeline.ts';
import type { Clock } from '../base/clock.ts';
import type { Follower, LentChunk, Mood, Progress } from './port.ts';

const PER_MS = ANIMATION_RATE / 1000;
/** How often those who follow are told where the speech is, and how far off they may be before they are told sooner. */
const CLOCK_MS = 200;
const CLOCK_SLIP_MS = 15;
/** How long a face takes to change, as the server's own does. */
const EXPRESSION_MS = 320;
const STARTLED_MS = 170;
const GAZE_MS = 120;
const NOD = { amount: 0.5, durationMs: 850 };
/** Movements of the head are told so long before they begin, samples. */
const AHEAD = 0.3 * ANIMATION_RATE;

/** The live turn as it was told so far. */
interface Told {
  id: string;
  /** Samples of speech that were handed over. */
  available: number;
  /** Samples that were heard. */
  heard: number;
  clock: AnimationOf<'clock'> | undefined;
  /** Something was told of it, so its end must be, too. */
  begun: boolean;
  /** What the head is still to do. */
  gestures: Gesture[];
}

/**
 * Puts what the session has its avatar perform into the animation stream's words. It gets the same calls as the
 * playout, so nothing of a turn that is not certain can come here [T5], and each event names its turn [T2].
 */
export class AnimationStream implements Follower {
  readonly #clock: Pick<Clock, 'unixMs'>;
  readonly #send: (events: AnimationEvent[]) => void;
  #waiting: AnimationEvent[] = [];
  #turn: Told | undefined;
  #mood: Mood | undefined;

  /** @param send takes one message's events, in order */
  constructor(clock: Pick<Clock, 'unixMs'>, send: (events: AnimationEvent[]) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  begin(turnId: string): void {
    if (this.#turn !== undefined) this.#end(this.#turn, 'cancelled');
    this.#turn = { id: turnId, available: 0, heard: 0, clock: undefined, begun: false, gestures: [] };
  }

  speech(turnId: string, { pcm, events, gestures = [] }: LentChunk): void {
    const turn = this.#mine(turnId);
    if (turn === undefined) return;
    turn.available += pcm.length;
    turn.begun ||= events.length > 0;
    turn.gestures.push(...gestures);
    this.#emit(...events.map(event => command(turnId, event)));
  }

  /** What is said is known; when it has been heard, `progress` tells. */
  complete(): void {}

  pause(turnId: string): void {
    const turn = this.#mine(turnId);
    if (turn?.clock?.state !== 'playing') return;
    const atMs = this.#clock.unixMs();
    this.#tell(turn, { at_ms: atMs, sample: Math.min(turn.available, expected(turn.clock, atMs)), state: 'paused' });
  }

  resume(turnId: string): void {
    const turn = this.#mine(turnId);
    if (turn?.clock?.state !== 'paused') return;
    this.#tell(turn, { at_ms: this.#clock.unixMs(), sample: turn.clock.sample, state: 'playing' });
  }

  cancel(turnId: string): void {
    const turn = this.#mine(turnId);
    if (turn !== undefined) this.#end(turn, 'cancelled');
  }

  mood(mood: Mood): void {
    const { state, emotion, intensity, gaze, nods = 0, reducedMotion } = mood;
    const before = this.#mood;
    this.#mood = mood;
    const events: AnimationEvent[] = [];
    const common = { ...(this.#turn !== undefined && { turn_id: this.#turn.id }), at_ms: this.#clock.unixMs() };
    const changed =
      state !== before?.state ||
      emotion !== before.emotion ||
      intensity !== before.intensity ||
      reducedMotion !== before.reducedMotion;
    if (changed) {
      const duration_ms = emotion === 'surprised' ? STARTLED_MS : EXPRESSION_MS;
      events.push({
        type: 'expression',
        ...common,
        state,
        emotion,
        intensity,
        duration_ms,
        ...(reducedMotion && { reduced_motion: true }),
      });
    }
    const { x, y } = gaze ?? { x: 0, y: 0 };
    if (x !== (before?.gaze?.x ?? 0) || y !== (before?.gaze?.y ?? 0))
      events.push({ type: 'gaze', ...common, x, y, duration_ms: GAZE_MS });
    if (nods > (before?.nods ?? 0))
      events.push({ type: 'head', ...common, gesture: 'nod', amount: NOD.amount, duration_ms: NOD.durationMs });
    this.#emit(...events);
  }

  /** Tells of what the head does next. Arms not every renderer has: they are no part of the stream. */
  #gesture(turn: Told, samples: number, dueUnixMs: number): void {
    const due = turn.gestures.filter(({ startSample }) => startSample <= samples + AHEAD);
    if (due.length === 0) return;
    turn.gestures = turn.gestures.filter(gesture => !due.includes(gesture));
    const heads = due.flatMap(({ kind, startSample, endSample, amount }): AnimationEvent[] =>
      kind === 'arms'
        ? []
        : [
            {
              type: 'head',
              turn_id: turn.id,
              at_ms: Math.max(dueUnixMs, dueUnixMs + (startSample - samples) / PER_MS),
              gesture: kind,
              amount: Math.max(-1, Math.min(1, kind === 'nod' ? -amount : amount)),
              duration_ms: (endSample - startSample) / PER_MS,
            },
          ],
    );
    this.#emit(...heads);
  }

  /** How far the speech went out. */
  progress({ turnId, samples, dueUnixMs, done }: Progress): void {
    const turn = this.#mine(turnId);
    if (turn === undefined) return;
    turn.heard = samples;
    this.#gesture(turn, samples, dueUnixMs);
    const { clock } = turn;
    if (done === true) this.#end(turn, 'completed', dueUnixMs);
    else if (clock?.state === 'paused') {
      // The last frames before the pause.
      if (samples !== clock.sample) this.#tell(turn, { at_ms: clock.at_ms, sample: samples, state: 'paused' });
    } else if (samples > 0 && (clock === undefined || isOld(clock, samples, dueUnixMs)))
      this.#tell(turn, { at_ms: dueUnixMs, sample: samples, state: 'playing' });
  }

  #mine(turnId: string): Told | undefined {
    return this.#turn?.id === turnId ? this.#turn : undefined;
  }

  #tell(turn: Told, line: Pick<AnimationOf<'clock'>, 'at_ms' | 'sample' | 'state'>): void {
    turn.begun = true;
    turn.clock = { type: 'clock', turn_id: turn.id, ...line };
    this.#emit(turn.clock);
  }

  #end({ id, heard, begun }: Told, outcome: 'completed' | 'cancelled', at_ms = this.#clock.unixMs()): void {
    this.#turn = undefined;
    if (begun) this.#emit({ type: 'end', turn_id: id, at_ms, outcome, sample: heard });
  }

  /** What is told in one go is sent in one message: the first words come with the look that goes with them. */
  #emit(...events: AnimationEvent[]): void {
    if (this.#waiting.length === 0 && events.length > 0) queueMicrotask(() => this.#flush());
    this.#waiting.push(...events);
  }

  #flush(): void {
    while (this.#waiting.length > 0) this.#send(this.#waiting.splice(0, ANIMATION_LIMITS.eventsPerMessage));
  }
}

/** The sample that a clock puts at `atMs`. */
const expected = ({ sample, at_ms }: AnimationOf<'clock'>, atMs: number): number =>
  Math.max(0, Math.round(sample + (atMs - at_ms) * PER_MS));

/** Time to tell again where the speech is. */
const isOld = (clock: AnimationOf<'clock'>, sample: number, atMs: number): boolean =>
  atMs - clock.at_ms > CLOCK_MS - CLOCK_SLIP_MS || Math.abs(sample - expected(clock, atMs)) >= CLOCK_SLIP_MS * PER_MS;

function command(turnId: string, event: VisemeEvent): AnimationOf<'viseme'> {
  const { viseme, phoneme, startSample, peakSample, endSample, weight, mouthOpen } = event;
  return {
    type: 'viseme',
    turn_id: turnId,
    viseme,
    phoneme,
    start_sample: startSample,
    peak_sample: peakSample,
    end_sample: endSample,
    start_ms: rounded(startSample / PER_MS, 10),
    duration_ms: rounded((endSample - startSample) / PER_MS, 10),
    weight: rounded(weight, 1000),
    mouth_open: rounded(mouthOpen, 1000),
  };
}

const rounded = (value: number, steps: number): number => Math.round(value * steps) / steps;
