import type { AgentState, FaceShown, LogEntry, TurnTiming } from '../../protocol/conversation.ts';
import type { Feeling } from '../../protocol/feelings.ts';
import type { Emoji } from '../../protocol/reactions.ts';
import type {
  Door,
  Notice,
  NoticeName,
  ParticipantInfo,
  RequestOutput,
  RoomSnapshot,
} from '../../protocol/signaling.ts';
import type { TurnTrace } from '../../protocol/trace.ts';
import type { Ending } from './failures.ts';
import { LOG_LIMIT, prepended, upsert, without } from './log.ts';
import type { Quality } from './quality.ts';
import type { TrackKind } from './receiver.ts';

/** Turns that are remembered step by step. */
const TRACES = 8;
/** Reactions that may be on the screen at once. */
const REACTIONS_SHOWN = 24;

/** Where a call stands; `idle` is the lobby, `waiting` before a door that a host has to open. */
export type Phase = 'idle' | 'joining' | 'waiting' | 'connected' | 'reconnecting' | 'ended';

/** What is received of one participant. */
export type RemoteTracks = { [K in TrackKind]?: MediaStreamTrack };

/** What somebody has just shown, when it came here, Unix time. */
export type Reaction = { id: number; identity: string; emoji: Emoji; atMs: number };

/** All that a page shows of a call. */
export type CallState = {
  phase: Phase;
  /** Why the call is being reconnected, for people. */
  trouble?: string;
  /** This computer has too much to do: sound and picture may stutter. */
  busy: boolean;
  ending?: Ending;
  you?: RoomSnapshot['you'];
  /** This participant's name as the room knows it. */
  yourName: string;
  /** Since when this participant's hand is up, Unix time. */
  hand?: number | undefined;
  /** This participant is a host of the room. */
  host: boolean;
  door?: Door | undefined;
  /** Who waits to be let in, where this participant is a host. */
  waiting: readonly { identity: string; name: string }[];
  /** What a host has last done about this participant, or asked of them. */
  hostSaid?: { id: number; what: 'muted' | 'unmute'; by: string };
  /** The latest, oldest first. */
  reactions: readonly Reaction[];
  /** Everybody else. */
  others: readonly ParticipantInfo[];
  tracks: Readonly<Record<string, RemoteTracks>>;
  log: readonly LogEntry[];
  /** Entries that the avatar does not know: it got stuck on them, or soon after. */
  unknown: readonly string[];
  /** Id of the oldest entry that the server has sent, where it has more from before. */
  oldest?: string;
  /** Who comes later reads what was said before, too. */
  showsEarlier: boolean;
  /** The largest file that may be sent; absent: none may. */
  fileBytes?: number | undefined;
  agent?: { identity: string; state: AgentState; face?: FaceShown | undefined };
  /** Loudest first. */
  speakers: readonly string[];
  timing?: TurnTiming;
  /** The last turns step by step, newest first. */
  traces: readonly TurnTrace[];
  /** What the avatar notices of how you feel. */
  feeling?: Feeling;
  quality: Quality;
};

export const initialState: CallState = {
  phase: 'idle',
  busy: false,
  yourName: '',
  reactions: [],
  host: false,
  waiting: [],
  others: [],
  tracks: {},
  log: [],
  unknown: [],
  showsEarlier: false,
  speakers: [],
  traces: [],
  quality: { level: 'unknown' },
};

/** Takes the room as the server describes it after joining or coming back. */
export function applySnapshot(state: CallState, snapshot: RoomSnapshot): CallState {
  const { you } = snapshot;
  const self = snapshot.participants.find(({ identity }) => identity === you.identity);
  const here = new Set(snapshot.participants.map(participant => participant.identity));
  return {
    ...state,
    you,
    yourName: self?.name ?? state.yourName,
    hand: self?.hand,
    host: self?.host === true,
    door: snapshot.door,
    waiting: snapshot.waiting ?? [],
    others: snapshot.participants.filter(({ identity }) => identity !== you.identity),
    tracks: Object.fromEntries(Object.entries(state.tracks).filter(([identity]) => here.has(identity))),
    log: snapshot.log.slice(-LOG_LIMIT),
    oldest: snapshot.earlier === true ? snapshot.log[0]?.id : undefined,
    showsEarlier: snapshot.showsEarlier === true,
    fileBytes: snapshot.fileBytes,
    agent: snapshot.agent,
    speakers: [],
    feeling: undefined,
  };
}

/** Takes what was said before the oldest entry that is shown. */
export function withEarlier(state: CallState, { entries, earlier }: RequestOutput<'log.earlier'>): CallState {
  const log = prepended(state.log, entries);
  return { ...state, log, oldest: earlier && log.length < LOG_LIMIT ? entries[0]?.id : undefined };
}

