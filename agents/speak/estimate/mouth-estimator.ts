/** What the mouth does, from the sound alone. */
import fs from 'node:fs';
import { VISEMES, type Viseme, type VisemeEvent } from '../../../protocol/timeline.ts';
import { Resampler } from '../resample.ts';
import { ESTIMATE_RATE, HOP, LogMel, WINDOW } from './log-mel.ts';
import { CLASS_OF, MOUTH_CLASSES, type MouthClass } from './mouth-classes.ts';
import { type LayerWeights, Network, readWeights } from './network.ts';

/** Frames of sound behind the instant that the network judges. */
export const NETWORK_AHEAD = 5;
/** One more frame for smoothing. */
const AHEAD = NETWORK_AHEAD + 1;
/** From an instant to the last sample that has a say in it, resampling included: 80 ms at most. */
export const LOOK_AHEAD_MS = ((AHEAD * HOP + WINDOW / 2) * 1000) / ESTIMATE_RATE + 2;

/** Frames from one event's peak to the next one's. */
const EVENT_FRAMES = 2;
/** How much likelier than the present kind of mouth another must be: otherwise the mouth would flutter. */
const STAY = 1.4;
/** Lips that touch are short, and are missed when they do not: they get in easily. */
const EASE_IN: Partial<Record<MouthClass, number>> = { closed: 1.5, lip: 1.1 };
/** The jaw gets to a new place in about three frames. */
const JAW_SHARE = 0.45;
/** Loudness, nepers below the loudest lately: at the first and below the jaw hardly moves, from the second on fully. */
const QUIET = -4.5;
const LOUD = -1;
const QUIET_JAW = 0.35;

/** One 10 ms frame as decided: `sample` at 16 kHz is its centre. */
export interface MouthFrame {
  sample: number;
  viseme: Viseme;
  mouthClass: MouthClass;
  /** 0..1 */
  jaw: number;
}

let kept: LayerWeights[] | undefined;
function trained(): LayerWeights[] {
  const file = (name: string) => fs.readFileSync(new URL(name, import.meta.url));
  kept ??= readWeights(JSON.parse(file('visemes.json').toString()), file('visemes.bin'));
  return kept;
}

/** One stream of 16 kHz frames to decisions, each {@link AHEAD} frames late. */
export class FrameEstimator {
  readonly #features = new LogMel();
  readonly #network: Network;
  /** Probabilities and jaw of the last three frames, and their loudness. */
  readonly #recent: { shares: Float32Array; jaw: number; loudness: number }[] = [];
  readonly #loudness: number[] = [];
  #frame = 0;
  #viseme: Viseme = 'sil';
  #jaw = 0;

  constructor(weights: readonly LayerWeights[] = trained()) {
    this.#network = new Network(weights);
  }

  push(pcm: Int16Array): MouthFrame[] {
    const decided: MouthFrame[] = [];
    this.#features.push(pcm, (features, loudness) => {
      this.#loudness.push(loudness);
      const out = this.#network.step(features);
      // The first frames' judgements are about the time before the stream.
      if (this.#loudness.length <= NETWORK_AHEAD) return;
      this.#recent.push({
        shares: softmax(out.subarray(0, VISEMES.length)),
        jaw: out[VISEMES.length]!,
        loudness: this.#loudness.shift()!,
      });
      if (this.#recent.length < 2) return;
      decided.push(this.#decide());
      if (this.#recent.length > 2) this.#recent.shift();
    });
    return decided;
  }

  /** Decides about the frame before the newest. */
  #decide(): MouthFrame {
    const now = this.#recent.at(-2)!;
    const around = [this.#recent.at(-3) ?? now, now, this.#recent.at(-1)!];
    const share = (i: number) => (around[0]!.shares[i]! + 2 * around[1]!.shares[i]! + around[2]!.shares[i]!) / 4;
    const ofClass = { rest: 0, closed: 0, lip: 0, narrow: 0, open: 0, round: 0 };
    VISEMES.forEach((viseme, i) => {
      ofClass[CLASS_OF[viseme]] += share(i);
    });
    const present = CLASS_OF[this.#viseme];
    const score = (name: MouthClass) => ofClass[name] * (name === present ? STAY : 1) * (EASE_IN[name] ?? 1);
    const chosen = MOUTH_CLASSES.reduce((best, name) => (score(name) > score(best) ? name : best));
    this.#viseme = VISEMES.map((viseme, i) => ({ viseme, value: share(i) * (viseme === this.#viseme ? 1.5 : 1) }))
      .filter(({ viseme }) => CLASS_OF[viseme] === chosen)
      .reduce((best, each) => (each.value > best.value ? each : best)).viseme;
    const loudness = Math.min(1, Math.max(0, (now.loudness - QUIET) / (LOUD - QUIET)));
    const jaw = Math.min(1, Math.max(0, now.jaw)) * (QUIET_JAW + (1 - QUIET_JAW) * loudness);
    const shut = chosen === 'rest' || chosen === 'closed';
    this.#jaw += JAW_SHARE * ((shut ? 0 : jaw) - this.#jaw);
    return { sample: this.#frame++ * HOP, viseme: this.#viseme, mouthClass: chosen, jaw: shut ? 0 : this.#jaw };
  }
}

/**
 * From sound to mouth events, streaming: mono PCM at any rate is pushed in any pieces; every 20 ms gives one event
 * that flows into the next, {@link LOOK_AHEAD_MS} later at most. Positions count samples at the sound's own rate from
 * the stream's start. Costs less than a hundredth of a core.
 */
export class MouthEstimator {
  readonly #rate: number;
  readonly #resampler: Resampler | undefined;
  readonly #frames = new FrameEstimator();
  #received = 0;
  #made = 0;

  constructor(sampleRate: number) {
    this.#rate = sampleRate;
    if (sampleRate !== ESTIMATE_RATE) this.#resampler = new Resampler(sampleRate, ESTIMATE_RATE);
  }

  push(pcm: Int16Array): VisemeEvent[] {
    this.#received += pcm.length;
    return this.#events(this.#resampler?.push(pcm) ?? pcm);
  }

  /** The events that waited for more sound. Nothing may be pushed afterwards. */
  flush(): VisemeEvent[] {
    const silence = new Int16Array((AHEAD + EVENT_FRAMES) * HOP + WINDOW);
    return [...this.#events(this.#resampler?.flush() ?? new Int16Array(0)), ...this.#events(silence)]
      .filter(({ peakSample }) => peakSample <= this.#received)
      .map(event => ({ ...event, endSample: Math.min(event.endSample, this.#received) }));
  }

  #events(pcm16k: Int16Array): VisemeEvent[] {
    const at = (sample: number) => Math.max(0, Math.round((sample * this.#rate) / ESTIMATE_RATE));
    return this.#frames.push(pcm16k).flatMap(({ sample, viseme, jaw }) => {
      if (this.#made++ % EVENT_FRAMES !== 0) return [];
      return [
        {
          viseme,
          phoneme: '',
          startSample: at(sample - EVENT_FRAMES * HOP),
          peakSample: at(sample),
          endSample: at(sample + EVENT_FRAMES * HOP),
          weight: 1,
          mouthOpen: jaw,
        },
      ];
    });
  }
}

function softmax(values: Float32Array): Float32Array {
  const highest = Math.max(...values);
  const shares = values.map(value => Math.exp(value - highest));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map(share => share / sum);
}
