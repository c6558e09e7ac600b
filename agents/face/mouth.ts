/** From the speech timeline to visemes: what the mouth does at a sample, and how it comes to rest. */
import type { Viseme, VisemeEvent } from '../../protocol/timeline.ts';
import { SPEECH_RATE } from '../base/rates.ts';
import { Fade, smooth } from './ease.ts';
import type { Weights } from './pose.ts';

/** Fades between speaking and rest, and over a jump in the speech. */
const CLOSE_MS = 100;
const OPEN_MS = 60;
/** A frame that comes late does not make the fade start in the distant past. */
const LOOK_BACK_MS = 45;
/** The jaw is heavier than the lips and starts earlier. */
const JAW_LEAD = 0.03 * SPEECH_RATE;
/** Past events are kept this long, for speech that resumes a little earlier. */
const KEEP = 2 * SPEECH_RATE;
/** Turns known at once; the oldest is forgotten beyond that. */
const MAX_TURNS = 4;

/** Lips that touch decide: whatever else is going on gives way to these. */
const CLOSURES: ReadonlySet<Viseme> = new Set(['PP', 'FF']);

export interface MouthTarget {
  /** Shares of the visemes; they sum to 1. */
  visemes: Weights;
  /** 0..1 */
  jaw: number;
}

const REST: MouthTarget = { visemes: { sil: 1 }, jaw: 0 };

/** How far an event is reached at a sample: 0 outside, its weight at the peak. */
function activation(event: VisemeEvent, sample: number): number {
  const { startSample, peakSample, endSample, weight } = event;
  if (sample <= startSample || sample >= endSample) return sample === peakSample ? weight : 0;
  const share =
    sample < peakSample
      ? (sample - startSample) / (peakSample - startSample)
      : (endSample - sample) / (endSample - peakSample);
  return weight * smooth(share);
}

/** The mouth that a turn's events ask for at a sample. `events` are in order of their start. */
export function mouthAt(events: readonly VisemeEvent[], sample: number): MouthTarget {
  const open: Weights = {};
  const closed: Weights = {};
  let opened = 0;
  let closing = 0;
  let jaw = 0;
  for (const event of events) {
    if (event.startSample > sample) break;
    const share = activation(event, sample);
    if (share === 0) continue;
    if (CLOSURES.has(event.viseme)) {
      closed[event.viseme] = (closed[event.viseme] ?? 0) + share;
      closing += share;
    } else {
      open[event.viseme] = (open[event.viseme] ?? 0) + share;
      opened += share;
      jaw += share * event.mouthOpen;
    }
  }
  if (opened + closing === 0) return REST;
  const closure = Math.min(1, closing);
  const visemes: Weights = {};
  // Lips on lips go before a lip on teeth: next to an f a b is still closed.
  const pressed = Math.min(1, closed.PP ?? 0);
  if (pressed > 0) visemes.PP = pressed;
  if (closed.FF) visemes.FF = Math.min(1 - pressed, closed.FF);
  // What no event claims belongs to the closed mouth.
  const scale = (1 - closure) / Math.max(1, opened);
  for (const name in open) visemes[name] = (visemes[name] ?? 0) + open[name]! * scale;
  const unclaimed = 1 - closure - opened * scale;
  if (unclaimed > 0) visemes.sil = (visemes.sil ?? 0) + unclaimed;
  return { visemes, jaw: jaw * scale };
}

export class Mouth {
  readonly #turns = new Map<string, VisemeEvent[]>();
  readonly #fade = new Fade();
  #turn: string | undefined;
  #sample = 0;
  #atMs = 0;

  speech(turnId: string, events: readonly VisemeEvent[]): void {
    const known = this.#turns.get(turnId) ?? [];
    this.#turns.set(
      turnId,
      [...known, ...events].sort((a, b) => a.startSample - b.startSample),
    );
    for (const oldest of this.#turns.keys()) if (this.#turns.size > MAX_TURNS) this.#turns.delete(oldest);
  }

  drop(turnId: string): void {
    this.#turns.delete(turnId);
  }

  /** `visemes` and `jaw` at an instant; `rest` is 1 while nothing is said. Everything moves without a jump. */
  at(atMs: number, speech: { turnId: string; sample: number } | undefined): MouthTarget & { rest: number } {
    const events = speech && this.#turns.get(speech.turnId);
    const turn = events && speech.turnId;
    if (turn !== this.#turn || (events && this.#jumped(atMs, speech.sample)))
      this.#fade.start(Math.max(this.#atMs, atMs - LOOK_BACK_MS), turn === undefined ? CLOSE_MS : OPEN_MS);
    this.#turn = turn;
    this.#atMs = atMs;
    const target: Weights = {};
    if (events) {
      this.#sample = speech.sample;
      this.#forget(speech.turnId, events);
      Object.assign(target, mouthAt(events, speech.sample).visemes);
      target.jaw = mouthAt(events, speech.sample + JAW_LEAD).jaw;
    } else target.rest = 1;
    const { jaw = 0, rest = 0, ...visemes } = this.#fade.show(target, atMs);
    return { visemes, jaw, rest };
  }

  /** Whether the speech moved otherwise than the clock did. */
  #jumped(atMs: number, sample: number): boolean {
    const expected = this.#sample + ((atMs - this.#atMs) * SPEECH_RATE) / 1000;
    return Math.abs(sample - expected) > 0.05 * SPEECH_RATE;
  }

  #forget(turnId: string, events: VisemeEvent[]): void {
    const first = events.findIndex(event => event.endSample > this.#sample - KEEP);
    if (first > 64) this.#turns.set(turnId, events.slice(first));
  }
}
