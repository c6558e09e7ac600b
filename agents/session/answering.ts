import { unlessAborted, untilAborted } from '../base/cancellation.ts';
import { ProviderError } from '../base/errors.ts';
import type { Responder, RespondOptions, Spoken } from '../respond/port.ts';
import type { Conversation } from '../think/ports.ts';
import type { Turn } from './turn.ts';

/** Somebody's words could not be made out. */
export const SORRY_UNHEARD = 'Sorry, I did not catch that. Could you say it again?';
/** The avatar itself failed, and another took over. */
export const SORRY_GONE = 'Sorry, I dropped out for a moment. Where were we?';
const SORRY_LOST = 'Sorry, something went wrong with my thoughts. Could you say that again?';

export interface AnsweringEvents {
  failed(stage: 'dialogue' | 'tts', error: unknown): void;
  /** Nothing could be said at all. */
  speechless(turn: Turn): void;
  /** Something of ours failed, no provider. */
  broke(error: unknown): void;
}

/** Has turns answered. Whatever fails, the avatar says something or the turn ends: it never hangs. */
export class Answering {
  readonly #responder: Responder;
  readonly #events: AnsweringEvents;
  readonly #running = new Set<Turn>();

  constructor(responder: Responder, events: AnsweringEvents) {
    this.#responder = responder;
    this.#events = events;
  }

  /** Begins the answer to what was said; it may still be speculation [T5]. */
  answer(turn: Turn, conversation: Conversation): void {
    void this.#run(turn, options => this.#responder.respond(conversation, options), true);
  }

  /**
   * Says something of our own.
   * @param names of whom it may speak to
   */
  say(turn: Turn, text: string, names: readonly string[]): void {
    void this.#run(turn, options => this.#responder.say(text, names, options), false);
  }

  /** Cancels everything that is being made. */
  close(): void {
    for (const turn of this.#running) turn.cancel('the conversation ended');
  }

  /** @param apologise say so if nothing comes of it; not for what is an apology itself */
  async #run(turn: Turn, ask: (options: RespondOptions) => AsyncIterable<Spoken>, apologise: boolean): Promise<void> {
    this.#running.add(turn);
    try {
      await this.#speak(turn, ask);
      if (turn.ledger.total > 0) return;
      // Only a turn that is certain may end, or apologise.
      await unlessAborted(turn.committed, turn.signal);
      if (apologise) await this.#speak(turn, options => this.#responder.say(SORRY_LOST, [], options));
      if (turn.ledger.total === 0) this.#events.speechless(turn);
    } catch (error) {
      await this.#broke(turn, error);
    } finally {
      this.#running.delete(turn);
    }
  }

  /** Rejects when the turn was cancelled, or with a fault of ours. What was made before a failure is still said. */
  async #speak(turn: Turn, ask: (options: RespondOptions) => AsyncIterable<Spoken>): Promise<void> {
    const { id: turnId, signal, committed } = turn;
    const { sentences } = turn.times;
    try {
      const spoken = ask({ turnId, signal, committed, room: () => turn.room() });
      for await (const each of untilAborted(spoken, signal)) turn.take(each);
      if (turn.ledger.total === 0 && turn.times.sentences > sentences)
        throw new ProviderError('bad-input', 'nothing of the answer could be spoken', { retryable: false });
    } catch (error) {
      signal.throwIfAborted();
      this.#events.failed(turn.times.sentences > sentences ? 'tts' : 'dialogue', error);
    }
    if (turn.ledger.total > 0) turn.end();
  }

  /** Whoever cancelled a turn goes on; after a fault of ours nobody else would end it. */
  async #broke(turn: Turn, error: unknown): Promise<void> {
    if (turn.signal.aborted) return;
    this.#events.broke(error);
    try {
      if (turn.ledger.total > 0) return turn.end();
      await unlessAborted(turn.committed, turn.signal);
      this.#events.speechless(turn);
    } catch (again) {
      if (!turn.signal.aborted) this.#events.broke(again);
    }
  }
}
