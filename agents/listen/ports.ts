/**
 * The listening ports, each of which may be another vendor's: who speaks (voice activity), what they say (recognition),
 * whether they are done (end of turn), and whether that can be told yet (`base/readiness.ts`).
 */

/** One stream's detector. `push` takes any amount; decisions come back in order, one per 32 ms window. */
export interface VoiceActivity {
  push(pcm: Int16Array): void;
  close(): void;
}
export interface VoiceActivityProvider {
  /** @param onWindow called for each window with the position of its end in samples since the start */
  open(onWindow: (speech: boolean, endSample: number) => void): VoiceActivity;
}

/** A word and when it was said, in samples from the stretch's first. */
export interface HeardWord {
  text: string;
  startSample: number;
  endSample: number;
}

export interface Transcript {
  text: string;
  /** Where the recognizer tells them. */
  words?: readonly HeardWord[];
}

/** What a recognizer can do. */
export interface RecognitionCapabilities {
  /** Whether the words so far come while somebody speaks: at no cost, for money each time (not asked for), or never. */
  partials: 'cheap' | 'paid' | 'none';
  /** Words come with their times. */
  words: boolean;
  /** ISO 639: those it hears, and no others. Absent: it is not known that it could not hear any. */
  languages?: readonly string[];
}

/**
 * What one person says, stretch by stretch: a stretch begins with the first sound after `open` or `discard`. Sound is
 * 16 kHz mono, and may be kept.
 */
export interface Recognition {
  /** @param isSpeech false while they pause: what is read then had better not wait for words that nobody has said */
  push(pcm: Int16Array, isSpeech?: boolean): void;
  /**
   * The words of the stretch so far, as if it were all. It may go on, and be asked for again. Rejects with
   * ProviderError, or with the signal's reason: the person went on, and nobody wants these words any more.
   */
  settle(options: { signal: AbortSignal }): Promise<Transcript>;
  /** The stretch is over, or was none: nothing of it is told any more. */
  discard(): void;
  /** Ends all of it at once; asked for again, it means nothing. */
  close(): void;
}

export interface RecognitionEvents {
  /** All the words of the stretch so far; a later one may correct an earlier. */
  partial(text: string): void;
  /** How sure it is that they are done, 0 to 1, of those that hear that, too: while they pause, when it changes. */
  done?(probability: number): void;
  /** ISO 639, what is spoken, for those who can be told; absent: it is not known. */
  language?: string;
}

/** The recognition port: one stream a speaker. */
export interface Recognizer {
  readonly capabilities: RecognitionCapabilities;
  /**
   * @param speaker whose voice it is, for those who keep people apart
   */
  open(speaker: string, on: RecognitionEvents): Recognition;
}

/** A recognizer of whole utterances: {@link Recognizer} is made of it by `batched`. */
export interface SpeechToText {
  /** 16 kHz mono. Rejects with ProviderError, or the signal's reason. */
  transcribe(
    pcm: Int16Array,
    options: { signal: AbortSignal; final: boolean; language?: string | undefined },
  ): Promise<Transcript>;
}

/** Whether a recognizer takes a stream. */
export const isStream = (made: Recognizer | SpeechToText): made is Recognizer => !('transcribe' in made);

/** The end-of-turn port: whether somebody is done, by the sound of it. */
export interface EndOfTurn {
  /** Others wait for it, or its machine is short of time: it is better asked only where the words leave doubt. */
  readonly busy?: boolean;
  /**
   * The probability, 0 to 1. Rejects with ProviderError, or the signal's reason.
   * @param pcm 16 kHz mono: the turn so far, with a little of the silence after it
   */
  done(pcm: Int16Array, options: { signal: AbortSignal }): Promise<number>;
}
