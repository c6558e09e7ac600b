import type { FeelingSource } from '../../protocol/feelings.ts';
import type { Emotion } from '../../protocol/timeline.ts';

/** What one sense read from one sample: a picture, an utterance's sound, its words. */
export interface Reading {
  source: FeelingSource;
  /** Evidence for named feelings, 0..1 each; empty where the sense names none. */
  emotions: Partial<Record<Emotion, number>>;
  /** -1 unpleasant .. 1 pleasant; absent where the sense cannot tell. */
  valence?: number;
  /** 0 calm .. 1 excited; absent where the sense cannot tell. */
  arousal?: number;
  /** 0..1 */
  confidence: number;
}

/** Hears how something is said: each speaker against their own usual voice. */
export interface VoiceSense {
  /**
   * @param speaker whose baseline this belongs to
   * @param utteranceId heard again under the same id, it is the same utterance, grown
   * @param pcm one utterance, 16 kHz mono
   * @returns undefined while too little of that voice was heard
   */
  hear(
    speaker: string,
    utteranceId: string,
    pcm: Int16Array,
    options: { signal: AbortSignal },
  ): Promise<Reading | undefined>;
  forget(speaker: string): void;
}
