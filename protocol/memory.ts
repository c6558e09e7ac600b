/** What is remembered of a person from call to call, for those who asked for it. */
import { z } from 'zod';
import { MEMORY_LIMITS } from './limits.ts';

export { MEMORY_LIMITS };

/**
 * One thing known of a person. `key` says what it is about and is unique for a person: a newer fact replaces the
 * older one (`name`, `product`, `name_sister`, `story_daughter`).
 */
export const Fact = z.object({
  key: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
  /** As it was said, short: `Anna`, `handmade candles`. */
  value: z.string().min(1).max(MEMORY_LIMITS.valueLength),
  /** For people and language models: `Their sister is called Anna.` */
  text: z.string().min(1).max(MEMORY_LIMITS.textLength),
});
export type Fact = z.infer<typeof Fact>;

/** A fact as it is kept. */
export const Memory = Fact.extend({
  id: z.uuid(),
  /** Persona in whose conversation it was said. */
  persona: z.string().nullable(),
  conversationId: z.uuid().nullable(),
  /** Turn it was said in. */
  turnId: z.string().nullable(),
  /** The person wrote it, or corrected it. */
  edited: z.boolean(),
  /** ISO 8601. */
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Memory = z.infer<typeof Memory>;
