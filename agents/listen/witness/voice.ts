import { LISTEN_RATE } from '../../base/rates.ts';
import { pitchHz } from './pitch.ts';

/** How the voice moved at the end of an utterance. Undefined where nothing was voiced. */
export interface VoiceWitness {
  /** Pitch movement over the last voiced stretch, semitones; negative falls. */
  pitchSemitones: number | undefined;
  /** How much softer the last 200 ms are than what came before, dB. */
  dropDb: number;
  /** How long the last sound was held, against the median of those before; 1 is as long. */
  lengthening: number;
}

const HOP = LISTEN_RATE / 100;
const LOOK_BACK = LISTEN_RATE * 3;
const CONTOUR = LISTEN_RATE * 0.6;
const LAST = 20;
const SHORTEST_CONTOUR = 5;
const TINY = 1e-3;

/** @param pcm 16 kHz, whose last `trailingSilence` samples are not speech */
export function readVoice(pcm: Int16Array, trailingSilence: number): VoiceWitness {
  const end = Math.max(0, pcm.length - trailingSilence);
  const from = Math.max(0, end - LOOK_BACK);
  const pitches: (number | undefined)[] = [];
  const levels: number[] = [];
  for (let at = from; at + 5 * HOP <= end; at += 2 * HOP) {
    const hz = pitchHz(pcm, at);
    pitches.push(hz === undefined ? undefined : 12 * Math.log2(hz));
    levels.push(levelDb(pcm, at, at + 2 * HOP));
  }
  const recent = pitches.slice(-Math.round(CONTOUR / (2 * HOP))).filter(pitch => pitch !== undefined);
  const third = Math.max(2, Math.floor(recent.length / 3));
  const before = levels.slice(0, -LAST / 2).filter(level => level > Math.max(...levels) - 25);
  return {
    pitchSemitones:
      recent.length < SHORTEST_CONTOUR ? undefined : median(recent.slice(-third)) - median(recent.slice(0, third)),
    dropDb: before.length === 0 ? 0 : median(before) - median(levels.slice(-LAST / 2)),
    lengthening: lengthening(pitches),
  };
}

function lengthening(pitches: readonly (number | undefined)[]): number {
  const runs: number[] = [];
  let run = 0;
  for (const pitch of [...pitches, undefined]) {
    if (pitch !== undefined) run += 1;
    else if (run > 0) {
      runs.push(run);
      run = 0;
    }
  }
  const last = runs.pop();
  return last === undefined || runs.length < 2 ? 1 : last / median(runs);
}

function levelDb(pcm: Int16Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += pcm[i]! ** 2;
  return 10 * Math.log10(sum / (to - from) + TINY);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
