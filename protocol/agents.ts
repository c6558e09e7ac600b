/**
 * The agent hosts' side of the wire: socket.io namespace `/agents`, authorised by the host secret.
 * The server offers jobs ("be this persona in this room") with a line for the media, and the host answers with its end
 * of it.
 */
import { z } from 'zod';
import { AnimationEvents } from './animation.ts';
import { AgentState, EntryId, FaceShown, LogEntry, TurnTiming } from './conversation.ts';
import { Consent, DEFAULT_CONSENT, Feeling } from './feelings.ts';
import { Fact, MEMORY_LIMITS } from './memory.ts';
import { OwnVoice, OwnVoiceAsked, OwnVoiceForgotten } from './own-voice.ts';
import { AvatarId, PortraitVoice } from './portraits.ts';
import { PersonaEntry } from './rest.ts';
import { TurnTrace } from './trace.ts';

export const AGENTS_NAMESPACE = '/agents';
export const AGENTS_VERSION = 5;
/** Identity under which an avatar is in its room; no person may have it. */
export const AVATAR_IDENTITY = 'avatar';

/** A room's log has fewer entries, with those of an earlier conversation. */
const MOST_STRUCK = 1000;

/** Payload types and clock rates of the RTP that agents send and receive. */
export const AGENT_RTP = {
  audio: { payloadType: 111, clockRate: 48_000, channels: 2 },
  video: { payloadType: 96, clockRate: 90_000 },
} as const;

export const HostHello = z.object({
  version: z.number().int(),
  secret: z.string().max(512),
  hostId: z.string().min(1).max(64),
  /** Jobs it will carry at most. */
  capacity: z.number().int().min(0).max(10_000),
  /** It gets jobs only when no other host can take them: kept warm for the moment in which one dies. */
  standby: z.boolean().default(false),
  personas: z.array(PersonaEntry).max(500),
  /** The rigs it has; `version` changes with a rig. */
  avatars: z
    .array(z.object({ id: AvatarId, name: z.string(), version: z.string().regex(/^[0-9a-f]{8,64}$/) }))
    .max(500)
    .default([]),
  /** It can make the voices that people wish for their own avatars. */
  ownVoices: z.boolean().default(false),
  /** It makes voices of recordings, at this vendor; `languages`: those in which it hears that somebody agrees, ISO 639; absent: any. */
  cloning: z
    .object({ vendor: z.string().min(1).max(64), languages: z.array(z.string().max(8)).max(200).optional() })
    .optional(),
});
export type HostHello = z.infer<typeof HostHello>;

export const HostStatus = z.object({
  modelLoaded: z.boolean(),
  avatarReady: z.boolean(),
  draining: z.boolean(),
  jobs: z.number().int(),
  /** 0 idle .. 1 no room for another job. */
  load: z.number(),
  /** Embedded vendors whose models are not on its machine: others stand in for them. */
  lacking: z.array(z.string().max(32)).max(16).default([]),
});
export type HostStatus = z.infer<typeof HostStatus>;

export const JobPerson = z.object({
  identity: z.string(),
  name: z.string(),
  /** They asked to be remembered: what is learned of them is to be told with `job.facts`. */
  remember: z.boolean().default(false),
  /** What is known of them from earlier calls. */
  memories: z.array(Fact).max(MEMORY_LIMITS.facts).default([]),
  /** How often they have erased or corrected some of it in this job. */
  revision: z.number().int().default(0),
  consent: Consent.default(DEFAULT_CONSENT),
});
export type JobPerson = z.infer<typeof JobPerson>;

/** The line that a job's media take, as the server offers it. `rtp`: its address follows with `job.media`. */
export const OfferedLine = z.discriminatedUnion('kind', [z.object({ kind: z.literal('rtp') })]);
export type OfferedLine = z.infer<typeof OfferedLine>;

