/** REST bodies about conversations that were kept. Times are ISO 8601 in UTC. */
import { z } from 'zod';
import { TurnTiming } from './conversation.ts';
import { Feeling } from './feelings.ts';
import { MEMORY_LIMITS, Memory } from './memory.ts';
import { TurnTrace } from './trace.ts';

export const CONVERSATION_LIMITS = { page: 50, largestPage: 200, queryLength: 200 } as const;

const time = z.iso.datetime();

export const Participant = z.object({
  identity: z.string(),
  name: z.string(),
  /** Who this is from call to call. Told to those who may read everything. */
  person: z.string().optional(),
  /** It is who asks. */
  you: z.boolean(),
  joinedAt: time,
  leftAt: time.nullable(),
});
export type Participant = z.infer<typeof Participant>;

/** A character that the avatar was in a conversation. */
export const PersonaInUse = z.object({
  persona: z.string(),
  name: z.string(),
  avatar: z.string().nullable(),
  since: time,
});
export type PersonaInUse = z.infer<typeof PersonaInUse>;

export const Message = z.object({
  id: z.string(),
  turnId: z.string(),
  speaker: z.string(),
  speakerName: z.string(),
  role: z.enum(['user', 'avatar']),
  source: z.enum(['voice', 'text']),
  /** Of the avatar: what was heard of it. */
  text: z.string(),
  /** For people only: the avatar was not told. Null: for everybody. */
  audience: z.literal('people').nullable(),
  /** False while it is still being said. */
  final: z.boolean(),
  /** The avatar was stopped: nothing after `spokenUntil` was heard. */
  interrupted: z.boolean(),
  language: z.string().nullable(),
  feeling: Feeling.nullable(),
  /** First and last word. */
  spokenAt: time,
  spokenUntil: time,
  createdAt: time,
  /** Of the avatar's answers: where their time went. */
  timing: TurnTiming.omit({ turnId: true }).nullable(),
});
export type Message = z.infer<typeof Message>;

/** What somebody thought of a conversation when they had left it. */
export const GivenRating = z.object({
  identity: z.string(),
  stars: z.number().int(),
  line: z.string().nullable(),
  ratedAt: time,
});
export type GivenRating = z.infer<typeof GivenRating>;

export const ConversationSummary = z.object({
  id: z.uuid(),
  room: z.string(),
  startedAt: time,
  lastAt: time,
  /** Null while it goes on. */
  endedAt: time.nullable(),
  ending: z.string().nullable(),
  participants: z.array(Participant),
  personas: z.array(PersonaInUse),
  messageCount: z.number().int(),
  /** The message that was found, else how the conversation began. */
  excerpt: z.string(),
});
export type ConversationSummary = z.infer<typeof ConversationSummary>;

export const Conversation = ConversationSummary.omit({ excerpt: true }).extend({
  messages: z.array(Message),
  /** One’s own; with the grant `roomList` everybody’s. */
  ratings: z.array(GivenRating),
});
export type Conversation = z.infer<typeof Conversation>;

/** `GET /api/conversations` */
export const ConversationQuery = z.strictObject({
  /** Words that all occur in one message. */
  query: z.string().trim().max(CONVERSATION_LIMITS.queryLength).optional(),
  person: z.string().max(128).optional(),
  persona: z.string().max(64).optional(),
  room: z.string().max(64).optional(),
  /** Those that began at this time or later. */
  from: z.iso.datetime({ offset: true }).or(z.iso.date()).optional(),
  /** Those that began before it. */
  to: z.iso.datetime({ offset: true }).or(z.iso.date()).optional(),
  limit: z.coerce.number().int().min(1).max(CONVERSATION_LIMITS.largestPage).default(CONVERSATION_LIMITS.page),
  /** `next` of the page before. */
  cursor: z.string().max(200).optional(),
});
export type ConversationQuery = z.infer<typeof ConversationQuery>;

/** Newest first. */
export const ConversationList = z.object({
  conversations: z.array(ConversationSummary),
  /** Where the next page begins; null on the last one. */
  next: z.string().nullable(),
  /** What whoever asks may do. */
  may: z.object({ readAll: z.boolean(), remove: z.boolean() }),
});
export type ConversationList = z.infer<typeof ConversationList>;

/** `GET /api/conversations/:id/turns`: where the time of each went, oldest first; what of it is not known is left out. */
export const TraceList = z.object({ turns: z.array(TurnTrace) });
export type TraceList = z.infer<typeof TraceList>;

export const ExportFormat = z.enum(['json', 'markdown', 'webvtt']);
export type ExportFormat = z.infer<typeof ExportFormat>;

/** `GET /api/memories` */
export const MemoryList = z.object({ memories: z.array(Memory) });
export type MemoryList = z.infer<typeof MemoryList>;

/** `PATCH /api/memories/:id` */
export const MemoryChange = z.strictObject({
  value: z.string().trim().min(1).max(MEMORY_LIMITS.valueLength).optional(),
  text: z.string().trim().min(1).max(MEMORY_LIMITS.textLength).optional(),
});
export type MemoryChange = z.infer<typeof MemoryChange>;

/** `DELETE /api/person`: what there was, and is no more. */
export const Erased = z.object({
  conversations: z.number().int(),
  messages: z.number().int(),
  memories: z.number().int(),
  uploads: z.number().int(),
});
export type Erased = z.infer<typeof Erased>;

/** `POST /api/person/token` */
export const PersonTokenRequest = z.strictObject({
  personKey: z.string().regex(/^[A-Za-z0-9_-]{22,128}$/),
});
export const PersonTokenResponse = z.object({
  token: z.string(),
  /** Unix time, ms. */
  expiresAtMs: z.number(),
});
export type PersonTokenResponse = z.infer<typeof PersonTokenResponse>;
