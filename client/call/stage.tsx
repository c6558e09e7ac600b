import { useEffect, useMemo, useRef } from 'react';
import type { RoomClient } from '../room/client.ts';
import type { LocalMedia } from '../room/local.ts';
import type { CallState } from '../room/state.ts';
import { useMedia, useSize, useStore } from '../ui/hooks.ts';
import { Caption } from './caption.tsx';
import { arrange, layerFor } from './layout.ts';
import { Lead } from './lead.tsx';
import { FeelingChip } from './noticing.tsx';
import { RecordingNote } from './recording.tsx';
import { type Person, Tile } from './tile.tsx';

function peopleOf(state: CallState): Person[] {
  return state.others.map(({ identity, name, kind, presence, producers }) => {
    const voice = producers.find(producer => producer.kind === 'audio');
    const screen = producers.find(producer => producer.source === 'screen');
    const picture = screen ?? producers.find(producer => producer.kind === 'video');
    const tracks = state.tracks[identity];
    return {
      identity,
      name,
      kind,
      self: false,
      away: presence === 'reconnecting',
      muted: kind === 'human' && (voice?.paused ?? true),
      speaking: state.speakers.includes(identity),
      screen: screen !== undefined,
      audio: tracks?.audio,
      video: picture?.paused ? undefined : tracks?.video,
    };
  });
}

function useSelf(state: CallState, local: LocalMedia): Person {
  const { microphone, camera, screen, muted } = useStore(local.store);
  const identity = state.you?.identity ?? 'you';
  return {
    identity,
    name: state.yourName,
    kind: 'human',
    self: true,
    away: false,
    muted: muted || microphone.status !== 'on',
    speaking: state.speakers.includes(identity),
    screen: screen !== undefined,
    video: screen ?? camera.track,
  };
}

/** Everybody in the call. */
export function Stage({ client, state, local }: { client: RoomClient; state: CallState; local: LocalMedia }) {
  const ref = useRef<HTMLElement>(null);
  const { width, height } = useSize(ref);
  const small = useMedia('(max-width: 759px)');
  const self = useSelf(state, local);
  const people = peopleOf(state);
  const lead = people.find(({ kind }) => kind === 'avatar');
  const expected = state.agent !== undefined || state.phase === 'joining';
  const others = people.filter(person => person !== lead);
  // Alone with the avatar, or on a small screen, one's own picture floats in a corner.
  const floats = lead !== undefined || expected ? small || others.length === 0 : small && others.length > 0;
  const seated = floats ? others : [...others, self];
  const { length } = seated;
  const hasLead = lead !== undefined || expected;
  const boxes = useMemo(() => arrange({ width, height }, hasLead, length), [width, height, hasLead, length]);

  useEffect(() => {
    for (const [index, { identity, self: own }] of seated.entries()) {
      const box = boxes.rest[index];
      if (box && !own) client.wantLayer(identity, layerFor(box.width, devicePixelRatio));
    }
  });

  return (
    <section className="stage" ref={ref} aria-label="Participants">
      {lead && <Lead key={lead.identity} person={lead} state={state.agent?.state} box={boxes.lead} />}
      {!lead && expected && (
        <div
          className="tile avatar waiting"
          style={{ inset: 0, ...(boxes.lead && { width: boxes.lead.width, height: boxes.lead.height }) }}
        >
          <p>{state.phase === 'joining' ? 'Joining…' : 'The avatar is on its way…'}</p>
        </div>
      )}
      {seated.map((person, index) => (
        <Tile key={person.identity} person={person} box={boxes.rest[index]}>
          {person.self && <FeelingChip feeling={state.feeling} />}
        </Tile>
      ))}
      {floats && (
        <Tile key={self.identity} person={self} floating>
          <FeelingChip feeling={state.feeling} />
        </Tile>
      )}
      <RecordingNote state={state} />
      <Caption log={state.log} box={boxes.lead} />
    </section>
  );
}
