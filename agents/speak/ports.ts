import type { Phone } from '../../protocol/timeline.ts';

/** How something is to be said, relative to the voice's own way: 1 is neutral. */
export interface Prosody {
  /** Speed. */
  rate: number;
  /** Mean pitch. */
  pitch: number;
  /** How far the pitch moves. */
  range: number;
}
export const NEUTRAL_PROSODY: Prosody = { rate: 1, pitch: 1, range: 1 };

/** A stretch of speech, mono. Phones, where the voice knows them, count samples at `sampleRate` from its start. */
export interface Speech {
  /** The part of the sentence that is spoken here. */
  text: string;
  pcm: Int16Array;
  sampleRate: number;
  phones?: Phone[];
}

/** The speaking port. Errors are ProviderErrors; an aborted signal ends the stream at once with its reason. */
export interface TextToSpeech {
  readonly capabilities: { phones: boolean; voices: readonly string[]; prosody: boolean };
  speak(sentence: string, options: { voice: string; prosody: Prosody; signal: AbortSignal }): AsyncIterable<Speech>;
  close(): Promise<void>;
}
