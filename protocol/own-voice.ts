/**
 * A voice made of somebody's own, for their portrait: REST bodies for pages, and what the server and its agent hosts tell
 * each other of it.
 */
import { z } from 'zod';
import { OWN_VOICE } from './limits.ts';

/** As an agent host names it when something is to be said with it. */
export const OwnVoice = z.object({
  vendor: z.string().min(1).max(64),
  /** The vendor's name for it. */
  voice: z.string().min(1).max(200),
});
export type OwnVoice = z.infer<typeof OwnVoice>;

/** `POST /api/portraits/{id}/own-voice/sentence` */
export const OwnVoiceLanguage = z.strictObject({
  /** Of the page, ISO 639. */
  language: z.string().regex(/^[a-z]{2}$/),
});

/** What is to be read aloud, by whom the voice is: that they agree. */
export const ConsentSentence = z.object({
  /** Goes with the recording; good once. */
  id: z.string(),
  text: z.string(),
  /** ISO 639; another than the page's where this server does not hear that one. */
  language: z.string(),
  /** Unix time, ms. */
  expiresAtMs: z.number(),
});
export type ConsentSentence = z.infer<typeof ConsentSentence>;

/** Server → host, `own-voice.make`. */
export const OwnVoiceAsked = z.object({
  /** What the voice is called at the vendor; no other is called so. */
  name: z.string().min(1).max(64),
  /** What must be heard in the recording, and those words of it that are in no other sentence. */
  sentence: z.string().min(1).max(500),
  words: z.string().min(1).max(200),
  /** In which it is read, ISO 639. */
  language: z.string().max(8),
  wav: z.custom<Uint8Array>(value => value instanceof Uint8Array && value.length <= OWN_VOICE.uploadBytes),
});
export type OwnVoiceAsked = z.infer<typeof OwnVoiceAsked>;

/** Why there is no voice. */
export const OwnVoiceFault = z.enum([
  'busy',
  'not-audio',
  'too-short',
  'too-long',
  'too-quiet',
  'not-consented',
  'refused',
  'full',
  'failed',
]);
export type OwnVoiceFault = z.infer<typeof OwnVoiceFault>;

/** A host's answer to `own-voice.make`. */
export const OwnVoiceMade = z.discriminatedUnion('made', [
  z.object({ made: z.literal(true), ...OwnVoice.shape }),
  z.object({ made: z.literal(false), why: OwnVoiceFault }),
]);
export type OwnVoiceMade = z.infer<typeof OwnVoiceMade>;

/** Server → host, `own-voice.forget`: by the vendor's name for it, or where that was never told, by ours. */
export const OwnVoiceForgotten = z.object({
  name: z.string(),
  vendor: z.string(),
  voice: z.string().optional(),
});
