import type { Phone, VisemeEvent } from '../../protocol/timeline.ts';

/** How something is to be said, relative to the voice's own way: 1 is neutral. */
export interface Prosody {
  /** Speed. */
  rate: number;
  /** Mean pitch. */
  pitch: number;
  /** How far the pitch moves. */
  range: number;
  /** Loudness, and with it how bright the voice is. Absent: 1. */
  energy?: number;
  /** How much breath is in it, 0..1; absent: none of its own. */
  breath?: number;
  /** Length of its pauses. Absent: 1. */
  pauses?: number;
}
export const NEUTRAL_PROSODY: Prosody = { rate: 1, pitch: 1, range: 1 };

/** A voice made from another one: 1 (breath: 0) is as it is. */
export interface VoiceDesign {
  /** Resonances of mouth and throat, higher for a smaller person: 0.7..1.4. */
  timbre: number;
  /** Mean pitch: 0.4..2. */
  pitch: number;
  /** How far the pitch moves: 0.3..2. */
  range: number;
  /** Speed: 0.6..1.6. */
  pace: number;
  /** How much breath is in the voice: 0..1. */
  breath: number;
}
export const PLAIN_DESIGN: VoiceDesign = { timbre: 1, pitch: 1, range: 1, pace: 1, breath: 0 };

/** A word or a character and when it is said, in samples from the stretch's start. */
export interface TimedText {
  text: string;
  startSample: number;
  endSample: number;
}

/**
 * A stretch of speech, mono. What the voice knows of its timing comes with it, the best first; positions count samples
 * at `sampleRate` from its start.
 */
export interface Speech {
  /** The part of the sentence that is spoken here. */
  text: string;
  pcm: Int16Array;
  sampleRate: number;
  phones?: Phone[];
  words?: TimedText[];
  characters?: TimedText[];
  /** What the mouth does, where it was taken from the sound itself. */
  mouth?: VisemeEvent[];
  /** A piece of a sentence that is still arriving, cut anywhere: `text` is a guess by pace. */
  cut?: true;
}

/** A voice by its name, or by vendor: the names of those that have one of theirs. */
export type VoiceChoice = string | Readonly<Record<string, string>>;

export interface SpeakOptions {
  voice: VoiceChoice;
  prosody: Prosody;
  /** What of the voice is to be otherwise; voices that cannot be designed take no notice. */
  design?: Partial<VoiceDesign>;
  signal: AbortSignal;
  /**
   * The sentence belongs to nobody in particular: its speech may be kept for later, from when this resolves [T5].
   * Absent: nothing of it is kept.
   */
  keep?: Promise<void>;
}

/** What a voice can do. */
export interface SpeechCapabilities {
  /** What it says comes with its phones, or with what the mouth does. */
  phones: boolean;
  /** It follows {@link Prosody}. */
  prosody: boolean;
  /** It follows a {@link VoiceDesign}; absent: it does not. */
  design?: boolean;
  /** The first that is known is its usual one. Where they are not `closed`, it may have others. */
  voices: { known: readonly string[]; closed: boolean };
  /** BCP 47: those it speaks, and no others. Absent: it is not known that it could not speak any. */
  languages?: readonly string[];
  /**
   * `written`: it makes words of figures, signs and abbreviations by itself, and better than they are made for it.
   * `words`, or absent: they are made for it, in English.
   */
  reads?: 'written' | 'words';
  /** Speaks English alone, but reads é, ü and ñ, too; absent: the letters a to z. */
  accents?: boolean;
}

/** The speaking port. Errors are ProviderErrors; an aborted signal ends the stream at once with its reason. */
export interface TextToSpeech {
  readonly capabilities: SpeechCapabilities;
  speak(sentence: string, options: SpeakOptions): AsyncIterable<Speech>;
  close(): Promise<void>;
}
