import { z } from 'zod';

/**
 * How the avatar arrives at one page, as its WebRTC statistics say. Bounded: what a page claims can bend the figures of
 * its own turns a little, and nothing else.
 */
export const Reception = z.object({
  /** From a packet's arrival to the sample's being heard: jitter buffer and output. */
  playoutDelayMs: z.number().min(0).max(5000),
  /** To the server and back. */
  roundTripMs: z.number().min(0).max(10_000).optional(),
  /** By the avatar's clock, how far what is heard is ahead of what is seen; negative: behind it. */
  voiceAheadMs: z.number().min(-5000).max(5000).optional(),
});
export type Reception = z.infer<typeof Reception>;

/** Pages tell it when the avatar speaks, at most this often. */
export const RECEPTION_EVERY_MS = 10_000;
