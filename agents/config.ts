import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { TOOL_VARIABLE_PREFIX } from './think/tools/declaration.ts';
import { allowEntryProblem } from './tools/allow-list.ts';

/** The server takes a portrait worker that is silent for longer for hung. */
const IMAGE_TIMEOUT_MAX_MS = 300_000;

/** 800 kbit/s at 512x512; larger pictures need less for each pixel. */
function bitrateFor({ width, height }: { width: number; height: number }): number {
  return Math.round(800_000 * ((width * height) / (512 * 512)) ** 0.75);
}

/** What a provider charges, in one currency for all. */
const Price = z.strictObject({
  inputPerMillion: z.number().min(0).default(0),
  outputPerMillion: z.number().min(0).default(0),
  charactersPerMillion: z.number().min(0).default(0),
  perAudioMinute: z.number().min(0).default(0),
});
export type Price = z.infer<typeof Price>;

/** By `provider/model`, e.g. `openai/gpt-4o-mini`; what is not listed costs nothing. */
const Prices = z.record(
  z
    .string()
    .max(200)
    .regex(/^[a-z]+\/.+$/, 'name the provider and its model, e.g. openai/gpt-4o-mini'),
  Price,
);
export type Prices = z.infer<typeof Prices>;

/** The agent hosts' settings: the `agent` section of the configuration file. Unknown keys are errors. */
export const AgentConfig = z.strictObject({
  /** Conversations one host carries; 0: as many as its cores can. */
  capacity: z.number().int().min(0).max(1000).default(0),
  /** Address of the host's own RTP sockets. */
  mediaIp: z.string().default('127.0.0.1'),
  personas: z.string().default('personas'),
  defaultPersona: z.string().default('ollie'),
  avatars: z.string().default('avatars'),
  /** Folder of the portraits that people had made; the server's own, which it tells the hosts it starts. */
  portraits: z.string().default('data/portraits'),
  models: z.string().default('models'),
  face: z
    .strictObject({
      /** Pixels. */
      width: z.number().int().min(128).max(1920).multipleOf(16).default(512),
      height: z.number().int().min(128).max(1920).multipleOf(16).default(512),
      /** Bit/s to begin with; by default what the size needs. */
      bitrate: z.number().int().min(50_000).max(8_000_000).optional(),
    })
    .prefault({})
    .transform(face => ({ ...face, bitrate: face.bitrate ?? bitrateFor(face) })),
  dialogue: z
    .strictObject({
      /** `auto`: the OpenAI-compatible endpoint when a key or an address is set, else embedded. */
      provider: z.enum(['auto', 'embedded', 'openai']).default('auto'),
      model: z.string().default('gpt-4o-mini'),
      maxTokens: z.number().int().min(16).max(4000).default(300),
      firstTokenTimeoutMs: z.number().int().min(100).default(4000),
    })
    .prefault({}),
  speech: z
    .strictObject({
      /** `auto`: the OpenAI-compatible endpoint when a model is named here, else embedded. */
      provider: z.enum(['auto', 'embedded', 'openai']).default('auto'),
      model: z.string().optional(),
      voice: z.string().default('alloy'),
      /** Instead of the chat endpoint's address. */
      baseUrl: z.url().optional(),
      firstSoundTimeoutMs: z.number().int().min(100).default(4000),
    })
    .prefault({}),
  /** Answers and speech that were worked out before, on disk. */
  cache: z
    .strictObject({
      enabled: z.boolean().default(true),
      folder: z.string().default('data/cache'),
      megabytes: z.number().min(1).max(100_000).default(256),
      maxAgeDays: z.number().min(0.01).default(30),
    })
    .prefault({}),
  /** What people say, for replay: of those only who consent. */
  recordings: z
    .strictObject({
      enabled: z.boolean().default(false),
      folder: z.string().default('data/recordings'),
      /** Of all recordings together. */
      maxMegabytes: z.number().min(1).max(1_000_000).default(1000),
      /** 0: kept until they are erased. */
      retentionDays: z.number().min(0).default(30),
    })
    .prefault({}),
  /** What personas may have language models call. */
  tools: z
    .strictObject({
      /** Origins, or beginnings of addresses; what is not listed is not called. */
      allow: z
        .array(
          z.string().superRefine((entry, context) => {
            const message = allowEntryProblem(entry);
            if (message !== undefined) context.addIssue({ code: 'custom', message });
          }),
        )
        .max(100)
        .default([]),
      /** Calls for one answer. */
      perTurn: z.number().int().min(1).max(20).default(4),
      maxResultBytes: z.number().int().min(64).max(1_048_576).default(16_384),
    })
    .prefault({}),
  /** For the estimate of what conversations cost. */
  prices: Prices.default({}),
  /** Portraits from words. */
  images: z
    .strictObject({
      provider: z.enum(['none', 'openai', 'sdwebui']).default('none'),
      baseUrl: z.url().optional(),
      model: z.string().optional(),
      steps: z.number().int().min(1).max(100).default(25),
      seed: z
        .number()
        .int()
        .min(0)
        .max(2 ** 32 - 1)
        .default(42),
      /** Width and height, pixels. */
      size: z.number().int().min(256).max(2048).multipleOf(8).default(1024),
      timeoutMs: z.number().int().min(1000).max(IMAGE_TIMEOUT_MAX_MS).default(120_000),
    })
    .prefault({}),
});
export type AgentConfig = z.infer<typeof AgentConfig>;

