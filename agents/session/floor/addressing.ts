import type { Exchange, Persona } from '../../think/ports.ts';

/** Whether the avatar was spoken to. */
export type Addressee = 'me' | 'them' | 'unsure';

export interface AddressingContext {
  persona: Persona;
  /** Names of everybody who is here. */
  people: readonly string[];
  /** What was said and heard before, oldest first. */
  history: readonly Exchange[];
}

/**
 * Judges to whom something was said. Asked before an answer is prepared in secret and before words end one, with words
 * that may still grow, and again before a turn is taken; so it answers at once. `unsure` is treated as `me`.
 */
export interface Addressing {
  judge(said: Exchange, context: AddressingContext): Addressee;
}

/** For a conversation in which everything is meant for the avatar. */
export const alwaysMe: Addressing = { judge: () => 'me' };
