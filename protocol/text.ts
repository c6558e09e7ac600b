import { z } from 'zod';
import { LIMITS } from './limits.ts';

/**
 * Control, bidirectional and zero-width characters, blank letters, tags: invisible, and able to disguise a name or
 * to hide words from people that a language model reads. Joiners stay: emoji and several scripts need them.
 */
const INVISIBLE =
  /[\p{Cc}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
/** Something that leaves a mark of its own: not only joiners, variation selectors and accents without a letter. */
const VISIBLE = /[^\p{Cf}\p{M}\s]/u;

/** Text as a person may show it to others: no invisible characters, white space collapsed, trimmed. */
export const cleanText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\S\ufeff]+/gu, ' ')
    .replace(INVISIBLE, '')
    .replace(/ {2,}/g, ' ')
    .trim();

/** A display name: cleaned, 1 to 64 characters. */
export const DisplayName = z
  .string()
  .max(LIMITS.nameLength * 4)
  .transform(cleanText)
  .pipe(z.string().regex(VISIBLE, 'a name needs at least one visible character').max(LIMITS.nameLength));

/** A room's name: letters, digits, dot, dash and underscore, starting with a letter or digit. */
export const RoomName = z
  .string()
  .min(1)
  .max(LIMITS.roomLength)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a room name is letters, digits, ".", "_" and "-"');

/** Whether a page's address names the room of a token: read aloud or typed on a phone, a name has no capitals. */
export const isSameRoom = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** A typed message: cleaned, 1 to 2000 characters. */
export const MessageText = z
  .string()
  .max(LIMITS.textLength, `a message has at most ${LIMITS.textLength} characters`)
  .transform(cleanText)
  .pipe(z.string().regex(VISIBLE, 'a message needs at least one visible character'));
