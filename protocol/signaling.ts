/**
 * The browsers' side of the wire: socket.io namespace `/client`, one event name per request.
 * Each request is acknowledged with a {@link Reply}; notices need no answer.
 * Media descriptions (capabilities, RTP parameters) are mediasoup's and are checked again by mediasoup.
 */
import { z } from 'zod';
import { ANIMATION_LIMITS, AnimationMessage } from './animation.ts';
import { AgentState, Audience, EntryId, FaceShown, LogEntry, TurnTiming } from './conversation.ts';
import { Consent, Feeling } from './feelings.ts';
import { LIMITS } from './limits.ts';
import { REACTIONS } from './reactions.ts';
import { Reception } from './reception.ts';
import { DisplayName, MessageText } from './text.ts';
import { TurnTrace } from './trace.ts';

export const SIGNALING_VERSION = 1;
export const CLIENT_NAMESPACE = '/client';

const id = z.string().min(1).max(128);
const opaque = z.record(z.string(), z.unknown());

export const Source = z.enum(['microphone', 'camera', 'screen', 'avatar-voice', 'avatar-face']);
export type Source = z.infer<typeof Source>;

export const ProducerInfo = z.object({
  producerId: id,
  kind: z.enum(['audio', 'video']),
  source: Source,
  /** Muted at the source. */
  paused: z.boolean(),
});
export type ProducerInfo = z.infer<typeof ProducerInfo>;

export const ParticipantInfo = z.object({
  /** Unique in the room; from the token's `sub`. */
  identity: z.string(),
  name: z.string(),
  kind: z.enum(['human', 'avatar']),
  /** `reconnecting`: the network is lost and the grace time runs. */
  presence: z.enum(['here', 'reconnecting']),
  producers: z.array(ProducerInfo),
  /** Of the avatar: it records people who consent. Of a person: they do. */
  recording: z.boolean().optional(),
  /** Their hand is up, since then, Unix time, ms. */
  hand: z.number().optional(),
  /** They may do what `host.*` asks for. */
  host: z.boolean().optional(),
});
export type ParticipantInfo = z.infer<typeof ParticipantInfo>;

const Door = z.object({
  /** Nobody new may come in. */
  locked: z.boolean(),
  /** Who is new waits until a host lets them in. */
  waitingRoom: z.boolean(),
});
export type Door = z.infer<typeof Door>;

const WaitingPeople = z.array(z.object({ identity: z.string(), name: z.string() }));

/** The whole room as one participant sees it: sent when joining and after every reconnection. */
export const RoomSnapshot = z.object({
  room: z.string(),
  you: z.object({
    identity: z.string(),
    canPublish: z.boolean(),
    canSubscribe: z.boolean(),
    canPublishData: z.boolean(),
    consent: Consent,
    /** What is learned of this person is kept for later calls. */
    remembered: z.boolean(),
    /** Whoever signed the invitation vouches for it: microphone and camera may start without a click. */
    devices: z.literal(true).optional(),
  }),
  participants: z.array(ParticipantInfo),
  /** The latest of what was said while this participant was here. */
  log: z.array(LogEntry),
  /** There is more of it, before that: `log.earlier` brings it. */
  earlier: z.boolean().optional(),
  /** Who comes later reads what was said before, too. */
  showsEarlier: z.boolean().optional(),
  agent: z.object({ state: AgentState, identity: z.string(), face: FaceShown.optional() }).optional(),
  door: Door.optional(),
  /** Files of so many bytes at most may be sent; absent: none. */
  fileBytes: z.number().optional(),
  /** Only to hosts: who waits to be let in. */
  waiting: WaitingPeople.optional(),
});
export type RoomSnapshot = z.infer<typeof RoomSnapshot>;

const IceServer = z.object({
  urls: z.array(z.string()),
  username: z.string().optional(),
  credential: z.string().optional(),
});

const TransportInfo = z.object({
  id,
  iceParameters: opaque,
  iceCandidates: z.array(opaque),
  dtlsParameters: opaque,
});
export type TransportInfo = z.infer<typeof TransportInfo>;

const empty = z.object({});
/** Whom a host's request is about. */
const whom = z.object({ identity: z.string().min(1).max(LIMITS.identityLength) });

/** What of the log is sent at once: so many entries and bytes, the latest ones, and by request those before them. */
export const LOG_PAGE = { entries: 50, bytes: 32_000, most: 100 } as const;

