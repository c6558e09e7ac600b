import { untilAborted } from '../base/cancellation.ts';
import { Channel } from '../base/channel.ts';
import type { Clock } from '../base/clock.ts';
import { ProviderError } from '../base/errors.ts';
import { Patience } from '../base/patience.ts';

/** A vendor's connection on which sentences are said, one after the other. */
export interface SpeechLine {
  /** Resolves when it is over, with the reason unless it was closed here. */
  readonly over: Promise<ProviderError | undefined>;
  close(): void;
}

export interface SpeechLinesOptions<Line, Message> {
  /** In errors. */
  name: string;
  clock: Clock;
  /** For the line and the first message, and between messages. */
  patienceMs: number;
  open(received: (message: Message) => void, signal: AbortSignal): Promise<Line>;
}

export interface SaidSentence<Line, Message> {
  /** Asks for it. */
  ask(line: Line): void;
  /** Whether nothing comes after this. */
  isLast(message: Message): boolean;
  /** Has the vendor stop, so that the line may say another; absent: the line is closed. */
  stop?(line: Line): void;
}

/** All of a sentence's sound is waited for no longer than this. */
const SOUND_MS = 60_000;
/** Vendors close what nobody uses; before that it is closed here. */
const IDLE_MS = 50_000;

interface Held<Line, Message> {
  line: Line;
  /** Of the sentence that is said on it now. */
  messages: Channel<Message>;
  isOver: boolean;
  stopIdling(): void;
}

/** Lines to a vendor: each says one sentence at a time, and is kept for the next. */
export class SpeechLines<Line extends SpeechLine, Message> {
  readonly #options: SpeechLinesOptions<Line, Message>;
  readonly #free: Held<Line, Message>[] = [];
  #closed = false;

  constructor(options: SpeechLinesOptions<Line, Message>) {
    this.#options = options;
  }

  /** What the vendor tells of a sentence, but the last message. Rejects with a ProviderError, or the signal's reason. */
  async *say(
    { ask, isLast, stop }: SaidSentence<Line, Message>,
    signal: AbortSignal,
  ): AsyncGenerator<Message, void, undefined> {
    const { name, clock, patienceMs } = this.#options;
    const patience = new Patience(patienceMs, SOUND_MS, clock);
    const ending = AbortSignal.any([signal, patience.signal]);
    let held: Held<Line, Message> | undefined;
    let isReusable = false;
    patience.wait();
    try {
      held = await this.#take(ending);
      ask(held.line);
      for await (const message of untilAborted(held.messages, ending)) {
        patience.rest();
        if (isLast(message)) {
          isReusable = true;
          return;
        }
        yield message;
        patience.wait();
      }
    } catch (error) {
      signal.throwIfAborted();
      if (patience.signal.aborted) throw new ProviderError('network', `${name} takes too long`, { retryable: true });
      throw error;
    } finally {
      patience.end();
      if (held !== undefined) {
        if (!isReusable) stop?.(held.line);
        this.#leave(held, isReusable || stop !== undefined);
      }
    }
  }

  close(): void {
    this.#closed = true;
    for (const { line, stopIdling } of this.#free.splice(0)) {
      stopIdling();
      line.close();
    }
  }

  async #take(signal: AbortSignal): Promise<Held<Line, Message>> {
    const free = this.#free.pop();
    if (free !== undefined) {
      free.stopIdling();
      free.messages = new Channel();
      return free;
    }
    let held: Held<Line, Message> | undefined;
    const line = await this.#options.open(message => held?.messages.push(message), signal);
    const made: Held<Line, Message> = { line, messages: new Channel(), isOver: false, stopIdling: () => {} };
    held = made;
    void line.over.then(error => {
      made.isOver = true;
      this.#forget(made);
      made.messages.fail(error ?? new ProviderError('network', 'the line was closed', { retryable: true }));
    });
    return made;
  }

  #leave(held: Held<Line, Message>, isReusable: boolean): void {
    if (!isReusable || this.#closed) held.line.close();
    else if (!held.isOver) {
      // What still comes of this sentence is nobody's.
      held.messages = new Channel();
      held.stopIdling = this.#options.clock.after(IDLE_MS, () => {
        this.#forget(held);
        held.line.close();
      });
      this.#free.push(held);
    }
  }

  #forget(held: Held<Line, Message>): void {
    held.stopIdling();
    const at = this.#free.indexOf(held);
    if (at >= 0) this.#free.splice(at, 1);
  }
}

export interface VoiceLinesOptions<Line, Message> extends Omit<SpeechLinesOptions<Line, Message>, 'open'> {
  open(voice: string, received: (message: Message) => void, signal: AbortSignal): Promise<Line>;
}

/** Lines of which each speaks with one voice, as vendors have it that are told the voice when they are called. */
export class VoiceLines<Line extends SpeechLine, Message> {
  readonly #options: VoiceLinesOptions<Line, Message>;
  readonly #voices = new Map<string, SpeechLines<Line, Message>>();

  constructor(options: VoiceLinesOptions<Line, Message>) {
    this.#options = options;
  }

  /** As {@link SpeechLines.say}. */
  say(voice: string, sentence: SaidSentence<Line, Message>, signal: AbortSignal) {
    const open = (received: (message: Message) => void, stop: AbortSignal) => this.#options.open(voice, received, stop);
    const lines = this.#voices.get(voice) ?? new SpeechLines({ ...this.#options, open });
    this.#voices.set(voice, lines);
    return lines.say(sentence, signal);
  }

  close(): void {
    for (const lines of this.#voices.values()) lines.close();
  }
}
