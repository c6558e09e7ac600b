/** Files that people send each other in a room. */
import { z } from 'zod';

/** What may be sent, told by what is in it and not by its name. */
export const FILE_TYPES = [
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'application/pdf',
  'text/plain',
] as const;
export type FileType = (typeof FILE_TYPES)[number];

/** Longest name, in characters. */
export const FILE_NAME_LENGTH = 120;

export const SentFile = z.object({
  id: z.uuid(),
  name: z.string().max(FILE_NAME_LENGTH),
  type: z.enum(FILE_TYPES),
  /** How large it is. */
  bytes: z.number().int().min(0),
});
export type SentFile = z.infer<typeof SentFile>;
