import type { ParticipantInfo } from '../../protocol/signaling.ts';
import type { CallState } from '../room/state.ts';

/** One row of the list of people. */
export type Listed = {
  identity: string;
  name: string;
  kind: 'human' | 'avatar';
  self: boolean;
  muted: boolean;
  /** Their network is lost, and their seat is kept for a moment. */
  away: boolean;
};

const other = ({ identity, name, kind, presence, producers }: ParticipantInfo): Listed => ({
  identity,
  name,
  kind,
  self: false,
  muted: kind === 'human' && (producers.find(({ source }) => source === 'microphone')?.paused ?? true),
  away: presence === 'reconnecting',
});

/** Everybody in the call: the avatar, this person, then the others in the order in which they came. */
export function listed(state: CallState, muted: boolean): Listed[] {
  const others = state.others.map(other);
  const self: Listed = {
    identity: state.you?.identity ?? 'you',
    name: state.yourName,
    kind: 'human',
    self: true,
    muted,
    away: false,
  };
  return [...others.filter(({ kind }) => kind === 'avatar'), self, ...others.filter(({ kind }) => kind === 'human')];
}

/** Nobody else is here but the avatar. */
export const isAlone = ({ phase, others }: CallState): boolean =>
  phase === 'connected' && others.every(({ kind }) => kind === 'avatar');
