import type { LogEntry } from '../../protocol/conversation.ts';
import type { DangerKind } from '../../protocol/dangers.ts';
import type { ListenerDeps } from '../listen/listener.ts';
import type { Performance } from '../perform/port.ts';
import type { Responder } from '../respond/port.ts';
import type { Exchange, Persona } from '../think/ports.ts';
import type { Addressing } from './floor/addressing.ts';
import type { RoomView, SessionMetrics } from './ports.ts';
import type { RecollectionDeps } from './recollection.ts';

/** Whoever senses how people feel. */
export interface SessionSenses {
  /** One utterance so far, 16 kHz. */
  speaks(identity: string, utteranceId: string, pcm: Int16Array): void;
  said(identity: string, text: string): void;
}

/** What a session is made of. */
export interface SessionDeps extends ListenerDeps, RecollectionDeps {
  persona: Persona;
  responder: Responder;
  performance: Performance;
  /** Absent: nobody's feelings are sensed. */
  senses?: SessionSenses;
  /** Judges to whom something was said; absent: all of it is meant for the avatar. */
  addressing?: Addressing;
  /** What somebody new is greeted with; absent: what the persona says. */
  greeting?(persona: Persona): string;
  /** Somebody seems to be in danger, by what they said. Told once the turn is certain [T5]. */
  concern?(kind: DangerKind, said: readonly Exchange[]): void;
  /** Another persona is to take over: everything that this one says was heard. */
  handover?(to: string): void;
  view: RoomView;
  metrics: SessionMetrics;
}

/** What a session begins with. */
export interface SessionOptions {
  /** The avatar's own identity in the room. */
  identity: string;
  /** What was said so far, where this session goes on with somebody else's. */
  history?: readonly LogEntry[];
  /** The end of an earlier conversation that is taken up again. */
  earlier?: readonly LogEntry[];
  /** The history is another persona's, who has given it the conversation. */
  arrives?: boolean;
}
