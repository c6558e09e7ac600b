/**
 * The device door: what a gadget with a microphone and a loudspeaker says over one WebSocket, and what it is told.
 * docs/devices.md is written for whoever programs one; names are in snake_case, as gadgets' programmers have them.
 *
 * Up, binary: PCM16 little-endian, 16 kHz, mono, of any length; or one Opus packet each, where `?codec=opus` asked for
 * it; where `?played=frames` asked for it, each behind four bytes, little-endian: the position that the loudspeaker plays
 * at its beginning. Down, binary: {@link AUDIO_HEADER_BYTES} of header and 100 ms of sound in the same codec.
 */
import { z } from 'zod';
import { AgentState } from './conversation.ts';
import { LIMITS } from './limits.ts';
import { MessageText } from './text.ts';
import { Emotion } from './timeline.ts';

export const DEVICE = {
  /** Of sound in both directions, samples a second. */
  sampleRate: 16_000,
  /** Of sound in one message down, ms. */
  chunkMs: 100,
  /** Of the header before it. */
  headerBytes: 8,
  /** A seat waits so long for a device that lost its line, ms. */
  returnWithinMs: 60_000,
  /** The largest message up. */
  messageBytes: 128 * 1024,
  /** Of a name of a device: letters, digits, dots, dashes, underscores. */
  idLength: 64,
} as const;

/** What the header's second byte may say. */
export const AUDIO_FLAGS = {
  /** The first sound of an answer, or of its rest after a pause. */
  begins: 1,
  /** No sound follows for now. */
  ends: 2,
} as const;

/** Before the sound of one message. */
export interface AudioHeader {
  /** {@link AUDIO_FLAGS}, added. */
  flags: number;
  /** Counts the messages of sound, modulo 65536. */
  sequence: number;
  /** Of its first sample, in samples since the device came: what its clock would have played by then. */
  position: number;
}

const AUDIO_VERSION = 1;

/** Byte 0: 1. Byte 1: flags. Bytes 2 and 3: sequence. Bytes 4 to 7: position. Little-endian. */
export function writeAudioHeader({ flags, sequence, position }: AudioHeader): Uint8Array {
  const header = new DataView(new ArrayBuffer(DEVICE.headerBytes));
  header.setUint8(0, AUDIO_VERSION);
  header.setUint8(1, flags);
  header.setUint16(2, sequence & 0xffff, true);
  header.setUint32(4, position >>> 0, true);
  return new Uint8Array(header.buffer);
}

/** Undefined where it is none of this version. */
export function readAudioHeader(message: Uint8Array): AudioHeader | undefined {
  if (message.length < DEVICE.headerBytes || message[0] !== AUDIO_VERSION) return undefined;
  const header = new DataView(message.buffer, message.byteOffset);
  return { flags: header.getUint8(1), sequence: header.getUint16(2, true), position: header.getUint32(4, true) };
}

export const DeviceId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a device is named by letters, digits, ".", "_" and "-"');

/** Sound in text, for the simplest clients: base64, or hexadecimal after "hex:". */
const Sound = z
  .string()
  .max(DEVICE.messageBytes)
  .regex(/^(?:hex:(?:[0-9a-fA-F]{4})+|[A-Za-z0-9+/]+={0,2})$/, 'sound is base64, or "hex:" and pairs of digits');

export const DeviceSays = z.discriminatedUnion('type', [
  /** First of all. `resume` is the key that a `welcome` gave: the seat is taken up again. */
  z.strictObject({
    type: z.literal('hello'),
    version: z.literal(1),
    resume: z.string().max(64).optional(),
    /** It draws a face: it is told what the face does. */
    screen: z.boolean().default(false),
    /** BCP 47, of who speaks to it. */
    language: z.string().max(35).optional(),
    firmware: z.string().max(64).optional(),
  }),
  z.strictObject({ type: z.literal('audio'), audio: Sound }),
  z.strictObject({ type: z.literal('text'), text: MessageText }),
  /** How far the device's loudspeaker has got: a position as in the headers. */
  z.strictObject({ type: z.literal('played'), position: z.number().int().min(0).max(0xffffffff) }),
  /** The avatar is to stop, as by a button. */
  z.strictObject({ type: z.literal('interrupt') }),
  z.strictObject({ type: z.literal('bye') }),
]);
export type DeviceSays = z.infer<typeof DeviceSays>;

/** A mouth shape; `time_ms` counts from the turn's first sound (`sync` tells when that is). */
export const DevicePhoneme = z.object({
  time_ms: z.number(),
  duration_ms: z.number().min(0),
  /** One of fifteen, `protocol/timeline.ts`. */
  viseme: z.string(),
  phoneme: z.string(),
  mouth_open: z.number().min(0).max(1),
});

export const DeviceHears = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    version: z.literal(1),
    room: z.string(),
    identity: z.string(),
    /** Shown in the next `hello` it brings the same seat back. */
    resume: z.string(),
    resumed: z.boolean(),
    codec: z.enum(['pcm', 'opus']),
    sample_rate: z.literal(DEVICE.sampleRate),
    chunk_ms: z.literal(DEVICE.chunkMs),
  }),
  /** Instead of binary messages where `?audio=json` asked for it. */
  z.object({
    type: z.literal('audio'),
    flags: z.number().int(),
    sequence: z.number().int(),
    position: z.number().int(),
    /** base64 */
    audio: z.string(),
  }),
  /** The sound that was sent but not played is to be thrown away: somebody spoke over it. */
  z.object({ type: z.literal('clear') }),
  z.object({
    type: z.literal('animation'),
    /** What the phonemes belong to. */
    turn: z.string().optional(),
    commands: z.object({
      emotion: Emotion.optional(),
      intensity: z.number().min(0).max(1).optional(),
      gaze: z.object({ x: z.number(), y: z.number() }).optional(),
      phonemes: z.array(DevicePhoneme).max(LIMITS.devicePhonemes).optional(),
      duration_ms: z.number().optional(),
    }),
  }),
  /** The sound at this position is so far into the turn: sent when its sound begins, and begins again after a pause. */
  z.object({ type: z.literal('sync'), turn: z.string(), position: z.number().int(), time_ms: z.number() }),
  z.object({ type: z.literal('state'), state: AgentState }),
  z.object({
    type: z.literal('transcript'),
    id: z.string(),
    role: z.enum(['user', 'avatar']),
    speaker: z.string(),
    text: z.string(),
    final: z.boolean(),
    interrupted: z.boolean().optional(),
  }),
  z.object({ type: z.literal('metadata'), turn: z.string(), latency_ms: z.number().optional(), outcome: z.string() }),
  z.object({
    type: z.literal('error'),
    code: z.string(),
    message: z.string(),
    retryable: z.boolean(),
    retry_after_ms: z.number().optional(),
  }),
]);
export type DeviceHears = z.infer<typeof DeviceHears>;
