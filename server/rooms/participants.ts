import type { ParticipantInfo, RoomSnapshot } from '../../protocol/signaling.ts';
import type { AgentSeat, Seat } from './room-parts.ts';

/** A person as everybody in the room sees them. */
export const participantInfo = (seat: Seat): ParticipantInfo => ({
  identity: seat.admission.identity,
  name: seat.name,
  kind: 'human',
  presence: seat.presence,
  producers: seat.media.producers(),
  ...(seat.consent.recording && { recording: true }),
  ...(seat.host === true && { host: true }),
  ...(seat.handAtMs !== undefined && { hand: seat.handAtMs }),
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

/** Everybody in a room, the avatar last. */
export const everybody = (seats: Iterable<Seat>, agent: AgentSeat | undefined): ParticipantInfo[] => [
  ...[...seats].map(participantInfo),
  ...(agent === undefined ? [] : [agentInfo(agent)]),
];

/** What a person is told of themself. */
export function youInfo({ admission, consent }: Seat): RoomSnapshot['you'] {
  const { identity, canPublish, canSubscribe, canPublishData, remember, devices } = admission;
  return {
    identity,
    canPublish,
    canSubscribe,
    canPublishData,
    consent,
    remembered: remember,
    ...(devices && { devices }),
  };
}
