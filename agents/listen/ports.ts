/** The listening ports: voice activity and speech recognition. */

/** One stream's detector. `push` takes any amount; decisions come back in order, one per 32 ms window. */
export interface VoiceActivity {
  push(pcm: Int16Array): void;
  close(): void;
}
export interface VoiceActivityProvider {
  /** @param onWindow called for each window with the position of its end in samples since the start */
  open(onWindow: (speech: boolean, endSample: number) => void): VoiceActivity;
}

export interface Transcript {
  text: string;
}

export interface SpeechToText {
  /** 16 kHz mono. Rejects with {@link ProviderError}, or the signal's reason. */
  transcribe(pcm: Int16Array, options: { signal: AbortSignal; final: boolean }): Promise<Transcript>;
}