/** Settings that come from the environment only: addresses and secrets. */
export interface AgentEnvironment {
  serverUrl: string;
  hostSecret: string;
  /** Process to end with, when a server spawned this host. */
  parentPid?: number;
  /** The name by which that server knows it. */
  hostId?: string;
  /** Kept warm for when another host dies. */
  standby: boolean;
  logLevel: string;
  openai?: { apiKey: string; baseUrl?: string };
  /** What the headers of tools may name. */
  toolVariables: Readonly<Record<string, string>>;
}

/** The settings are wrong; the message says where. */
export class AgentConfigError extends Error {
  override name = 'AgentConfigError';
}

/** Reads the `agent` section of the same file the server reads. Throws {@link AgentConfigError}. */
export function loadAgentConfig(env: NodeJS.ProcessEnv, cwd = process.cwd()): AgentConfig {
  const file = path.resolve(cwd, env.VISAVIS_CONFIG ?? 'visavis.config.yaml');
  let section: unknown = {};
  if (fs.existsSync(file)) section = ((parse(fs.readFileSync(file, 'utf8')) ?? {}) as { agent?: unknown }).agent ?? {};
  const result = AgentConfig.safeParse(section);
  if (result.success) {
    const { cache, portraits, recordings } = result.data;
    return {
      ...result.data,
      mediaIp: env.VISAVIS_HOST_MEDIA_IP ?? result.data.mediaIp,
      portraits: env.VISAVIS_PORTRAITS ?? portraits,
      recordings: { ...recordings, folder: env.VISAVIS_RECORDINGS ?? recordings.folder },
      cache: {
        ...cache,
        enabled: cache.enabled && !env.VISAVIS_NO_CACHE,
        folder: env.VISAVIS_CACHE ?? cache.folder,
      },
    };
  }
  const lines = result.error.issues.map(issue => `  agent.${issue.path.join('.')}: ${issue.message}`);
  throw new AgentConfigError(`the configuration is wrong:\n${lines.join('\n')}`);
}

/** Addresses and secrets of image generators. */
export interface ImageEnvironment {
  openai?: { apiKey: string; baseUrl?: string };
  sdwebui: { baseUrl?: string; auth?: string };
}

export function readImageEnvironment(env: NodeJS.ProcessEnv): ImageEnvironment {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl, SDWEBUI_BASE_URL: sdUrl, SDWEBUI_AUTH: auth } = env;
  return {
    ...((apiKey || baseUrl) && { openai: { apiKey: apiKey || 'none', ...(baseUrl && { baseUrl }) } }),
    sdwebui: { ...(sdUrl && { baseUrl: sdUrl }), ...(auth && { auth }) },
  };
}

/** Throws {@link AgentConfigError} when the server's address or the host secret is missing. */
export function readEnvironment(env: NodeJS.ProcessEnv): AgentEnvironment {
  const { VISAVIS_SERVER_URL: serverUrl, VISAVIS_HOST_SECRET: hostSecret } = env;
  if (!serverUrl || !hostSecret)
    throw new AgentConfigError('an agent host needs VISAVIS_SERVER_URL and VISAVIS_HOST_SECRET');
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl } = env;
  return {
    serverUrl,
    hostSecret,
    logLevel: env.VISAVIS_LOG_LEVEL ?? 'info',
    standby: env.VISAVIS_STANDBY === '1',
    toolVariables: Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) =>
        name.startsWith(TOOL_VARIABLE_PREFIX) && value !== undefined ? [[name, value]] : [],
      ),
    ),
    ...(env.VISAVIS_PARENT_PID && { parentPid: Number(env.VISAVIS_PARENT_PID) }),
    ...(env.VISAVIS_HOST_ID && { hostId: env.VISAVIS_HOST_ID }),
    ...((apiKey || baseUrl) && { openai: { apiKey: apiKey || 'none', ...(baseUrl && { baseUrl }) } }),
  };
}
