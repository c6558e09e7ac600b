/** The listening ports: voice activity and speech recognition. */

/** Rate of all audio that is listened to. */
export const LISTEN_RATE = 16_000;

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

/** Why a provider failed, as metrics and fallbacks see it. */
export type ProviderErrorCategory = 'auth' | 'quota' | 'network' | 'bad-input' | 'internal';

export class ProviderError extends Error {
  override name = 'ProviderError';
  readonly category: ProviderErrorCategory;
  readonly retryable: boolean;
  constructor(category: ProviderErrorCategory, message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.category = category;
    this.retryable = options.retryable;
  }
}

export interface SpeechToText {
  /** 16 kHz mono. Rejects with {@link ProviderError}, or the signal's reason. */
  transcribe(pcm: Int16Array, options: { signal: AbortSignal; final: boolean }): Promise<Transcript>;
}