/** Requests of a browser: name → what it sends and what it gets. */
export const requests = {
  /** First request on a socket. With `resumeKey` the participant takes its seat again after a lost connection. */
  join: {
    input: z.object({
      version: z.number().int(),
      token: z.string().min(1).max(8192),
      resumeKey: z.string().max(128).optional(),
      /** What the avatar may notice of this person from the first moment; absent: nothing, or as before. */
      consent: Consent.optional(),
      /** They want little movement, as `motion` tells. */
      reducedMotion: z.boolean().optional(),
    }),
    output: z.object({
      snapshot: RoomSnapshot,
      resumeKey: z.string(),
      /** False when a `resumeKey` was sent but its seat is gone: transports must be made anew. */
      resumed: z.boolean(),
      routerRtpCapabilities: opaque,
      iceServers: z.array(IceServer),
      /** Both transports, ready to connect, unless `resumed`: saves two round trips before the first picture. */
      transports: z.object({ send: TransportInfo, recv: TransportInfo }).optional(),
    }),
  },
  'transport.connect': { input: z.object({ transportId: id, dtlsParameters: opaque }), output: empty },
  /** New ICE credentials for a transport whose path was lost. */
  'transport.restartIce': { input: z.object({ transportId: id }), output: z.object({ iceParameters: opaque }) },
  produce: {
    input: z.object({
      transportId: id,
      kind: z.enum(['audio', 'video']),
      source: Source,
      rtpParameters: opaque,
      paused: z.boolean().optional(),
    }),
    output: z.object({ producerId: id }),
  },
  'producer.pause': { input: z.object({ producerId: id }), output: empty },
  'producer.resume': { input: z.object({ producerId: id }), output: empty },
  'producer.close': { input: z.object({ producerId: id }), output: empty },
  /** The consumer is made paused; send `consumer.resume` once the browser has its track. */
  consume: {
    input: z.object({ producerId: id, rtpCapabilities: opaque }),
    output: z.object({
      consumerId: id,
      producerId: id,
      kind: z.enum(['audio', 'video']),
      rtpParameters: opaque,
      producerPaused: z.boolean(),
      /** Tracks of one group are played in sync (one stream id). */
      syncGroup: z.string(),
    }),
  },
  'consumer.resume': { input: z.object({ consumerId: id }), output: empty },
  'consumer.pause': { input: z.object({ consumerId: id }), output: empty },
  'consumer.layers': {
    input: z.object({ consumerId: id, spatialLayer: z.number().int().min(0).max(2) }),
    output: empty,
  },
  /** A typed message: shown to everyone, and a turn for the avatar unless it is for people only. */
  say: {
    input: z.object({ text: MessageText, audience: Audience.default('everyone') }),
    output: z.object({ entryId: z.string() }),
  },
  /** What was said before an entry, as far as this participant may see it: the latest of that, oldest first. */
  'log.earlier': {
    input: z.object({
      before: EntryId,
      limit: z.number().int().min(1).max(LOG_PAGE.most).default(LOG_PAGE.entries),
    }),
    output: z.object({
      entries: z.array(LogEntry),
      /** There is still more, before these. */
      earlier: z.boolean(),
    }),
  },
  /**
   * Asks for the avatar's animation as `animation` notices, until the connection ends. The first brings what is going
   * on now; asking again begins anew.
   */
  'animation.subscribe': {
    input: z.object({
      /** Pause between two notices, ms. */
      everyMs: z.number().min(ANIMATION_LIMITS.everyMs).max(ANIMATION_LIMITS.longestEveryMs).optional(),
    }),
    output: empty,
  },
  'animation.unsubscribe': { input: empty, output: empty },
  /** How the avatar arrives at this page: now and then, for the operator's figures. */
  'reception.report': { input: Reception, output: empty },
  /** What the avatar may notice of this person; it holds from now on. */
  consent: { input: Consent, output: empty },
  /** Whether they want little movement: the avatar moves calmly where everybody who watches does. */
  motion: { input: z.object({ reduced: z.boolean() }), output: empty },
  /** Whether the way to the server is open. */
  ping: { input: empty, output: empty },
  /** One's hand goes up, or down. */
  hand: { input: z.object({ raised: z.boolean() }), output: empty },
  /** Shown over one's picture for a moment. */
  react: { input: z.object({ emoji: z.enum(REACTIONS) }), output: empty },
  rename: { input: z.object({ name: DisplayName }), output: empty },
  /** Switches somebody's microphone off; only they switch it on again. */
  'host.mute': { input: whom, output: empty },
  /** Asks somebody to switch it on. */
  'host.unmute': { input: whom, output: empty },
  /** Their identity does not come back while the room lasts. */
  'host.remove': { input: whom, output: empty },
  'host.lock': { input: z.object({ locked: z.boolean() }), output: empty },
  /** Whether who is new has to wait; off lets everybody in who waits. */
  'host.waiting': { input: z.object({ on: z.boolean() }), output: empty },
  /** Lets somebody in who waits, or sends them away. */
  'host.admit': { input: whom.extend({ admitted: z.boolean() }), output: empty },
  /** Ends the call for everybody. */
  'host.end': { input: empty, output: empty },
  /** With `graceMs` the seat is kept so long: a page that is loaded again comes back. */
  leave: { input: z.object({ graceMs: z.number().int().min(0).max(10_000).optional() }), output: empty },
} as const;

