import { logOdds, PAUSES, READ_MS, silenceUntil, type Witnesses } from './estimate.ts';

/** How soon somebody is taken for done. */
export type Eagerness = 'low' | 'medium' | 'high';

/** How sure one must be that a person is done before they are answered. */
const CERTAINTY: Record<Eagerness, number> = { low: 0.9, medium: 0.78, high: 0.72 };
/** Nobody waits longer for words, nor answers sooner. */
const LONGEST_MS: Record<Eagerness, number> = { low: 4000, medium: 3000, high: 2000 };
/**
 * For what may well be whole, neither: who goes on after that is joined with it [L1], while all others would wait for
 * the few who pause so long.
 */
const MAYBE_DONE = 0.25;
const LONGEST_MAYBE_MS: Record<Eagerness, number> = { low: 1300, medium: 880, high: 600 };
const SHORTEST_MS: Record<Eagerness, number> = { low: 300, medium: 210, high: 160 };
/** So many pauses of a person's own count as much as what is known of everybody's. */
const PRIOR_PAUSES = 5;
/** What they did long ago counts less. */
const FADE = 0.93;
/** Whoever was cut off gets this much of the benefit of the doubt, and loses it turn by turn. */
const DOUBT = 0.5;
const MOST_DOUBT = 0.1;
const DOUBT_FADES = 0.8;
/** The end-of-turn model was wrong, and right, of a voice: so much less and more is it believed. */
const DISTRUST = 0.5;
const LEAST_TRUST = 0.2;
const TRUST = 0.25;
/** Longer silences are no pauses of theirs. */
const LONGEST_PAUSE_MS = 4000;

export interface EndpointingOptions {
  eagerness?: Eagerness;
  /** Of the persona: 1 as everybody, 2 twice as slow to take somebody for done. */
  patience?: number | undefined;
  /** Plain voice activity instead: so much silence ends a turn, whatever was said. */
  silenceMs?: number | undefined;
  /** How much of what came before it was certain to be speech belongs to it. */
  prefixMs?: number;
}

/** What was made of a pause. */
export interface Judged {
  /** Probability that the person is done, when the pause has lasted {@link READ_MS}. */
  done: number;
  /** The silence that ends the turn, from the last sound of speech. */
  silenceMs: number;
  /** Nobody is answered sooner than that. */
  soonest: boolean;
  /** The silence after which they are done with another certainty, 0 to 1. */
  silenceFor(certainty: number): number;
}

/**
 * How long to wait for a person. All witnesses give one probability that they are done; it grows with the silence, as
 * the pauses that they make in mid-turn would have ended by then; once it is high enough they are answered. Their own
 * pauses are learned as they speak.
 */
export class Endpointing {
  readonly #options: { eagerness: Eagerness; patience: number; silenceMs: number | undefined };
  #pauses = 0;
  #sumLog = 0;
  /** What the odds that they are done are multiplied by. */
  #doubt = 1;
  /** What the end-of-turn model said of their last pause, and how far it is believed of this voice. */
  #sound: number | undefined;
  #trust = 1;

  constructor({ eagerness = 'medium', patience = 1, silenceMs }: EndpointingOptions = {}) {
    this.#options = { eagerness, patience, silenceMs };
  }

  /** What the end-of-turn model says of the pause that is being judged. */
  heard(sound: number | undefined): void {
    this.#sound = sound;
  }

  judge(witnesses: Witnesses): Judged {
    const { eagerness, patience, silenceMs } = this.#options;
    const { words } = witnesses;
    const odds = Math.exp(logOdds(witnesses, this.#trust));
    const done = odds / (1 + odds);
    const weighed = (odds * this.#doubt) / patience;
    const meanLog = this.#meanLog;
    const silenceFor = (certainty: number) => silenceUntil(certainty, weighed, meanLog, PAUSES.sdLog);
    const isOpen = words.trailing + words.opening + words.dictating > 0;
    const longest = done > MAYBE_DONE && !isOpen ? LONGEST_MAYBE_MS : LONGEST_MS;
    const longestMs = longest[eagerness] * Math.max(1, patience);
    const shortestMs = SHORTEST_MS[eagerness];
    const waitMs = silenceMs ?? Math.max(shortestMs, Math.min(longestMs, silenceFor(CERTAINTY[eagerness])));
    return { done, silenceFor, silenceMs: waitMs, soonest: waitMs <= shortestMs };
  }

  /** The person went on after so much silence: it was a pause, whether it was waited for or not. */
  paused(ms: number): void {
    if (ms < READ_MS || ms > LONGEST_PAUSE_MS) return;
    if (this.#sound !== undefined && this.#sound < 0.5) this.#trusted();
    this.#sound = undefined;
    this.#pauses = this.#pauses * FADE + 1;
    this.#sumLog = this.#sumLog * FADE + Math.log(ms);
  }

  /** The person was taken for done, and was not. */
  cutOff(): void {
    this.#doubt = Math.max(MOST_DOUBT, this.#doubt * DOUBT);
  }

  /** They were done indeed. */
  wasDone(): void {
    this.#doubt **= DOUBT_FADES;
    // There are voices that it hears no end of.
    if (this.#sound !== undefined && this.#sound < 0.5) this.#trust = Math.max(LEAST_TRUST, this.#trust * DISTRUST);
    else if (this.#sound !== undefined) this.#trusted();
    this.#sound = undefined;
  }

  #trusted(): void {
    this.#trust = Math.min(1, this.#trust + TRUST);
  }

  get #meanLog(): number {
    return (PRIOR_PAUSES * PAUSES.meanLog + this.#sumLog) / (PRIOR_PAUSES + this.#pauses);
  }
}
