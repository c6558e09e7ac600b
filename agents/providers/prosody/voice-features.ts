import { LISTEN_RATE } from '../../base/rates.ts';
import { pitchHz } from '../../listen/witness/pitch.ts';

/** What an utterance sounds like, apart from its words. */
export interface VoiceFeatures {
  /** Middle of the pitch, semitones above 1 Hz. */
  pitch: number;
  /** From the tenth to the ninetieth percentile of the pitch, semitones. */
  range: number;
  /** Of the voiced parts, dB below full scale. */
  levelDb: number;
  /** Rises of loudness per second of speech: about one a syllable. */
  rate: number;
}

const HOP = LISTEN_RATE / 50;
const FRAME = LISTEN_RATE / 40;
/** Quieter parts are pauses. */
const PAUSE_BELOW_DB = 25;
/** A syllable is a rise of so much above the lowest point since the last one. */
const SYLLABLE_DB = 3;
/** Less voice tells nothing. */
const LEAST_VOICED = 12;
const LONGEST_SAMPLES = LISTEN_RATE * 12;

/** Undefined where too little of it is voice. */
export function voiceFeatures(whole: Int16Array): VoiceFeatures | undefined {
  const pcm = whole.subarray(Math.max(0, whole.length - LONGEST_SAMPLES));
  const levels: number[] = [];
  const pitches: (number | undefined)[] = [];
  for (let at = 0; at + 2 * FRAME <= pcm.length; at += HOP) {
    levels.push(levelOf(pcm, at));
    pitches.push(undefined);
  }
  const loudest = Math.max(...levels);
  const speech = levels.map(level => level > loudest - PAUSE_BELOW_DB);
  for (let i = 0; i < levels.length; i++) if (speech[i]) pitches[i] = pitchHz(pcm, i * HOP);
  const voiced = pitches.filter(hz => hz !== undefined).map(hz => 12 * Math.log2(hz));
  if (voiced.length < LEAST_VOICED) return undefined;
  const sorted = voiced.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  const voicedLevels = levels.filter((_, i) => pitches[i] !== undefined);
  const seconds = speech.filter(Boolean).length * (HOP / LISTEN_RATE);
  return {
    pitch: at(0.5),
    range: at(0.9) - at(0.1),
    levelDb: voicedLevels.reduce((sum, level) => sum + level, 0) / voicedLevels.length,
    rate: syllables(levels) / seconds,
  };
}

function levelOf(pcm: Int16Array, at: number): number {
  let sum = 0;
  for (let i = at; i < at + FRAME; i++) sum += (pcm[i]! / 32768) ** 2;
  return 10 * Math.log10(sum / FRAME + 1e-10);
}

/** Rises of the smoothed loudness. */
function syllables(levels: readonly number[]): number {
  const smooth = levels.map((_, i) => {
    const near = levels.slice(Math.max(0, i - 1), i + 2);
    return near.reduce((sum, level) => sum + level, 0) / near.length;
  });
  const floor = Math.max(...smooth) - PAUSE_BELOW_DB;
  let count = 0;
  let lowest = Number.POSITIVE_INFINITY;
  let rising = true;
  let highest = Number.NEGATIVE_INFINITY;
  for (const level of smooth.map(each => Math.max(each, floor))) {
    if (rising) {
      highest = Math.max(highest, level);
      if (level < highest - SYLLABLE_DB) {
        rising = false;
        lowest = level;
      }
    } else {
      lowest = Math.min(lowest, level);
      if (level > lowest + SYLLABLE_DB) {
        rising = true;
        highest = level;
        count += 1;
      }
    }
  }
  return count + 1;
}
