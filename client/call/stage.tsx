import { useEffect, useMemo, useRef } from 'react';
import { Marks } from '../consent/marks.tsx';
import type { RoomClient } from '../room/client.ts';
import type { LocalMedia } from '../room/local.ts';
import type { CallState } from '../room/state.ts';
import { useMedia, useSize, useStore } from '../ui/hooks.ts';
import { t } from '../words/words.ts';
import { Caption } from './caption.tsx';
import { captionStrip, captionStyle } from './caption-style.ts';
import { arrange, layerFor } from './layout.ts';
import { Lead } from './lead.tsx';
import { FeelingChip } from './noticing.tsx';
import { othersOf, selfOf } from './people.ts';
import { RecordingNote } from './recording.tsx';
import { type Person, Tile } from './tile.tsx';
import { TileTools } from './tile-tools.tsx';
import { seated, type Wish } from './view.ts';

type Props = {
  client: RoomClient;
  state: CallState;
  local: LocalMedia;
  wish: Wish;
  onWish(wish: Wish): void;
  captions: boolean;
};

/** Everybody in the call, and the screens that are shared. */
export function Stage({ client, state, local, wish, onWish, captions }: Props) {
  const ref = useRef<HTMLElement>(null);
  const whole = useSize(ref);
  const strip = captionStrip(useStore(captionStyle));
  // Captions below the pictures take their room from them.
  const { width, height } = { ...whole, height: Math.max(0, whole.height - (captions ? strip : 0)) };
  const small = useMedia('(max-width: 759px)');
  const [self, ...ownScreen] = selfOf(state, useStore(local.store));
  const others = othersOf(state);
  const avatar = others.find(({ kind }) => kind === 'avatar');
  const expected = avatar === undefined && (state.agent !== undefined || state.phase === 'joining');
  // Alone with the avatar, or on a small screen, one's own picture floats in a corner.
  const besides = others.filter(person => person !== avatar).length + ownScreen.length;
  const floats =
    wish.view === 'speaker' && wish.pinned !== self!.identity && (avatar || expected || besides > 0)
      ? small || besides === 0
      : false;
  const people = [...others, ...(floats ? [] : [self!]), ...ownScreen];
  const { lead, rest } = seated(people, wish);
  const hasLead = lead !== undefined || (expected && wish.view === 'speaker');
  const { length } = rest;
  const boxes = useMemo(() => arrange({ width, height }, hasLead, length), [width, height, hasLead, length]);
  const boxOf = (person: Person) => (person === lead ? boxes.lead : boxes.rest[rest.indexOf(person)]);

  useEffect(() => {
    for (const person of people) {
      const box = boxOf(person);
      if (box && !person.self && !person.screen)
        client.wantLayer(person.identity, layerFor(box.width, devicePixelRatio));
    }
  });

  return (
    <section className="stage" ref={ref} aria-label={t('stage')}>
      {!lead && hasLead && (
        <div
          className="tile avatar waiting"
          style={{ inset: 0, ...(boxes.lead && { width: boxes.lead.width, height: boxes.lead.height }) }}
        >
          <p>{t(state.phase === 'joining' ? 'agent.joining' : 'stage.expected')}</p>
        </div>
      )}
      {/* In the order in which they came, wherever they are: a picture that is moved in the page would stop. */}
      {people.map(person => {
        const { identity, name, self: own, screen, kind } = person;
        const tools = (
          <TileTools
            key="tools"
            name={name}
            mine={own}
            pinned={wish.pinned === identity}
            onPin={pinned => onWish({ ...wish, pinned: pinned ? identity : undefined })}
          />
        );
        return kind === 'avatar' && !screen ? (
          <Lead key={identity} person={person} state={state.agent?.state} face={state.agent?.face} box={boxOf(person)}>
            {tools}
          </Lead>
        ) : (
          <Tile key={identity} person={person} box={boxOf(person)}>
            {own && !screen && <FeelingChip feeling={state.feeling} />}
            {tools}
          </Tile>
        );
      })}
      {floats && (
        <Tile key={self!.identity} person={self!} floating>
          <FeelingChip feeling={state.feeling} />
        </Tile>
      )}
      <div className="kept-in-sight">
        <RecordingNote state={state} />
        {state.you && (
          <Marks
            name={avatar?.name ?? t('consent.theAvatar')}
            consent={state.you.consent}
            onChange={consent => client.consent(consent)}
          />
        )}
      </div>
      {captions && (
        <Caption
          log={state.log}
          box={strip > 0 ? { x: 0, y: 0, ...whole } : (boxes.lead ?? { x: 0, y: 0, ...whole })}
        />
      )}
    </section>
  );
}
