import type { AgentState, FaceShown, LogEntry, TurnTiming } from '../../protocol/conversation.ts';
import type { Consent } from '../../protocol/feelings.ts';
import type { Reception } from '../../protocol/reception.ts';
import type { Notice, NoticeName, ProducerInfo } from '../../protocol/signaling.ts';
import type { TurnTrace } from '../../protocol/trace.ts';
import type { Admission } from '../auth/tokens.ts';
import type { RoomText } from '../limits/text.ts';
import type { Before } from './returning.ts';
import type { MediaAgent, MediaPerson, RoomEnd } from './room-control.ts';
import type { Heard } from './room-log.ts';

/** Who is host where nobody has the grant: the guest who has been there longest, or nobody. */
export type HostRule = 'first' | 'grant';

/** Sends notices to one browser. Replaced when the browser comes back on another socket. */
export type Notify = <N extends NoticeName>(name: N, payload: Notice<N>) => void;

/** One person's seat. It outlives the socket by the grace time. */
export interface Seat {
  readonly admission: Admission;
  readonly resumeKey: string;
  readonly media: MediaPerson;
  name: string;
  /** What the avatar may notice of them. */
  consent: Consent;
  /** How the avatar arrives at their page, as it last told. */
  reception?: Reception;
  /** They want little movement. */
  reducedMotion?: boolean;
  notify: Notify;
  /** Closes the socket that has just been told why. */
  dismiss(): void;
  presence: 'here' | 'reconnecting';
  /** Since when their hand is up, Unix time. */
  handAtMs?: number | undefined;
  /** They may moderate. */
  host?: boolean;
  graceTimer?: NodeJS.Timeout;
}

/** The avatar's seat. */
export interface AgentSeat {
  identity: string;
  name: string;
  state: AgentState;
  /** Absent: all of it. */
  face?: FaceShown;
  /** It records people who consent. */
  records: boolean;
  media: MediaAgent;
}

/** Who the avatar is in a room. */
export interface AvatarChoice {
  name: string;
  persona?: string;
  avatar?: string;
}

/** What the rest of the server wants to know of a room, `R`: of which kind is not known here. */
export interface Listener<R> {
  joined(room: R, seat: Seat): void;
  left(room: R, identity: string, reason: 'left' | 'lost' | 'removed'): void;
  microphone(room: R, identity: string, producer: ProducerInfo | undefined): void;
  /** Somebody's camera or shared screen came, went, or was paused or resumed. */
  picture(room: R, identity: string): void;
  typed(room: R, entry: LogEntry): void;
  /** An entry is in the log, or has changed; typed ones, too. */
  logged(room: R, entry: LogEntry): void;
  unlogged(room: R, entryId: string): void;
  /** Entries were deleted; `shown` are those that this room's log had. */
  struck(room: R, entryIds: ReadonlySet<string>, shown: readonly string[]): void;
  timed(room: R, timing: TurnTiming, trace?: TurnTrace): void;
  /** Somebody's page told how the avatar arrives. */
  received(room: R, seat: Seat, reception: Reception): void;
  /** The avatar is here, as this persona. */
  avatarCame(room: R, avatar: AvatarChoice): void;
  /** Somebody changed what the avatar may notice of them. */
  consented(room: R, seat: Seat): void;
  /** Somebody wants less movement, or more again. */
  moved(room: R): void;
  /** Somebody pressed a button that makes the avatar stop. */
  hushed(room: R): void;
  ended(room: R, reason: RoomEnd | 'empty' | 'shutting-down'): void;
}

export interface RoomOptions<R> {
  name: string;
  /** From where it was opened, where that was by a guest. */
  openedBy?: string;
  graceMs: number;
  maxPeople: number;
  /** Who comes later reads what was said before. */
  showEarlier?: boolean;
  /** Who is host beside those whose token says so; absent: nobody. */
  hosts?: HostRule;
  /** How much may be said in it; absent: as much as people like. */
  text?: RoomText;
  /** What was said before the room's media failed. */
  log?: Heard[];
  /** Who was in it then: what they said is theirs again when they come back. */
  before?: Before[];
  listener: Partial<Listener<R>>;
}

/** What people are told when a room ends. */
export const ENDINGS = {
  'worker-died': 'The media process behind this room stopped unexpectedly. Rejoining…',
  'router-closed': 'This room’s media was closed. Rejoining…',
  'shutting-down': 'The server is going down. Please come back in a moment.',
  empty: 'The room is empty.',
} as const;