export type RequestName = keyof typeof requests;
/** What a client puts in. */
export type RequestInput<N extends RequestName> = z.input<(typeof requests)[N]['input']>;
/** What the server sees after validation. */
export type RequestParsed<N extends RequestName> = z.output<(typeof requests)[N]['input']>;
export type RequestOutput<N extends RequestName> = z.output<(typeof requests)[N]['output']>;

/** Notices from the server: name → payload. */
export const notices = {
  'participant.joined': z.object({ participant: ParticipantInfo }),
  'participant.updated': z.object({ participant: ParticipantInfo }),
  'participant.left': z.object({ identity: z.string(), reason: z.enum(['left', 'lost', 'removed']) }),
  'producer.added': z.object({ identity: z.string(), producer: ProducerInfo }),
  'producer.changed': z.object({ identity: z.string(), producer: ProducerInfo }),
  'producer.removed': z.object({ identity: z.string(), producerId: id }),
  /** The server closed a consumer (its producer is gone). */
  'consumer.closed': z.object({ consumerId: id }),
  /** 0..10, mediasoup's score of what this browser receives (consumer) or sends (producer). */
  quality: z.object({ direction: z.enum(['send', 'recv']), id, score: z.number() }),
  /** Loudest first; empty when nobody speaks. */
  speakers: z.object({ identities: z.array(z.string()) }),
  reaction: z.object({ identity: z.string(), emoji: z.enum(REACTIONS) }),
  'log.entry': z.object({ entry: LogEntry }),
  /** An entry that turned out to be nothing (a cough) is taken back. */
  'log.removed': z.object({ entryId: z.string() }),
  /** All of it each time: `face` is absent while the computer that draws it has time enough. */
  'agent.state': z.object({ identity: z.string(), state: AgentState, face: FaceShown.optional() }),
  /** The avatar got stuck and begins anew: it does not know these entries, and will not answer them. */
  'agent.restarted': z.object({ identity: z.string(), entryIds: z.array(z.string()) }),
  'turn.timing': z.object({ timing: TurnTiming, trace: TurnTrace.optional() }),
  /** Only to the person themself; null when nothing is sensed any more. */
  feeling: z.object({ feeling: Feeling.nullable() }),
  /** Only to those who asked with `animation.subscribe`. */
  animation: AnimationMessage,
  /** The room's door, to everybody. */
  door: Door,
  /** Only to hosts: who waits now. */
  waiting: z.object({ people: WaitingPeople }),
  /** To who waits: join again, now it goes. */
  admitted: z.object({}),
  /** To the one it is about, by a host of this name. */
  'host.muted': z.object({ by: z.string() }),
  'host.unmute': z.object({ by: z.string() }),
  /** The room ended under its people; `retryable` ones may be joined again at once. */
  'room.closed': z.object({
    reason: z.enum(['worker-died', 'router-closed', 'shutting-down', 'removed', 'replaced']),
    message: z.string(),
    retryable: z.boolean(),
    /** Beside `removed`: so was everybody else. */
    forAll: z.boolean().optional(),
  }),
} as const;

export type NoticeName = keyof typeof notices;
export type Notice<N extends NoticeName> = z.output<(typeof notices)[N]>;
