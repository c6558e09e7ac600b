/** The line port: one connection to a model that hears people and answers in sound. What it remembers ends with it. */
import type { ProviderError } from '../../base/errors.ts';
import type { Usage } from '../../base/meter.ts';
import type { Sight } from '../../think/sight.ts';
import type { TurnTools } from '../../think/toolbox.ts';

/** What a model is told in words, or shown. */
export type Told = { role: 'user' | 'avatar' | 'system'; text: string } | { role: 'user'; who: string; sight: Sight };

/** A tool that it asks for; `id` is the vendor's. */
export interface LineCall {
  id: string;
  name: string;
  /** JSON, as far as the model kept to it. */
  arguments: string;
}

/** A piece of an answer. An item is the vendor's name for a stretch of sound that can be cut. */
export type LinePiece =
  | { type: 'sound'; item: string; pcm: Int16Array }
  /** Its words, ahead of the sound. */
  | { type: 'words'; text: string }
  /** All of its sound and words have come, though the answer may go on. */
  | { type: 'whole' }
  | { type: 'calls'; calls: readonly LineCall[] };

/** Who the model is to be. */
export interface Role {
  instructions: string;
  tools: TurnTools['declared'];
}

export interface ModelLine {
  /** Samples per second of its sound. */
  readonly rate: number;
  /** When its vendor ends it, ms on the clock; Infinity where that is not known. */
  readonly endsMs: number;
  /** Resolves when it is over, with the reason unless it was closed here. */
  readonly over: Promise<ProviderError | undefined>;
  /** It begins anew with each question, and is told all that was said. Absent: it remembers what it heard and said. */
  readonly remembers?: 'nothing';
  /** Who it is from now on; said before each question. The same again costs nothing. */
  be(role: Role): void;
  /** What people say, 16 kHz mono, in pieces of any length. */
  hear(pcm: Int16Array): void;
  /** Forgets what was heard and not asked about yet. */
  unhear(): void;
  /** The last answer is not wanted: what it was asked about belongs to the next question. Absent: it remembers that. */
  again?(): void;
  tell(told: readonly Told[]): void;
  /** Answers what it has heard and was told since. Rejects with ProviderErrors; ends at once with the signal. */
  answer(signal: AbortSignal): AsyncIterable<LinePiece>;
  /** What came of its calls; then it is asked to {@link answer} again. */
  results(results: readonly { id: string; output: string }[]): void;
  /** Reads this out, beside the conversation: not every model keeps to the words. Absent: it cannot. */
  read?(text: string, signal: AbortSignal): AsyncIterable<LinePiece>;
  /** So much of an item was heard, ms; it forgets the rest. Absent: it does not need, or take, to be told. */
  cut?(item: string, heardMs: number): void;
  close(): void;
}

export interface LineEvents {
  used(usage: Usage): void;
}

/** Opens a line; resolves when it can be talked to. Rejects with a ProviderError. */
export type OpenLine = (role: Role, events: LineEvents, signal: AbortSignal) => Promise<ModelLine>;
