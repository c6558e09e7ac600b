import type { ParticipantInfo } from '../../protocol/signaling.ts';
import type { AgentSeat, Seat } from './room.ts';

/** A person as everybody in the room sees them. */
export const participantInfo = (seat: Seat): ParticipantInfo => ({
  identity: seat.admission.identity,
  name: seat.name,
  kind: 'human',
  presence: seat.presence,
  producers: seat.media.producers(),
  ...(seat.consent.recording && { recording: true }),
});

/** The avatar, likewise. */
export const agentInfo = (agent: AgentSeat): ParticipantInfo => ({
  identity: agent.identity,
  name: agent.name,
  kind: 'avatar',
  presence: 'here',
  producers: agent.media.producers(),
  ...(agent.records && { recording: true }),
});
