import { z } from 'zod';
import { ImageAskingSettings } from '../agents/images/asking.ts';
import { allowEntryProblem } from '../agents/tools/allow-list.ts';
import { CountryNumbers, numbersByCountry } from './emergency.ts';
import { stage } from './stages.ts';

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

/** By `provider/model`, e.g. `openai/gpt-5.4-mini`; what is not listed costs nothing. */
const Prices = z.record(
  z
    .string()
    .max(200)
    .regex(/^[a-z][a-z0-9-]*\/.+$/, 'name the provider and its model, e.g. openai/gpt-5.4-mini'),
  Price,
);
export type Prices = z.infer<typeof Prices>;

// The forms with one `provider` each, from before a stage was a list: the vendor that they name, with the one that is
// part of Visavis behind it.

const SingleDialogue = z
  .strictObject({
    /** `auto`: the OpenAI-compatible endpoint when a key or an address is set. */
    provider: z.enum(['auto', 'embedded', 'openai']).default('auto'),
    model: z.string().optional(),
    maxTokens: z.number().optional(),
    firstTokenTimeoutMs: z.number().optional(),
  })
  .transform(({ provider, ...own }) => [
    ...(provider === 'embedded' ? [] : [{ use: 'openai', optional: provider === 'auto', ...given(own) }]),
    { use: 'embedded' },
  ]);

const SingleSpeech = z
  .strictObject({
    /** `auto`: the OpenAI-compatible endpoint when a model is named here. */
    provider: z.enum(['auto', 'embedded', 'openai']).default('auto'),
    model: z.string().optional(),
    voice: z.string().optional(),
    baseUrl: z.string().optional(),
    firstSoundTimeoutMs: z.number().optional(),
  })
  .transform(({ provider, ...own }) => [
    ...(provider === 'embedded' || (provider === 'auto' && own.model === undefined)
      ? []
      : [{ use: 'openai', ...given(own) }]),
    { use: 'embedded' },
  ]);

const SingleRecognition = z.strictObject({}).transform(() => [{ use: 'embedded' }]);
const EmbeddedEndOfTurn = z.strictObject({}).transform(() => [{ use: 'embedded', optional: true }]);
const SingleFeelings = z.strictObject({}).transform(() => [{ use: 'embedded' }]);
const Nobody = z.strictObject({}).transform(() => []);

const SingleImages = z
  .strictObject({
    provider: z.enum(['none', 'openai', 'sdwebui']).default('none'),
    baseUrl: z.string().optional(),
    model: z.string().optional(),
    ...ImageAskingSettings,
  })
  .transform(({ provider, ...own }) => (provider === 'none' ? [] : [{ use: provider, ...given(own) }]));

/** What is given, without what is not. */
const given = (settings: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

const Words = z.array(z.string().min(1).max(1024)).min(1).max(32);
/** A command from its beginning, perhaps with the variables that personas may set for it. */
const Command = z.union(
  [
    Words.transform(command => ({ command, env: [] as string[] })),
    z.strictObject({ command: Words, env: z.array(z.string().min(1).max(64)).max(32).default([]) }),
  ],
  { error: 'the words of a command, or { command, env }: with the names of variables that personas may set' },
);

/** The agent hosts' settings: the `agent` section of the configuration file. Unknown keys are errors. */
export const AgentSettings = z.strictObject({
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
  /** Who writes answers. */
  dialogue: stage('dialogue', SingleDialogue),
  /** Who speaks them. */
  speech: stage('speech', SingleSpeech),
  /** Who makes voices of people's own, of those who speak; nobody by default. */
  voiceCloning: stage('voiceCloning', Nobody),
  /** Who hears people and answers in sound itself, before who writes and speaks; nobody by default. */
  duplex: stage('duplex', Nobody),
  /** Who makes vectors of documents and questions, so that what is meant is found; nobody by default. */
  embeddings: stage('embedding', Nobody),
  /** How voices feel: all of them are asked. */
  feelings: stage('feelings', SingleFeelings),
  /** Who reads faces, picture by picture, in place of the eyes of this machine; nobody by default. */
  faces: stage('faces', Nobody),
  /** Who writes down what people say. */
  recognition: stage('recognition', SingleRecognition),
  /** Who hears whether somebody is done; nobody, where its model is missing. */
  endOfTurn: stage('endOfTurn', EmbeddedEndOfTurn),
  /** When somebody is taken for done. */
  turns: z
    .strictObject({
      /** `estimate`: by words, voice, sound and the person's own pauses; `silence`: after so much of it. */
      by: z.enum(['estimate', 'silence']).default('estimate'),
      eagerness: z.enum(['low', 'medium', 'high']).default('medium'),
      silenceMs: z.number().int().min(100).max(10_000).default(500),
      /** Of the voice detector: more is deafer. */
      threshold: z.number().min(0.1).max(0.95).default(0.5),
      /** Sound from before it was certain to be speech. */
      prefixMs: z.number().int().min(0).max(2000).default(350),
    })
    .prefault({}),
  captions: z
    .strictObject({
      /** Words that hurt are hidden where a second reading does not agree, always, or never. */
      mask: z.enum(['unsure', 'always', 'never']).default('unsure'),
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
      /** What personas may have started as servers of tools: commands from their beginning; what is not listed is not started. */
      commands: z.array(Command).max(100).default([]),
      /** Calls for one answer. */
      perTurn: z.number().int().min(1).max(20).default(4),
      maxResultBytes: z.number().int().min(64).max(1_048_576).default(16_384),
      /** After so long without a word it is said that a tool takes its time; and once more after so long. */
      waitingMs: z.number().int().min(300).max(30_000).default(1500),
      stillWaitingMs: z.number().int().min(1000).max(120_000).default(9000),
    })
    .prefault({}),
  /** What is done for people who seem to be in danger. */
  safety: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** ISO 3166: whose numbers are told; absent: what is valid in most of the world. */
      country: z
        .string()
        .regex(/^[A-Z]{2}$/, 'two capital letters, e.g. DE')
        .refine(code => code in numbersByCountry(), 'its numbers are not known: leave it out, and give numbers')
        .optional(),
      /** In the place of the country's. */
      numbers: CountryNumbers.partial().default({}),
      /** Told at once. */
      webhook: z.url({ protocol: /^https?$/ }).optional(),
      /** It is told what was said, too. */
      webhookText: z.boolean().default(false),
    })
    .prefault({}),
  /** For the estimate of what conversations cost. */
  prices: Prices.default({}),
  /** Who draws portraits from words; nobody by default. */
  images: stage('images', SingleImages),
});
export type AgentSettings = z.infer<typeof AgentSettings>;
