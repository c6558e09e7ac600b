import { z } from 'zod';
import { Feeling } from './feelings.ts';
import { SentFile } from './files.ts';
import { LIMITS } from './limits.ts';

/** What the avatar is doing, as shown beside its tile. `looking`: something is looked up, and takes long. */
export const AgentState = z.enum(['joining', 'idle', 'listening', 'thinking', 'looking', 'speaking', 'away']);
export type AgentState = z.infer<typeof AgentState>;
/** What the computer that draws a face has time for: all of it, a few pictures a second, hardly any. */
export const FaceShown = z.enum(['moving', 'slow', 'voice']);
export type FaceShown = z.infer<typeof FaceShown>;

/** Names an entry of the log, or the turn it belongs to. */
export const EntryId = z.string().min(1).max(160);

/** Entries that one answer is said to answer; of more, the latest. */
export const MOST_ANSWERED = 20;

/** Unix time, ms, as far as dates go. */
const time = z.number().min(0).max(8.64e15);

/** Where what the avatar says is written. */
export const Source = z.object({
  title: z.string().max(200),
  /** In the persona's folder of documents. */
  file: z.string().max(400),
  heading: z.string().max(600),
  /** Where people find it. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(1000)
    .optional(),
});
export type Source = z.infer<typeof Source>;

/** Of one answer. */
export const MOST_SOURCES = 3;

/** Whom something typed is for; `people`: the avatar never learns of it. */
export const Audience = z.enum(['everyone', 'people']);
export type Audience = z.infer<typeof Audience>;

/**
 * One utterance in the conversation log. An entry is sent again, whole, under the same `id` whenever it
 * changes: partial transcripts grow, the avatar's words appear as they are played out.
 */
export const LogEntry = z.object({
  id: EntryId,
  turnId: EntryId,
  /** Of the avatar's words: people's entries that they answer; `turnId` need not be one of them. */
  answers: z.array(EntryId).max(MOST_ANSWERED).optional(),
  /** Identity of who said it; the avatar's own identity for its words. */
  speaker: z.string().max(LIMITS.identityLength),
  speakerName: z.string().max(4 * LIMITS.nameLength),
  role: z.enum(['user', 'avatar']),
  source: z.enum(['voice', 'text']),
  text: z.string().max(LIMITS.messageBytes),
  final: z.boolean(),
  /** The avatar was stopped before it had said everything; `text` is what was heard. */
  interrupted: z.boolean().optional(),
  /** It was said to others; the avatar merely heard it. */
  overheard: z.boolean().optional(),
  /** It is a file that was sent; `text` is its name. */
  file: SentFile.optional(),
  /** It is for people only; absent: for everybody. */
  audience: z.literal('people').optional(),
  /** Unix time of the first word, ms. */
  atMs: time,
  /** BCP 47, where it is known. */
  language: z.string().max(35).optional(),
  /** Of the avatar's words: what they were looked up in. */
  sources: z.array(Source).max(MOST_SOURCES).optional(),
  /** How the person felt who said it, if that was sensed. They alone are told. */
  feeling: Feeling.optional(),
});
export type LogEntry = z.infer<typeof LogEntry>;

/** Whether an avatar may know of it: now, in a call that it takes over, and in a later one. */
export const isForAvatar = ({ audience }: Pick<LogEntry, 'audience'>): boolean => audience !== 'people';

/**
 * Where one turn's time went, ms. The five parts follow one another and add up to `voiceToVoiceMs`, the time
 * from the end of the person's speech to the first sample of the answer handed to the network; a part that
 * was finished before it was needed (speculation) counts 0.
 */
export const TurnTiming = z.object({
  turnId: EntryId,
  outcome: z.enum(['completed', 'interrupted', 'failed']),
  source: z.enum(['voice', 'text', 'greeting']),
  /** Something of the answer was heard; else the times are those until the turn was given up. */
  sounded: z.boolean(),
  voiceToVoiceMs: z.number(),
  stages: z.object({
    endpointingMs: z.number(),
    asrMs: z.number(),
    dialogueMs: z.number(),
    ttsMs: z.number(),
    playoutMs: z.number(),
  }),
});
export type TurnTiming = z.infer<typeof TurnTiming>;
