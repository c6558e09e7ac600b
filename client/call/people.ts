import type { LocalState } from '../room/local.ts';
import type { CallState } from '../room/state.ts';
import { t } from '../words/words.ts';
import type { Person } from './tile.tsx';
import { screenOf } from './view.ts';

/** Everybody but this person, and the screens that they share. */
export function othersOf(state: CallState): Person[] {
  return state.others.flatMap(({ identity, name, kind, presence, producers, hand }) => {
    const voice = producers.find(producer => producer.kind === 'audio');
    const camera = producers.find(producer => producer.kind === 'video' && producer.source !== 'screen');
    const screen = producers.find(producer => producer.source === 'screen');
    const tracks = state.tracks[identity];
    const person: Person = {
      identity,
      name,
      kind,
      self: false,
      away: presence === 'reconnecting',
      muted: kind === 'human' && (voice?.paused ?? true),
      speaking: state.speakers.includes(identity),
      screen: false,
      hand: hand !== undefined,
      reactions: state.reactions.filter(each => each.identity === identity),
      audio: tracks?.audio,
      video: camera?.paused ? undefined : tracks?.video,
    };
    return screen === undefined ? [person] : [person, shared(person, tracks?.screen)];
  });
}

/** This person, and the screen that they share. */
export function selfOf(state: CallState, { microphone, camera, screen, muted }: LocalState): Person[] {
  const identity = state.you?.identity ?? 'you';
  const self: Person = {
    identity,
    name: state.yourName,
    kind: 'human',
    self: true,
    away: false,
    muted: muted || microphone.status !== 'on',
    speaking: state.speakers.includes(identity),
    screen: false,
    hand: state.hand !== undefined,
    reactions: state.reactions.filter(each => each.identity === identity),
    video: camera.track,
  };
  return screen === undefined ? [self] : [self, shared(self, screen)];
}

const shared = ({ identity, name, kind, self, away }: Person, video: MediaStreamTrack | undefined): Person => ({
  identity: screenOf(identity),
  name: self ? t('tile.yourScreen') : t('tile.screen', { name }),
  kind,
  self,
  away,
  muted: false,
  speaking: false,
  screen: true,
  hand: false,
  reactions: [],
  video,
});
