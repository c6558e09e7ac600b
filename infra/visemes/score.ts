import { CLASS_OF, MOUTH_CLASSES, type MouthClass } from '../../agents/speak/estimate/mouth-classes.ts';
import { FrameEstimator } from '../../agents/speak/estimate/mouth-estimator.ts';
import type { LayerWeights } from '../../agents/speak/estimate/network.ts';
import type { Labelled } from './labels.ts';

const TRAIL = new Int16Array(4000);

export interface Score {
  /** Frames whose mouth class is right. */
  accuracyPercent: number;
  /** Frames of p, b and m that are shown with closed lips. */
  closedRecallPercent: number;
  /** Stretches of p, b and m in which the lips close at all. */
  closuresHitPercent: number;
  /** Frames shown with closed lips that are p, b or m. */
  closedPrecisionPercent: number;
  recallPercent: Record<MouthClass, number>;
  /** Mean absolute error of the jaw, 0..1. */
  jawError: number;
  frames: number;
}

/** Everything that the product decides, smoothing included, against the labels. One stream per utterance. */
export function score(speeches: readonly Labelled[], weights?: readonly LayerWeights[]): Score {
  const confusion = Object.fromEntries(
    MOUTH_CLASSES.map(name => [name, Object.fromEntries(MOUTH_CLASSES.map(other => [other, 0]))]),
  ) as Record<MouthClass, Record<MouthClass, number>>;
  let jaw = 0;
  const closures = { hit: 0, all: 0 };
  for (const { pcm, labels } of speeches) {
    const estimator = new FrameEstimator(weights);
    const frames = [...estimator.push(pcm), ...estimator.push(TRAIL)];
    let inClosure = false;
    let hit = false;
    labels.forEach((label, i) => {
      const frame = frames[i];
      if (frame === undefined) return;
      const wanted = CLASS_OF[label.viseme];
      confusion[wanted][frame.mouthClass]++;
      jaw += Math.abs(label.jaw - frame.jaw);
      if (wanted === 'closed') {
        if (!inClosure) closures.all++;
        if (frame.mouthClass === 'closed' && !(inClosure && hit)) {
          closures.hit++;
          hit = true;
        }
      } else hit = false;
      inClosure = wanted === 'closed';
    });
  }
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const all = sum(MOUTH_CLASSES.flatMap(name => Object.values(confusion[name])));
  const percent = (part: number, whole: number) => Math.round((1000 * part) / Math.max(1, whole)) / 10;
  const recall = (name: MouthClass) => percent(confusion[name][name], sum(Object.values(confusion[name])));
  return {
    accuracyPercent: percent(sum(MOUTH_CLASSES.map(name => confusion[name][name])), all),
    closedRecallPercent: recall('closed'),
    closuresHitPercent: percent(closures.hit, closures.all),
    closedPrecisionPercent: percent(confusion.closed.closed, sum(MOUTH_CLASSES.map(name => confusion[name].closed))),
    recallPercent: Object.fromEntries(MOUTH_CLASSES.map(name => [name, recall(name)])) as Record<MouthClass, number>,
    jawError: Math.round((1000 * jaw) / Math.max(1, all)) / 1000,
    frames: all,
  };
}
