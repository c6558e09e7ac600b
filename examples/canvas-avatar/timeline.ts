import type { AnimationEvent, AnimationOf } from '../../protocol/animation.ts';
import type { Expression, Viseme } from '../../protocol/timeline.ts';

const PER_MS = 48;
const kindOf = (viseme: Viseme) => (viseme === 'PP' || viseme === 'FF' ? viseme : 'other');
/** The jaw is heavier than the lips and starts earlier. */
const JAW_LEAD = 30 * PER_MS;
/** Players that are a second behind still need what was. */
const KEEP_SAMPLES = 1000 * PER_MS;
/** Events of the past of each kind that are remembered. */
const MAX_PAST = 50;
/** The quickest of so many messages tells how the two wall clocks differ. */
const OFFSET_MESSAGES = 40;
/** Share of a newly measured difference that is taken over at once. */
const OFFSET_STEP = 0.2;

/** What a face looks like at one instant. */
export interface Look extends Expression {
  /** Shares of mouth shapes; their sum is at most 1, the rest is a closed mouth. */
  shapes: Partial<Record<Viseme, number>>;
  /** How far the jaw is open, 0..1. */
  mouthOpen: number;
  gaze: { x: number; y: number };
  /** -1..1, down is positive. */
  nod: number;
}

/**
 * A consumer of the animation stream, apart from any drawing. Events are taken as they come; {@link at} tells the look
 * that belongs to what is heard. The one idea: everything is seen as long after it left the agent as the sound is heard.
 */
export class Timeline {
  #visemes: AnimationOf<'viseme'>[] = [];
  #clocks: (AnimationOf<'clock'> | AnimationOf<'end'>)[] = [];
  #expressions: AnimationOf<'expression'>[] = [];
  #gazes: AnimationOf<'gaze'>[] = [];
  #heads: AnimationOf<'head'>[] = [];
  #arrivals: number[] = [];
  #offsetMs: number | undefined;

  /** @param nowMs when it arrived, on the clock that {@link at} is asked with */
  take(events: readonly AnimationEvent[], nowMs: number): void {
    for (const event of events) {
      if (event.type === 'viseme') this.#visemes.push(event);
      else if (event.type === 'expression') remember(this.#expressions, event);
      else if (event.type === 'gaze') remember(this.#gazes, event);
      else if (event.type === 'head') remember(this.#heads, event);
      else {
        remember(this.#clocks, event);
        if (event.type === 'clock' && event.state === 'playing') this.#measure(nowMs - event.at_ms);
        this.#forget(event);
      }
    }
  }

  /** @param delayMs how long after it arrives here sound is heard: jitter buffer and loudspeaker */
  at(nowMs: number, delayMs: number): Look {
    // The time on the agent's clock at which that left which is heard now.
    const atMs = nowMs - (this.#offsetMs ?? 0) - delayMs;
    const { state = 'idle', emotion = 'neutral', intensity = 0 } = latest(this.#expressions, atMs) ?? {};
    const { x = 0, y = 0 } = latest(this.#gazes, atMs) ?? {};
    const head = latest(this.#heads, atMs);
    const share = head === undefined ? 1 : (atMs - head.at_ms) / head.duration_ms;
    const nod = head?.gesture === 'nod' && share < 1 ? head.amount * Math.sin(Math.PI * share) : 0;
    const clock = latest(this.#clocks, atMs);
    const mouth =
      clock?.type === 'clock' && clock.state === 'playing'
        ? this.#mouth(clock.turn_id, clock.sample + (atMs - clock.at_ms) * PER_MS)
        : { shapes: {}, mouthOpen: 0 };
    return { state, emotion, intensity, gaze: { x, y }, nod, ...mouth };
  }

  /** What was seen long ago, and what a cancelled turn had still to show; its last sounds are on their way to the ear. */
  #forget({ type, turn_id, sample }: AnimationOf<'clock'> | AnimationOf<'end'>): void {
    this.#visemes = this.#visemes.filter(
      viseme =>
        viseme.turn_id === turn_id &&
        (type === 'end' ? viseme.start_sample < sample : viseme.end_sample > sample - KEEP_SAMPLES),
    );
  }

  #mouth(turnId: string, sample: number): Pick<Look, 'shapes' | 'mouthOpen'> {
    const visemes = this.#visemes.filter(({ turn_id }) => turn_id === turnId);
    return { shapes: mix(visemes, sample).shapes, mouthOpen: mix(visemes, sample + JAW_LEAD).mouthOpen };
  }

  /** The quickest message was delayed least; the difference may drift, but must not jump under a moving mouth. */
  #measure(offsetMs: number): void {
    this.#arrivals.push(offsetMs);
    if (this.#arrivals.length > OFFSET_MESSAGES) this.#arrivals.shift();
    const measured = Math.min(...this.#arrivals);
    this.#offsetMs ??= measured;
    this.#offsetMs += (measured - this.#offsetMs) * OFFSET_STEP;
  }
}

/** The mouth at a sample. Lips that touch decide: all other shapes make way for them. */
function mix(visemes: AnimationOf<'viseme'>[], sample: number): Pick<Look, 'shapes' | 'mouthOpen'> {
  const shares = visemes.map(event => ({ ...event, share: reached(event, sample) }));
  const sum = (kind: 'PP' | 'FF' | 'other') =>
    shares.reduce((total, { viseme, share }) => total + (kindOf(viseme) === kind ? share : 0), 0);
  // Lips on lips first, then a lip on teeth, then the rest.
  const pressed = Math.min(1, sum('PP'));
  const onTeeth = Math.min(1 - pressed, sum('FF'));
  const scale = {
    PP: pressed / (sum('PP') || 1),
    FF: onTeeth / (sum('FF') || 1),
    other: (1 - pressed - onTeeth) / Math.max(1, sum('other')),
  };
  const shapes: Look['shapes'] = {};
  let mouthOpen = 0;
  for (const { viseme, share, mouth_open } of shares) {
    const shown = share * scale[kindOf(viseme)];
    if (shown > 0) shapes[viseme] = (shapes[viseme] ?? 0) + shown;
    mouthOpen += shown * mouth_open;
  }
  return { shapes, mouthOpen };
}

/** How far a mouth shape is reached at a sample: its weight at the peak, nothing outside. */
function reached({ start_sample, peak_sample, end_sample, weight }: AnimationOf<'viseme'>, sample: number): number {
  if (sample <= start_sample || sample >= end_sample) return 0;
  const share =
    sample < peak_sample
      ? (sample - start_sample) / (peak_sample - start_sample)
      : (end_sample - sample) / (end_sample - peak_sample);
  return weight * share * share * (3 - 2 * share);
}

function remember<T>(events: T[], event: T): void {
  events.push(event);
  if (events.length > MAX_PAST) events.shift();
}

/** What held last at an instant. */
const latest = <T extends { at_ms: number }>(events: readonly T[], atMs: number): T | undefined =>
  events.findLast(({ at_ms }) => at_ms <= atMs);
