import { z } from 'zod';

/** The server takes a portrait worker that is silent for longer for hung. */
const TIMEOUT_MAX_MS = 300_000;

/** Settings of every image generator: how it is asked for a picture. */
export const ImageAskingSettings = {
  steps: z.number().int().min(1).max(100).default(25),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(42),
  /** Width and height, pixels. */
  size: z.number().int().min(256).max(2048).multipleOf(8).default(1024),
  timeoutMs: z.number().int().min(1000).max(TIMEOUT_MAX_MS).default(120_000),
};
