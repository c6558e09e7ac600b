/**
 * Portraits: a photo becomes an avatar. REST bodies for pages, and the messages between the server and its
 * portrait worker (a child process, Node's IPC with structured clones).
 */
import { z } from 'zod';
import { ErrorCode } from './errors.ts';
import { PLAIN_VOICE, PORTRAIT_LIMITS, VOICE_RANGES } from './limits.ts';
import { cleanText } from './text.ts';

export { PLAIN_VOICE, PORTRAIT_LIMITS, VOICE_RANGES };

/** Why a portrait could not be made. Each has a sentence for people, made where it is known what was wrong. */
export const PortraitFault = z.enum([
  'not-an-image',
  'broken-image',
  'file-too-large',
  'too-many-pixels',
  'no-face',
  'several-faces',
  'face-too-small',
  'face-turned-away',
  'face-cut-off',
  'portraits-off',
  'portraits-full',
  'busy',
  'worker-failed',
  'images-off',
  'images-refused',
  'images-failed',
  'voices-off',
  'voice-failed',
  'own-voices-off',
  'consent-over',
  'not-audio',
  'recording-length',
  'too-quiet',
  'not-consented',
  'voice-refused',
  'voices-full',
]);
export type PortraitFault = z.infer<typeof PortraitFault>;

/** May be shown to whoever sent the picture: what is wrong, and what to do. */
export class PortraitError extends Error {
  override name = 'PortraitError';
  readonly code: PortraitFault;
  readonly retryable: boolean;
  constructor(code: PortraitFault, message: string, { retryable = false }: { retryable?: boolean } = {}) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}

/** Body of every refusal under `/api/portraits`: `{ error: PortraitWireError }`. */
export const PortraitWireError = z.object({
  code: z.union([PortraitFault, ErrorCode]),
  message: z.string(),
  retryable: z.boolean(),
});
export type PortraitWireError = z.infer<typeof PortraitWireError>;

/** Nobody guesses one: who knows it may use the portrait. */
export const PortraitId = z.string().regex(/^p-[A-Za-z0-9_-]{22}$/);
/** A rig's folder name; no dots or slashes, so that it stays inside its folder. */
export const AvatarId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);

const within = ({ min, max }: { min: number; max: number }) => {
  const message = `a number from ${min} to ${max}; 1 is as it is`;
  return z.number(message).min(min, message).max(max, message);
};
/** The voice of somebody's own avatar. */
export const PortraitVoice = z.strictObject({
  timbre: within(VOICE_RANGES.timbre),
  pitch: within(VOICE_RANGES.pitch),
  pace: within(VOICE_RANGES.pace),
});
export type PortraitVoice = z.infer<typeof PortraitVoice>;

export const AvatarEntry = z.object({
  id: z.string(),
  name: z.string(),
  /** `portrait`: made of somebody's picture, and listed only to who names its id. */
  kind: z.enum(['shipped', 'portrait']),
  thumbnailUrl: z.string(),
  previewUrl: z.string(),
  /** Of a portrait that was given one. */
  voice: PortraitVoice.optional(),
  /** It has the voice of whoever made it, with which it speaks where they are. */
  ownVoice: z.boolean().optional(),
});
export type AvatarEntry = z.infer<typeof AvatarEntry>;

/** `GET /api/avatars?portraits=id,id` */
export const AvatarList = z.object({
  avatars: z.array(AvatarEntry),
  uploads: z.boolean(),
  /** A voice can be made for one's own. */
  voices: z.boolean(),
  /** One can be made of a recording. */
  ownVoices: z.boolean(),
});
export type AvatarList = z.infer<typeof AvatarList>;

/** `POST /api/portraits` (a JPEG, PNG or WebP as it is) and `POST /api/portraits/generate`. */
export const PortraitMade = z.object({
  avatar: AvatarEntry,
  /** Bearer for `DELETE /api/portraits/:id`; told this once. */
  ownerSecret: z.string(),
  /** Unix time, ms; absent when it is kept until it is removed. */
  expiresAtMs: z.number().optional(),
});
export type PortraitMade = z.infer<typeof PortraitMade>;

/** `POST /api/portraits/warm`: the worker is ready. */
export const PortraitsReady = z.object({ words: z.boolean() });
export type PortraitsReady = z.infer<typeof PortraitsReady>;

const Seed = z
  .number()
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const Steps = z.number().int().min(1).max(100);

/** `POST /api/portraits/generate` */
export const PortraitWords = z.strictObject({
  prompt: z
    .string()
    .max(PORTRAIT_LIMITS.promptLength)
    .transform(cleanText)
    .pipe(z.string().min(1, 'describe the face in a few words')),
  seed: Seed.optional(),
  steps: Steps.optional(),
});
export type PortraitWords = z.infer<typeof PortraitWords>;

const id = z.number().int();
const bytes = z.custom<Uint8Array>(value => value instanceof Uint8Array);

/** Server → worker. Every job is answered by `done` or `failed` with its id. */
export const ToPortraitWorker = z.discriminatedUnion('type', [
  /** Loads what portraits need, ahead of the first. */
  z.object({ type: z.literal('warm'), id }),
  /** Makes `folder` (empty, exists): `rig/`, `thumbnail.webp`, `preview.webm`. */
  z.object({ type: z.literal('make'), id, picture: bytes, folder: z.string(), name: z.string() }),
  /** Makes `thumbnail.webp` and `preview.webm` in `folder` for a rig that is there. */
  z.object({ type: z.literal('present'), id, avatar: AvatarId, folder: z.string() }),
  /** Asks the image generator for a picture. */
  z.object({ type: z.literal('imagine'), id, words: PortraitWords }),
]);
export type ToPortraitWorker = z.infer<typeof ToPortraitWorker>;

/** Milliseconds by part, for logs and figures. */
export const PortraitTimes = z.record(z.string(), z.number());
export type PortraitTimes = z.infer<typeof PortraitTimes>;

/** Worker → server. */
export const FromPortraitWorker = z.discriminatedUnion('type', [
  z.object({ type: z.literal('done'), id, words: z.boolean(), picture: bytes.optional(), times: PortraitTimes }),
  z.object({ type: z.literal('failed'), id, error: PortraitWireError, fault: z.boolean() }),
]);
export type FromPortraitWorker = z.infer<typeof FromPortraitWorker>;
