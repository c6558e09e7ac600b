import type { Reading } from '../../feel/ports.ts';
import { type VoiceFeatures, voiceFeatures } from './voice-features.ts';

/** How far each feature usually moves in one voice (standard deviation), and what it counts for. */
const SPREAD: VoiceFeatures = { pitch: 1.6, range: 2.2, levelDb: 4, rate: 0.8 };
const WEIGHT: VoiceFeatures = { pitch: 0.4, range: 0.2, levelDb: 0.15, rate: 0.25 };
const KEYS = Object.keys(SPREAD) as (keyof VoiceFeatures)[];
/** Utterances after which the baseline moves slowly. */
const SETTLED = 8;
/** One feature alone cannot claim more than this, in standard deviations. */
const MOST = 3;
/** From prosody alone nothing is sure. */
const MOST_CONFIDENCE = 0.7;
const FIRST_CONFIDENCE = 0.3;
const MAX_SPEAKERS = 10_000;

interface Baseline {
  mean: VoiceFeatures;
  heard: number;
  /** The utterance that is not part of it yet: it may still grow. */
  latest: { id: string; features: VoiceFeatures };
}

/**
 * Arousal from the sound of a voice: pitch, its range, loudness and tempo, each against this speaker's own usual. It
 * names no feeling: prosody tells how lively somebody is, not whether they are glad or cross.
 */
export class VoiceArousal {
  readonly #baselines = new Map<string, Baseline>();

  /** Undefined for the first utterance of a voice, with which nothing can be compared. */
  hear(speaker: string, utteranceId: string, pcm: Int16Array): Reading | undefined {
    const features = voiceFeatures(pcm);
    if (features === undefined) return undefined;
    const baseline = this.#baselines.get(speaker);
    if (baseline === undefined) {
      this.#baselines.set(speaker, { mean: { ...features }, heard: 0, latest: { id: utteranceId, features } });
      if (this.#baselines.size > MAX_SPEAKERS) this.forget(this.#baselines.keys().next().value as string);
      return undefined;
    }
    if (baseline.latest.id !== utteranceId) settle(baseline);
    baseline.latest = { id: utteranceId, features };
    const { mean, heard } = baseline;
    if (heard === 0) return undefined;
    let lift = 0;
    for (const key of KEYS)
      lift += WEIGHT[key] * Math.max(-MOST, Math.min(MOST, (features[key] - mean[key]) / SPREAD[key]));
    const settled = Math.min(1, heard / 4);
    return {
      source: 'voice',
      emotions: {},
      arousal: 1 / (1 + Math.exp(-1.6 * lift)),
      confidence: FIRST_CONFIDENCE + (MOST_CONFIDENCE - FIRST_CONFIDENCE) * settled,
    };
  }

  forget(speaker: string): void {
    this.#baselines.delete(speaker);
  }
}

/** The latest utterance is over and counts from now on. */
function settle(baseline: Baseline): void {
  baseline.heard += 1;
  for (const key of KEYS)
    baseline.mean[key] += (baseline.latest.features[key] - baseline.mean[key]) / Math.min(baseline.heard, SETTLED);
}
