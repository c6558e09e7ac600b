import type { Feeling, FeelingSource } from '../../protocol/feelings.ts';
import { EMOTIONS, type Emotion } from '../../protocol/timeline.ts';
import type { Reading } from './ports.ts';

/** How long a sense's word counts: after so much time, half. */
const HALF_LIFE_MS: Record<FeelingSource, number> = { face: 4000, voice: 20_000, words: 30_000 };
/** How fast a sense may change its mind: share of a new reading, by how often the sense reads. */
const UPTAKE: Record<FeelingSource, number> = { face: 0.4, voice: 0.6, words: 0.8 };
/** What a sense's word is worth for each scale. */
const TRUST: Record<FeelingSource, { valence: number; arousal: number; emotion: number }> = {
  face: { valence: 1, arousal: 0.5, emotion: 1 },
  voice: { valence: 0, arousal: 1, emotion: 0.8 },
  words: { valence: 0.8, arousal: 0.4, emotion: 0.9 },
};
/** Below this there is no name for it. */
const NAMEABLE = 0.35;
/** Another name needs so much more evidence than the present one. */
const MARGIN = 0.12;
/** A sense whose weight is below this has nothing to say any more. */
const LEAST_WEIGHT = 0.05;

interface Belief {
  atMs: number;
  emotions: Partial<Record<Emotion, number>>;
  valence?: number;
  arousal?: number;
  confidence: number;
}

/**
 * What the senses say of one person, fused over time into one feeling. It is steady: each sense is smoothed, fades with
 * time, and a name changes only when another has clearly more evidence. No name without evidence for it.
 */
export class FeelingFusion {
  readonly #beliefs = new Map<FeelingSource, Belief>();
  #label: Emotion = 'neutral';

  /** @param atMs monotonic */
  push(reading: Reading, atMs: number): void {
    const { source } = reading;
    const before = this.#beliefs.get(source);
    const weight = before === undefined ? 1 : Math.max(UPTAKE[source], 1 - faded(source, before, atMs));
    const mix = (old: number | undefined, now: number) => (old === undefined ? now : old + (now - old) * weight);
    const emotions: Partial<Record<Emotion, number>> = {};
    for (const emotion of EMOTIONS) {
      const score = mix(before?.emotions[emotion] ?? 0, reading.emotions[emotion] ?? 0);
      if (score > 0.01) emotions[emotion] = score;
    }
    const valence = reading.valence === undefined ? before?.valence : mix(before?.valence, reading.valence);
    const arousal = reading.arousal === undefined ? before?.arousal : mix(before?.arousal, reading.arousal);
    this.#beliefs.set(source, {
      atMs,
      emotions,
      ...(valence !== undefined && { valence }),
      ...(arousal !== undefined && { arousal }),
      confidence: mix(before?.confidence, reading.confidence),
    });
  }

  /** A sense is closed: what it said is forgotten. */
  forget(source: FeelingSource): void {
    this.#beliefs.delete(source);
  }

  /** Undefined where nothing was sensed lately. */
  feeling(atMs: number): Feeling | undefined {
    const present = [...this.#beliefs]
      .map(([source, belief]) => ({ source, belief, weight: belief.confidence * faded(source, belief, atMs) }))
      .filter(({ weight }) => weight >= LEAST_WEIGHT);
    if (present.length === 0) {
      this.#label = 'neutral';
      return undefined;
    }
    const scale = (key: 'valence' | 'arousal', middle: number) => {
      const told = present.filter(({ belief }) => belief[key] !== undefined);
      const total = told.reduce((sum, { source, weight }) => sum + weight * TRUST[source][key], 0);
      if (total === 0) return middle;
      return (
        told.reduce((sum, { source, weight, belief }) => sum + weight * TRUST[source][key] * belief[key]!, 0) / total
      );
    };
    const evidence = new Map<Emotion, number>();
    for (const emotion of EMOTIONS) {
      // Senses that agree make it surer, one that says nothing does not make it less so.
      const doubt = present.reduce(
        (rest, { source, belief, weight }) =>
          rest * (1 - (belief.emotions[emotion] ?? 0) * share(weight, belief) * TRUST[source].emotion),
        1,
      );
      evidence.set(emotion, 1 - doubt);
    }
    this.#label = this.#name(evidence);
    const sure =
      this.#label === 'neutral' ? Math.max(...present.map(({ weight }) => weight)) : evidence.get(this.#label)!;
    return {
      label: this.#label,
      valence: round(scale('valence', 0)),
      arousal: round(scale('arousal', 0.5)),
      confidence: round(Math.min(1, sure)),
      sources: present.map(({ source }) => source).sort(),
    };
  }

  #name(evidence: ReadonlyMap<Emotion, number>): Emotion {
    const [[best, score]] = [...evidence].filter(([emotion]) => emotion !== 'neutral').sort((a, b) => b[1] - a[1]) as [
      [Emotion, number],
    ];
    const present = this.#label === 'neutral' ? 0 : evidence.get(this.#label)!;
    if (best === this.#label) return score >= NAMEABLE - MARGIN ? best : 'neutral';
    if (score >= NAMEABLE && score >= present + MARGIN) return best;
    return present >= NAMEABLE - MARGIN ? this.#label : 'neutral';
  }
}

/** A sense's evidence is told with its own confidence already; only its age counts. */
const share = (weight: number, { confidence }: Belief) => (confidence === 0 ? 0 : weight / confidence);

const faded = (source: FeelingSource, { atMs }: Belief, nowMs: number) =>
  0.5 ** (Math.max(0, nowMs - atMs) / HALF_LIFE_MS[source]);

const round = (value: number) => Math.round(value * 100) / 100;
