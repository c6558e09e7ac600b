/** The responder port: what answers a turn, in sound. A conversation has one. */
import type { VisemeEvent } from '../../protocol/timeline.ts';
import type { SpokenWord } from '../speak/words.ts';
import type {
  ConcernPart,
  Conversation,
  FeelingPart,
  HandoverPart,
  LookingPart,
  Persona,
  SourcesPart,
} from '../think/ports.ts';

/** What a responder can do; asked before it is used. */
export interface ResponderCapabilities {
  /** It hears people itself, with {@link Responder.hear}. */
  ears: boolean;
  /** It may be asked before a turn is certain, and its answer thrown away [T5]. */
  speculates: boolean;
  /**
   * Whether it takes into account what of an answer was heard [T4]: to the word, roughly, or not at all, so that its
   * later answers may build on words that nobody heard.
   */
  cuts: 'exact' | 'coarse' | 'none';
}

/**
 * A stretch of an answer that sounds: mono at SPEECH_RATE, events and words in samples from its start. Before the first
 * sound there is no silence; between sentences there may be.
 */
export interface SpokenSound {
  type: 'speech';
  pcm: Int16Array;
  events: readonly VisemeEvent[];
  words: readonly SpokenWord[];
}

/** When a step was done, ms on the session's clock; the first of a kind counts. `cached`: it was worked out before. */
export type Mark =
  | { type: 'mark'; step: 'asked' | 'firstToken' | 'cached'; atMs: number }
  /** A sentence, counted from 0, begins to be made, sounds first, and exists. */
  | { type: 'mark'; step: 'sentence' | 'sound' | 'made'; sentence: number; atMs: number };

/** A piece of an answer, in the order in which it is heard. A feeling is that of what follows it. */
export type Spoken = SpokenSound | FeelingPart | ConcernPart | HandoverPart | LookingPart | SourcesPart | Mark;

export interface RespondOptions {
  turnId: string;
  /** Ends the answer at once with its reason [T6]. */
  signal: AbortSignal;
  /** Resolves once the turn is certain; what has side effects waits for it [T5]. */
  committed: Promise<void>;
  /** Resolves when little enough waits to be heard that more may be made [C2]; asked before each sentence. */
  room(): Promise<void>;
}

/** Errors are ProviderErrors; what was made before one is given first. Who reads no further ends what is being made. */
export interface Responder {
  readonly name: string;
  readonly capabilities: ResponderCapabilities;
  respond(conversation: Conversation, options: RespondOptions): AsyncIterable<Spoken>;
  /**
   * Says these words, and no others.
   * @param names of whom they may speak
   */
  say(text: string, names: readonly string[], options: RespondOptions): AsyncIterable<Spoken>;
  /**
   * What comes of a person's microphone, as it arrives: 16 kHz mono, lent for this call.
   * @param speaking they are taken to speak, or to have just paused
   */
  hear?(who: string, pcm: Int16Array, speaking: boolean): void;
  /** A turn is over, and so many samples of it were heard. Turns that it did not answer mean nothing to it. */
  heardUpTo?(turnId: string, samples: number): void;
  /** The conversation is over. */
  close?(): void;
}

/** A model that hears and speaks itself, for many conversations. */
export interface Duplex {
  /** For one conversation; its `close` ends what it has opened. */
  open(persona: Persona): Responder;
}