const saidBy = (state: CallState, what: 'muted' | 'unmute', by: string): CallState => ({
  ...state,
  hostSaid: { id: (state.hostSaid?.id ?? 0) + 1, what, by },
});

const putParticipant = (state: CallState, participant: ParticipantInfo): CallState => {
  const { you } = state;
  if (participant.identity === you?.identity) {
    const { name, hand, host = false, recording = false } = participant;
    const waiting = host ? state.waiting : [];
    return { ...state, yourName: name, hand, host, waiting, you: { ...you, consent: { ...you.consent, recording } } };
  }
  const known = state.others.some(({ identity }) => identity === participant.identity);
  return {
    ...state,
    others: known
      ? state.others.map(other => (other.identity === participant.identity ? participant : other))
      : [...state.others, participant],
  };
};

const changeProducers = (
  state: CallState,
  identity: string,
  change: (producers: ParticipantInfo['producers']) => ParticipantInfo['producers'],
): CallState => ({
  ...state,
  others: state.others.map(other =>
    other.identity === identity ? { ...other, producers: change(other.producers) } : other,
  ),
});

type Reducers = { [N in NoticeName]?: (state: CallState, notice: Notice<N>) => CallState };

const reducers: Reducers = {
  'participant.joined': (state, { participant }) => putParticipant(state, participant),
  'participant.updated': (state, { participant }) => putParticipant(state, participant),
  'participant.left': (state, { identity }) => {
    const { [identity]: _, ...tracks } = state.tracks;
    return {
      ...state,
      tracks,
      others: state.others.filter(other => other.identity !== identity),
      speakers: state.speakers.filter(speaker => speaker !== identity),
      agent: state.agent?.identity === identity ? undefined : state.agent,
    };
  },
  'producer.added': (state, { identity, producer }) =>
    changeProducers(state, identity, producers => [
      ...producers.filter(({ producerId }) => producerId !== producer.producerId),
      producer,
    ]),
  'producer.changed': (state, { identity, producer }) =>
    changeProducers(state, identity, producers =>
      producers.map(known => (known.producerId === producer.producerId ? producer : known)),
    ),
  'producer.removed': (state, { identity, producerId }) =>
    changeProducers(state, identity, producers => producers.filter(known => known.producerId !== producerId)),
  speakers: (state, { identities }) => ({ ...state, speakers: identities }),
  door: (state, door) => ({ ...state, door }),
  waiting: (state, { people }) => ({ ...state, waiting: people }),
  'host.muted': (state, { by }) => saidBy(state, 'muted', by),
  'host.unmute': (state, { by }) => saidBy(state, 'unmute', by),
  reaction: (state, { identity, emoji }) => ({
    ...state,
    reactions: [
      ...state.reactions,
      { id: (state.reactions.at(-1)?.id ?? 0) + 1, identity, emoji, atMs: Date.now() },
    ].slice(-REACTIONS_SHOWN),
  }),
  'log.entry': (state, { entry }) => ({ ...state, log: upsert(state.log, entry) }),
  'log.removed': (state, { entryId }) => {
    const log = without(state.log, entryId);
    return { ...state, log, oldest: state.oldest === entryId ? log[0]?.id : state.oldest };
  },
  feeling: (state, { feeling }) => ({ ...state, feeling: feeling ?? undefined }),
  'agent.restarted': (state, { entryIds }) => ({
    ...state,
    unknown: [...state.unknown, ...entryIds].slice(-LOG_LIMIT),
  }),
  'agent.state': (state, agent) => ({ ...state, agent }),
  // A turn that was given up before it was heard says nothing about how quick answers are.
  'turn.timing': (state, { timing, trace }) => ({
    ...state,
    ...(timing.sounded && { timing }),
    ...(trace && { traces: [trace, ...state.traces].slice(0, TRACES) }),
  }),
};

/** Takes one notice of the server. Notices that are not about what is shown leave the state as it is. */
export function applyNotice<N extends NoticeName>(state: CallState, name: N, notice: Notice<N>): CallState {
  const reducer: Reducers[N] = reducers[name];
  return reducer ? reducer(state, notice) : state;
}

/** Changes what is received of one participant. */
export function withTrack(
  state: CallState,
  identity: string,
  kind: TrackKind,
  track: MediaStreamTrack | undefined,
): CallState {
  const known = state.tracks[identity];
  if (known?.[kind] === track) return state;
  return { ...state, tracks: { ...state.tracks, [identity]: { ...known, [kind]: track } } };
}