/** The host's end of the line. `rtp`: where its socket is, and what it will send. */
export const AnsweredLine = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('rtp'),
    ip: z.string(),
    port: z.number().int(),
    cname: z.string(),
    audioSsrc: z.number().int(),
    videoSsrc: z.number().int(),
  }),
]);
export type AnsweredLine = z.infer<typeof AnsweredLine>;

export const JobOffer = z.object({
  jobId: z.string(),
  room: z.string(),
  /** Identity under which the avatar is in the room. */
  identity: z.string(),
  persona: z.string().optional(),
  avatar: z.string().optional(),
  /** That avatar's own voice. */
  voice: PortraitVoice.optional(),
  /** The voice of whoever made that avatar, who is here. */
  own: OwnVoice.optional(),
  /** A host that does not know its kind refuses the job. */
  line: OfferedLine,
  people: z.array(JobPerson),
  /** What has been said in this conversation: not empty when a job moves to another host. */
  history: z.array(LogEntry),
  /** The history is another persona's, who gives it the conversation. */
  arrives: z.boolean().optional(),
  /** The end of an earlier conversation, where it is to be taken up again; oldest first. */
  earlier: z.array(LogEntry).default([]),
  /** The conversation that recordings belong to; absent: nothing may be recorded. */
  conversation: z.uuid().optional(),
});
export type JobOffer = z.infer<typeof JobOffer>;

/** A host's answer to an offer. */
export const JobAnswer = z.discriminatedUnion('accepted', [
  z.object({ accepted: z.literal(false), reason: z.string() }),
  z.object({
    accepted: z.literal(true),
    name: z.string(),
    /** Of the kind that was offered. */
    line: AnsweredLine,
    /** Its dialogue can be shown pictures; else none are sent for that. */
    takesPictures: z.boolean().default(false),
    /** It records those who consent. */
    records: z.boolean().default(false),
  }),
]);
export type JobAnswer = z.infer<typeof JobAnswer>;

/** The largest sound of a greeting, bytes. */
const HELLO_BYTES = 250_000;
/** A host's answer to `voice.hello`: a WAV file. */
export const VoiceSaid = z.discriminatedUnion('said', [
  z.object({ said: z.literal(false), busy: z.boolean() }),
  z.object({
    said: z.literal(true),
    wav: z.custom<Uint8Array>(value => value instanceof Uint8Array && value.length <= HELLO_BYTES),
  }),
]);
export type VoiceSaid = z.infer<typeof VoiceSaid>;

/** One person's microphone, as it arrives on the job's RTP socket. */
export const Microphone = z.object({
  identity: z.string(),
  name: z.string(),
  ssrc: z.number().int(),
  payloadType: z.number().int(),
});
export type Microphone = z.infer<typeof Microphone>;

export const SightSource = z.enum(['camera', 'screen']);
export type SightSource = z.infer<typeof SightSource>;

/** One person's picture, as it arrives on the job's RTP socket. */
export const SightTrack = z.object({
  identity: z.string(),
  source: SightSource,
  codec: z.enum(['vp8', 'vp9', 'h264']),
  ssrc: z.number().int(),
  payloadType: z.number().int(),
});
export type SightTrack = z.infer<typeof SightTrack>;

/** A message about one job. */
const ofJob = <S extends z.ZodRawShape>(about: S) => z.object({ jobId: z.string(), ...about });

