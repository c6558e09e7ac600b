import { unlessAborted } from '../base/cancellation.ts';
import { ProviderError } from '../base/errors.ts';
import { mentions, personalIn } from '../think/personal.ts';
import type { Conversation, Dialogue, ReplyPart } from '../think/ports.ts';
import { type ReplyDeps, speakReply } from './reply.ts';
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
}

/** Makes what turns say. Whatever fails, the avatar says something or the turn ends: it never hangs. */
export class Answering {
  readonly #deps: ReplyDeps & { dialogue: Dialogue };
  readonly #events: AnsweringEvents;
  readonly #running = new Set<Turn>();

  constructor(deps: ReplyDeps & { dialogue: Dialogue }, events: AnsweringEvents) {
    this.#deps = deps;
    this.#events = events;
  }

  /** Begins the answer to what was said; it may still be speculation [T5]. */
  answer(turn: Turn, conversation: Conversation): void {
    const { dialogue } = this.#deps;
    turn.personal = personalIn(conversation);
    const { signal, committed } = turn;
    void this.#run(turn, () => dialogue.reply(conversation, { signal, committed }), true);
  }

  /**
   * Says something of our own.
   * @param names of whom it may speak to
   */
  say(turn: Turn, text: string, names: readonly string[]): void {
    turn.personal = mentions(names);
    void this.#run(turn, () => fixed(text), false);
  }

  /** Cancels everything that is being made. */
  close(): void {
    for (const turn of this.#running) turn.cancel('the conversation ended');
  }

  /** @param apologise say so if nothing comes of it; not for what is an apology itself */
  async #run(turn: Turn, parts: () => AsyncIterable<ReplyPart>, apologise: boolean): Promise<void> {
    this.#running.add(turn);
    try {
      await this.#speak(turn, parts);
      if (turn.ledger.total > 0) return;
      // Only a turn that is certain may end, or apologise.
      await unlessAborted(turn.committed, turn.signal);
      if (apologise) await this.#speak(turn, () => fixed(SORRY_LOST));
      if (turn.ledger.total === 0) this.#events.speechless(turn);
    } catch {
      // cancelled while it waited
    } finally {
      this.#running.delete(turn);
    }
  }

  /** Rejects only when the turn was cancelled. What was made before a failure is still said. */
  async #speak(turn: Turn, parts: () => AsyncIterable<ReplyPart>): Promise<void> {
    const sentences = turn.times.firstSentence;
    try {
      await speakReply(turn, parts(), this.#deps);
      if (turn.ledger.total === 0 && turn.times.firstSentence !== sentences)
        throw new ProviderError('bad-input', 'nothing of the answer could be spoken', { retryable: false });
    } catch (error) {
      turn.signal.throwIfAborted();
      this.#events.failed(turn.times.firstSentence === sentences ? 'dialogue' : 'tts', error);
    }
    if (turn.ledger.total > 0) turn.end();
  }
}

async function* fixed(text: string): AsyncGenerator<ReplyPart> {
  yield { type: 'text', text };
}
