import { z } from 'zod';
import { LIMITS } from './limits.ts';

/** Control, bidirectional-override and zero-width characters: invisible, and able to disguise a name. */
const INVISIBLE = /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** Text as a person may show it to others: no invisible characters, white space collapsed, trimmed. */
export const cleanText = (text: string): string =>
  text.replace(/\s+/gu, ' ').replace(INVISIBLE, '').replace(/ {2,}/g, ' ').trim();

/** A display name: cleaned, 1 to 64 characters. */
export const DisplayName = z
  .string()
  .max(LIMITS.nameLength * 4)
  .transform(cleanText)
  .pipe(z.string().min(1, 'a name needs at least one visible character').max(LIMITS.nameLength));

/** A room's name: letters, digits, dot, dash and underscore, starting with a letter or digit. */
export const RoomName = z
  .string()
  .min(1)
  .max(LIMITS.roomLength)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a room name is letters, digits, ".", "_" and "-"');

/** A typed message: cleaned, 1 to 2000 characters. */
export const MessageText = z
  .string()
  .max(LIMITS.textLength, `a message has at most ${LIMITS.textLength} characters`)
  .transform(cleanText)
  .pipe(z.string().min(1, 'a message needs at least one visible character'));