/** Server → host. `job.offer`, `voice.hello`, `own-voice.make`, `own-voice.forget`, `metrics` and `pulse` are acknowledged; the others are notices. */
export const toHost = {
  'job.offer': JobOffer,
  /** The router's address for this job's RTP. */
  'job.media': ofJob({ ip: z.string(), port: z.number().int() }),
  'job.listen': ofJob({ microphone: Microphone }),
  'job.unlisten': ofJob({ identity: z.string() }),
  'job.joined': ofJob({ person: JobPerson }),
  'job.left': ofJob({ identity: z.string() }),
  'job.text': ofJob({ entry: LogEntry }),
  /** What the slowest viewer can take, bit/s, and how many watch. */
  'job.viewers': ofJob({ count: z.number().int(), bitrate: z.number() }),
  /** A person's camera or shared screen, sent only while their consent needs it. */
  'job.sight': ofJob({ track: SightTrack }),
  'job.unsight': ofJob({ identity: z.string(), source: SightSource }),
  'job.consent': ofJob({ identity: z.string(), consent: Consent }),
  /** Whether everybody who watches wants little movement. */
  'job.motion': ofJob({ reduced: z.boolean() }),
  /** The avatar is to stop what it says: somebody pressed a button. */
  'job.hush': ofJob({}),
  /** Another conversation goes on in the job's room, or none that is kept. */
  'job.conversation': ofJob({ conversation: z.uuid().optional() }),
  /**
   * A person has erased or corrected some of what is remembered of them: this is all of it now. `turns`: those in which
   * they told what is gone.
   */
  'job.memories': ofJob({
    ...JobPerson.pick({ identity: true, memories: true, revision: true }).shape,
    turns: z.array(z.string()).max(MEMORY_LIMITS.facts),
  }),
  /** These entries of the log, and of an earlier conversation, were deleted: they are known no more. */
  'job.struck': ofJob({ entries: z.array(z.string()).max(MOST_STRUCK) }),
  'job.end': ofJob({ reason: z.string() }),
  /** To every host: what was recorded of this conversation is to be removed, or only that in which one of these is. */
  'recording.erase': z.object({ conversation: z.uuid(), only: z.array(z.string()).optional() }),
  /** A greeting is to be said in a voice that somebody tries. */
  'voice.hello': z.object({ voice: PortraitVoice.optional(), own: OwnVoice.optional() }),
  /** A voice is to be made of somebody's recording; answered by `OwnVoiceMade`. */
  'own-voice.make': OwnVoiceAsked,
  /** One is to be removed at its vendor; answered by whether it is gone. */
  'own-voice.forget': OwnVoiceForgotten,
  metrics: z.object({}),
  /** Whether its main thread still runs; one that is silent for a while is given up, and killed where it can be. */
  pulse: z.object({}),
} as const;
export type ToHostName = keyof typeof toHost;
export type ToHost<N extends ToHostName> = z.infer<(typeof toHost)[N]>;

/** Host → server, all notices. */
export const fromHost = {
  status: HostStatus,
  'job.log': ofJob({ entry: LogEntry }),
  'job.unlog': ofJob({ entryId: EntryId }),
  'job.state': ofJob({ state: AgentState }),
  'job.face': ofJob({ face: FaceShown }),
  'job.timing': ofJob({ timing: TurnTiming, trace: TurnTrace.optional() }),
  /** What the face does, in order, as soon as it is certain. */
  'job.animation': ofJob({ events: AnimationEvents }),
  /** What was learned of a person who asked to be remembered, and in which turn. */
  'job.facts': ofJob({
    identity: z.string(),
    turnId: EntryId,
    facts: z.array(Fact).min(1).max(MEMORY_LIMITS.facts),
    /** Of what the host knew of them then: what was learned from more than may be known is not kept. */
    revision: z.number().int().default(0),
  }),
  /** How a person feels; null when nothing is sensed any more. */
  'job.feeling': ofJob({ identity: z.string(), feeling: Feeling.nullable() }),
  /** A recording has ended by itself, or cannot be made: nobody is recorded any more until they say so again. */
  'job.unrecorded': ofJob({}),
  /** Another persona is to take over: the server offers the job again, for that one. */
  'job.handover': ofJob({ to: z.string().min(1).max(64) }),
  /** The job cannot go on; the server offers it again, elsewhere if it can. */
  'job.failed': ofJob({ message: z.string() }),
} as const;
export type FromHostName = keyof typeof fromHost;
export type FromHost<N extends FromHostName> = z.infer<(typeof fromHost)[N]>;
