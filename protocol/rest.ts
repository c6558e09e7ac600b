/** REST bodies that pages and integrators use. Errors are `{ error: WireError }` with a matching HTTP status. */
import { z } from 'zod';
import { DisplayName } from './text.ts';

/** `POST /api/rooms/:room/token`, where rooms are open. */
export const TokenRequest = z.strictObject({
  name: DisplayName,
  /** Name of the persona the avatar takes if this person opens the room. */
  persona: z.string().min(1).max(64).optional(),
  avatar: z.string().min(1).max(64).optional(),
  /** The secret of whoever made that avatar: it may speak with their own voice then. A wrong one changes nothing. */
  avatarSecret: z.string().min(1).max(128).optional(),
  /**
   * A secret that this person's browser made and keeps. Who they are from call to call is a hash of it, so only who
   * holds it reads, corrects or erases what is kept of them.
   */
  personKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{22,128}$/)
    .optional(),
  /** What is learned of this person is kept for later calls. Needs `personKey`. */
  remember: z.boolean().optional(),
  /** Takes up the last conversation with this persona where it ended. Needs `personKey`. */
  resume: z.boolean().optional(),
});
export const TokenResponse = z.object({
  token: z.string(),
  identity: z.string(),
  /** Unix time, ms. */
  expiresAtMs: z.number(),
});
export type TokenResponse = z.infer<typeof TokenResponse>;

/** A persona as the lobby shows it; `expertise` is what it knows best. */
export const PersonaEntry = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  avatar: z.string(),
  expertise: z.array(z.string()).optional(),
});

/** `GET /api/personas` */
export const PersonaList = z.object({
  personas: z.array(PersonaEntry),
  defaultPersona: z.string(),
  /**
   * Embedded vendors whose models are not where avatars live: others stand in for them. `language-model`: avatars answer
   * from their scripts alone.
   */
  lacking: z.array(z.string()),
});
export type PersonaList = z.infer<typeof PersonaList>;

/** `GET /health`: 200 when a call could be held now, else 503 with the same body. */
export const Health = z.object({
  status: z.enum(['ok', 'starting', 'degraded', 'draining']),
  timestamp: z.string(),
  model_loaded: z.boolean(),
  avatar_ready: z.boolean(),
  /** Embedded vendors whose models are not on a host's machine, e.g. `hibari`, or `language-model`; others stand in, and calls can be held. */
  lacking: z.array(z.string()),
  active_connections: z.number(),
  /** `waiting`: the database or the disk takes nothing for now; calls go on, and what is said is kept until it can. */
  storage: z.enum(['ok', 'waiting', 'off']),
  memory: z.object({ rss_bytes: z.number(), heap_used_bytes: z.number() }),
});
export type Health = z.infer<typeof Health>;

/** `GET /metrics` with `Accept: application/json`: in short, since the processes started. */
export const MetricsSummary = z.object({
  /** Seconds from the end of a person's speech to the answer's first sample, on average; null before the first answer. */
  avg_response_time: z.number().nullable(),
  /** The same as heard, by the pages that told. */
  avg_response_time_played: z.number().nullable(),
  /** Of the server, its agent hosts and their child processes. */
  memory_usage_gb: z.number(),
  active_connections: z.number(),
  /** HTTP requests that were answered. */
  total_requests: z.number(),
  rooms: z.number(),
  participants: z.number(),
  /** Carried by agent hosts now. */
  conversations: z.number(),
  turns: z.number(),
  turns_interrupted: z.number(),
  provider_errors: z.number(),
  /** By `agent.prices`, in their currency. */
  cost_per_conversation_minute: z.number(),
});
export type MetricsSummary = z.infer<typeof MetricsSummary>;
