/** What people think of a call, once it is over. */
import { z } from 'zod';
import { RATING_LIMITS } from './limits.ts';
import { cleanText } from './text.ts';

/** `POST /api/rooms/:room/rating`, by who was in the call. */
export const Rating = z.strictObject({
  stars: z.number().int().min(1).max(RATING_LIMITS.stars),
  /** Whatever they would like to say about it. */
  line: z
    .string()
    .max(RATING_LIMITS.lineLength)
    .transform(cleanText)
    .transform(line => (line === '' ? undefined : line))
    .optional(),
});
export type Rating = z.infer<typeof Rating>;
