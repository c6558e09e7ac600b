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
  /** Since when their hand is up, Unix time. */
  hand?: number | undefined;
  host: boolean;
};

const other = ({ identity, name, kind, presence, producers, hand, host = false }: ParticipantInfo): Listed => ({
  identity,
  name,
  kind,
  self: false,
  muted: kind === 'human' && (producers.find(({ source }) => source === 'microphone')?.paused ?? true),
  away: presence === 'reconnecting',
  hand,
  host,
});

/** Everybody in the call: the avatar, raised hands in their order, then this person and the others as they came. */
export function listed(state: CallState, muted: boolean): Listed[] {
  const others = state.others.map(other);
  const self: Listed = {
    identity: state.you?.identity ?? 'you',
    name: state.yourName,
    kind: 'human',
    self: true,
    muted,
    away: false,
    hand: state.hand,
    host: state.host,
  };
  const people = [self, ...others.filter(({ kind }) => kind === 'human')];
  const since = ({ hand = Number.MAX_VALUE }: Listed) => hand;
  return [...others.filter(({ kind }) => kind === 'avatar'), ...people.toSorted((a, b) => since(a) - since(b))];
}

/** Nobody else is here but the avatar. */
export const isAlone = ({ phase, others }: CallState): boolean =>
  phase === 'connected' && others.every(({ kind }) => kind === 'avatar');
