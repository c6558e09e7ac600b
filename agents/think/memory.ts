import type { Fact } from '../../protocol/memory.ts';
import type { Exchange, Known, Persona } from './ports.ts';

/** What there is to learn from. */
export interface Lesson {
  persona: Persona;
  /** The person to learn about, and what is known of them. */
  person: Known;
  /** Oldest first, the turn that was just answered included. */
  history: readonly Exchange[];
}

/** Finds out what is worth remembering of a person. Errors are ProviderErrors. */
export interface Learner {
  /** New and changed facts only. */
  learn(lesson: Lesson, options: { signal: AbortSignal }): Promise<Fact[]>;
}

/** Keeps the thread of a long conversation: one short text instead of what no longer fits. Errors are ProviderErrors. */
export interface Summariser {
  /** @param before what was summed up so far */
  summarise(
    before: string | undefined,
    exchanges: readonly Exchange[],
    options: { signal: AbortSignal },
  ): Promise<string>;
}

/** Who takes notes: of people, and where it can, of what was said. Errors are ProviderErrors. */
export type NoteTaker = Learner & Partial<Summariser>;

/** A learner that asks the second where the first fails. */
export const learningFallback = (first: Learner, second: Learner, onFailure: (error: unknown) => void): Learner => ({
  async learn(lesson, options) {
    try {
      return await first.learn(lesson, options);
    } catch (error) {
      options.signal.throwIfAborted();
      onFailure(error);
      return second.learn(lesson, options);
    }
  },
});
