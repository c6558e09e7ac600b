import type { Persona } from '../../agents/think/ports.ts';
import type { Emotion } from '../../protocol/timeline.ts';
import type { Sound } from '../scenario/schema.ts';

/** Something that the avatar said. */
export interface AvatarLine {
  /** The id of the persona that says it. */
  persona: string;
  /** What was heard of it. */
  text: string;
  /** What the face shows with it. */
  feeling?: Emotion;
  /** It was stopped before its end. */
  interrupted?: boolean;
}

/** What came of one line of the caller's, or of their coming. What an answer is may change while the call goes on. */
export interface Exchange {
  /** What the caller said; absent: they came. */
  line?: string;
  readonly answer: readonly AvatarLine[];
  /** Typed: from the line to the answer's first word. */
  firstAnswerMs?: number;
  /** Spoken: from the caller's last sound to the avatar's first. */
  latencyMs?: number;
  /** Spoken: what the server has written down of the line. */
  readonly heard?: string;
  /** Of a line that interrupts: from its first sound to the avatar's last; undefined: there was nothing to interrupt. */
  silentAfterMs?: number;
  /** Spoken: how long the avatar spoke, in words, while the caller did, who did not interrupt. */
  spokenOverMs?: number;
}

/** How the caller says a line. */
export interface CallerLine {
  /** A pause in mid-line is `|900|`, ms. */
  text: string;
  /** It is said while the avatar still speaks. */
  interrupts: boolean;
  /** The answer is heard only for so long: what is said next interrupts it. */
  interruptedAfterMs: number | undefined;
  /** Who is expected to have the last word of the answer: they are waited for, should they have to be fetched. */
  answeredBy?: string | undefined;
}

/** A conversation that is being held: one line at a time. Everything rejects once its signal is aborted. */
export interface Call {
  readonly how: 'typed' | 'spoken';
  /** What whoever comes is greeted with, heard to its end or only for so long. */
  greeted(interruptedAfterMs: number | undefined): Promise<Exchange>;
  /** Says a line; resolves when its answer is over, or interrupted. */
  say(line: CallerLine): Promise<Exchange>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** How a conversation begins. */
export interface CallOptions {
  persona: Persona;
  callerName: string;
  sound: Sound;
  /** What the caller may say, as far as it is known. */
  lines: readonly string[];
  /** Even numbers from 0 to 1; the same for the same seed. */
  random: () => number;
  signal: AbortSignal;
}

/** Opens calls of a kind. */
export type OpenCall = (options: CallOptions) => Promise<Call>;

/** Nobody answers, or not in time; the message says what was waited for. */
export class CallError extends Error {
  override name = 'CallError';
}

/** A line without its pauses. */
export const written = (line: string): string =>
  line
    .split(/\|\d+\|/)
    .map(piece => piece.trim())
    .join(' ');
