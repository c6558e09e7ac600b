import type { Emotion } from '../../../protocol/timeline.ts';
import type { Reading } from '../../feel/ports.ts';
import { Human, type Picture } from './human.ts';

/** The library's words for what a face shows. */
const NAMES: Record<string, Emotion> = {
  neutral: 'neutral',
  happy: 'happy',
  sad: 'sad',
  angry: 'angry',
  surprise: 'surprised',
  fear: 'fearful',
  disgust: 'disgusted',
};
const AFFECT: Record<Emotion, { valence: number; arousal: number }> = {
  neutral: { valence: 0, arousal: 0.4 },
  happy: { valence: 0.8, arousal: 0.6 },
  sad: { valence: -0.6, arousal: 0.25 },
  angry: { valence: -0.7, arousal: 0.75 },
  surprised: { valence: 0.1, arousal: 0.8 },
  fearful: { valence: -0.6, arousal: 0.7 },
  disgusted: { valence: -0.6, arousal: 0.5 },
};
/** Faces at rest are often taken for a little sad, angry or afraid: less than this is none of it. */
const UNPLEASANT_FROM = 0.55;
const MIN_SCORE = 0.4;

/** Every picture is looked at anew. */
const on = { enabled: true, skipFrames: 0, skipTime: 0 };
const off = { enabled: false };

/** Reads what a face shows; the nearest one, where there are several. */
export class FaceFeelings {
  readonly #human: Human;

  static async load(): Promise<FaceFeelings> {
    const human = await Human.load({
      detector: { ...on, maxDetected: 1, minConfidence: MIN_SCORE, rotation: false },
      mesh: off,
      iris: off,
      emotion: { ...on, minConfidence: 0.02 },
    });
    return new FaceFeelings(human);
  }

  private constructor(human: Human) {
    this.#human = human;
  }

  /** Undefined where no face is seen. */
  async read(picture: Picture): Promise<Reading | undefined> {
    const [face] = await this.#human.faces(picture);
    if (face === undefined || face.score < MIN_SCORE || !face.emotion?.length) return undefined;
    const emotions: Reading['emotions'] = {};
    let [valence, arousal, total] = [0, 0, 0];
    for (const { emotion: name, score } of face.emotion) {
      const emotion = NAMES[name];
      if (emotion === undefined) continue;
      const { valence: pleasant, arousal: lively } = AFFECT[emotion];
      const counts = pleasant >= 0 || score >= UNPLEASANT_FROM;
      if (counts && emotion !== 'neutral') emotions[emotion] = score * face.score;
      const affect = counts ? AFFECT[emotion] : AFFECT.neutral;
      valence += score * affect.valence;
      arousal += score * (counts ? lively : affect.arousal);
      total += score;
    }
    if (total === 0) return undefined;
    const strongest = Math.max(...face.emotion.map(({ score }) => score));
    return {
      source: 'face',
      emotions,
      valence: valence / total,
      arousal: arousal / total,
      confidence: Math.min(1, face.score * strongest),
    };
  }
}
