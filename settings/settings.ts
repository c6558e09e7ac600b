import { z } from 'zod';
import { AgentSettings } from './agent.ts';

const ms = z.number().int().min(0);
const port = z.number().int().min(0).max(65_535);

/** All settings. Every key has a default; `visavis.config.yaml` explains each. Unknown keys are errors. */
export const Settings = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: port.default(3000),
  /** Where the page stands, behind a proxy that serves other things beside it. */
  basePath: z
    .string()
    .regex(/^\/(?:[A-Za-z0-9._~-]+\/){0,8}$/, 'a path that begins and ends with a slash: /talk/')
    .default('/'),
  /** Names under which the page is opened, beside localhost and this machine's addresses. */
  hostnames: z.array(z.string().regex(/^[a-z0-9.-]{1,253}$/i, 'a name alone: talk.example')).default([]),
  https: z
    .strictObject({
      /** Absent: where others can connect, unless a proxy stands before. */
      selfSigned: z.boolean().optional(),
      certFile: z.string().optional(),
      keyFile: z.string().optional(),
    })
    .prefault({}),
  auth: z
    .strictObject({
      /** API key and secret that sign join tokens; from `VISAVIS_API_KEY` and `VISAVIS_API_SECRET`. */
      apiKey: z.string().optional(),
      apiSecret: z.string().min(32, 'a secret needs at least 32 characters').optional(),
      openRooms: z.boolean().default(true),
      tokenTtlMs: ms.default(6 * 3600_000),
    })
    .prefault({}),
  media: z
    .strictObject({
      /** First WebRTC port; each worker takes the next one, UDP and TCP. 0: any free ones. */
      rtcPort: port.default(40_000),
      workers: z.number().int().min(0).max(256).default(0),
      listenIp: z.string().default('127.0.0.1'),
      announcedAddress: z.string().optional(),
      iceServers: z
        .array(
          z.strictObject({
            urls: z.array(z.string()),
            username: z.string().optional(),
            credential: z.string().optional(),
          }),
        )
        .default([]),
      maxIncomingBitrate: z.number().int().min(50_000).default(3_000_000),
    })
    .prefault({}),
  limits: z
    .strictObject({
      rooms: z.number().int().min(1).default(100),
      peoplePerRoom: z.number().int().min(1).default(16),
      sockets: z.number().int().min(1).default(2000),
      requestsPerSecond: z.number().min(1).default(40),
      messagesPerSecond: z.number().min(0.1).default(2),
      tokensPerMinute: z.number().min(1).default(60),
      filesPerMinute: z.number().min(1).default(20),
      ratingsPerMinute: z.number().min(1).default(10),
      portraitsPerMinute: z.number().min(1).default(6),
      /** Recordings that one person, or one address, may send to have a voice made of them. */
      ownVoicesPerDay: z.number().int().min(2).default(20),
      readsPerMinute: z.number().min(1).default(240),
      httpPerMinute: z.number().min(1).default(3000),
      httpPerTokenPerMinute: z.number().min(1).default(600),
      tokensPerRoomPerMinute: z.number().min(1).default(120),
      connectionsPerMinute: z.number().min(1).default(600),
      joinsPerTokenPerMinute: z.number().min(1).default(60),
      requestsPerRoomPerSecond: z.number().min(1).default(400),
      /** What is typed from one address, into whatever rooms. */
      textBytesPerAddressPerDay: z.number().int().min(40_000).default(64_000_000),
      /** TCP connections, in all: never more than two thirds of the descriptors that the process may have. */
      connections: z.number().int().min(1).default(4000),
      connectionsPerAddress: z.number().int().min(1).default(256),
      /** Rooms that guests of one address hold open at a time. */
      roomsPerAddress: z.number().int().min(1).default(40),
      renamesPerMinute: z.number().min(1).default(6),
      /** Wrong secrets of agent hosts from one address, before their sockets are not even looked at. */
      hostRefusalsPerMinute: z.number().min(1).default(10),
      /** What is typed and spoken in one room, as text. */
      textBytesPerRoomPerDay: z.number().int().min(40_000).default(16_000_000),
    })
    .prefault({}),
  /** The avatar in rooms of a LiveKit server; off without all three of url, key and secret. */
  livekit: z
    .strictObject({
      /** From `LIVEKIT_URL`. */
      url: z.url({ protocol: /^(wss?|https?)$/ }).optional(),
      /** From `LIVEKIT_API_KEY` and `LIVEKIT_API_SECRET`. */
      apiKey: z.string().min(1).optional(),
      apiSecret: z.string().min(1).optional(),
      /** Under which name rooms ask for it; empty: every new room has it. */
      agentName: z
        .string()
        .regex(/^[A-Za-z0-9._-]{0,64}$/, 'letters, digits, ".", "_" and "-"')
        .default('visavis'),
      /** The avatar's identity there: one that nobody else has. */
      identity: z.string().min(1).max(64).default('visavis-avatar'),
      /** Who it is where neither the job nor a person says so; absent: the first persona. */
      persona: z.string().max(64).optional(),
    })
    .prefault({})
    .refine(
      ({ url, apiKey, apiSecret }) => new Set([url, apiKey, apiSecret].map(each => each === undefined)).size === 1,
      'url, apiKey and apiSecret belong together (LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET): set all of them, or none',
    ),
  /** How long a seat is kept for a browser that is gone. */
  graceMs: ms.default(20_000),
  rooms: z
    .strictObject({
      /** Who comes later reads what was said before; everybody is told. */
      showEarlier: z.boolean().default(false),
      /** Who is host in a room that a guest began, beside those whose token says so (`roomAdmin`). */
      hosts: z.enum(['first', 'grant']).default('first'),
    })
    .prefault({}),
  /** What people send each other in rooms, under dataDir/files; it goes with the room. */
  files: z
    .strictObject({
      enabled: z.boolean().default(true),
      megabytes: z.number().min(0.01).max(100).default(10),
      perPersonMegabytes: z.number().min(0.01).default(40),
      perRoomMegabytes: z.number().min(0.01).default(100),
      totalMegabytes: z.number().min(0.01).default(2000),
      keepHours: z.number().min(0.01).default(24),
    })
    .prefault({}),
  agents: z
    .strictObject({
      spawn: z.number().int().min(0).max(16).default(1),
      /** Hosts that are kept warm beside them, so that a call goes on at once when one of them dies. */
      standby: z.number().int().min(0).max(4).default(1),
      /** Secret of agent hosts that connect from elsewhere; from `VISAVIS_HOST_SECRET`. */
      hostSecret: z.string().min(16).optional(),
      /** Where agent hosts connect: a listener of their own, beside the page's. */
      host: z.string().default('127.0.0.1'),
      /** 0: any free one, which only the server's own hosts learn. */
      port: port.default(0),
      /** Address on which the server's side of agents' RTP listens. */
      mediaIp: z.string().default('127.0.0.1'),
    })
    .prefault({}),
  /** Avatars that people have made of their own pictures. */
  portraits: z
    .strictObject({
      enabled: z.boolean().default(true),
      maxCount: z.number().int().min(1).default(200),
      /** Of those, how many may be one person's, or come from one address. */
      maxPerMaker: z.number().int().min(1).default(20),
      /** 0: kept until their owner removes them. */
      maxAgeDays: z.number().min(0).default(30),
    })
    .prefault({}),
  /** What was said, kept in the database under dataDir or in PostgreSQL. */
  conversations: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** 0: kept until somebody deletes them. */
      retentionDays: z.number().min(0).default(90),
      /** One in which nothing has been said for so long is over. */
      idleMinutes: z.number().min(1).default(60),
      /** What may wait for a database that is away. */
      journalMegabytes: z.number().min(1).max(4096).default(64),
    })
    .prefault({}),
  /** PostgreSQL instead of the embedded database; from `DATABASE_URL`. */
  databaseUrl: z.string().optional(),
  /** Proxies whose headers say where a caller comes from: `true` for one, how many in a row, or their addresses. */
  trustProxy: z
    .union([
      z.boolean(),
      z.number().int().min(1).max(10),
      z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])),
    ])
    .default(false),
  /** Pages of other origins that may use the API. */
  corsOrigins: z
    .array(z.url().refine(url => new URL(url).origin === url, 'an origin has no path: https://a.example'))
    .default([]),
  /** Bearer token that reads `/metrics` from elsewhere; without one only this machine may. */
  metricsToken: z.string().min(16).optional(),
  /** Turns are sent to this OpenTelemetry collector (OTLP over HTTP); from `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  otlpEndpoint: z.url().optional(),
  dataDir: z.string().default('data'),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  agent: AgentSettings.prefault({}),
});
export type Settings = z.infer<typeof Settings>;
