/** Between a server and its carrier, the process that is in LiveKit rooms for it. Structured clones over IPC. */
import type { AgentEnd } from '../agent-line.ts';
import type { RemoteParticipant } from '../participants.ts';
import type { Text } from '../text-streams.ts';

/** Asked and answered. `room` is the server's own number for it. */
export interface Calls {
  /** Joins, or joins anew after a lost line; listeners and the agent's line stay. */
  join: {
    asks: { room: number; url: string; token: string; face: { width: number; height: number } };
    answers: Joined;
  };
  /** Opens the line to an agent, or gives it to another one. */
  serve: { asks: { room: number; ip: string; agent: AgentEnd | undefined }; answers: { ip: string; port: number } };
  /** Passes a track to the agent; `quality` for pictures. */
  pass: { asks: { room: number; trackSid: string; quality?: 'medium' | 'high' }; answers: { ssrc: number } };
  stop: { asks: { room: number; trackSid: string }; answers: undefined };
  /** A text to everybody, on behalf of `sender`. */
  tell: { asks: { room: number; text: Text; sender?: string }; answers: undefined };
  /** A packet of data to one of those who are there. */
  packet: { asks: { room: number; to: string; topic: string; payload: string }; answers: undefined };
  /** What everybody is told of the avatar; an empty name changes nothing. */
  attributes: { asks: { room: number; name: string; attributes: Record<string, string> }; answers: undefined };
  leave: { asks: { room: number }; answers: undefined };
  /** Whether it still runs. */
  pulse: { asks: Record<never, never>; answers: undefined };
}
export type Call = keyof Calls;

export interface Joined {
  identity: string;
  voiceSid: string | undefined;
  others: RemoteParticipant[];
}

export type ToCarrier = { [C in Call]: { id: number; call: C; asks: Calls[C]['asks'] } }[Call];

/** What happens in a room, unasked. */
export type RoomNotice =
  | { type: 'changed'; participant: RemoteParticipant }
  | { type: 'left'; identity: string }
  | { type: 'speakers'; identities: string[] }
  | { type: 'text'; from: string; text: Text }
  | { type: 'watched'; watched: boolean }
  | { type: 'token'; token: string }
  | { type: 'closed'; message: string; retryable: boolean }
  /** The carrier itself is gone, and the line to the agent with it. */
  | { type: 'died'; message: string };

export type FromCarrier =
  | { type: 'answer'; id: number; answer: unknown }
  | { type: 'failed'; id: number; message: string; retryable: boolean }
  | { type: 'notice'; room: number; notice: RoomNotice };
