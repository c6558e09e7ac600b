import { type CSSProperties, type ReactNode, useCallback, useState } from 'react';
import { Floats } from '../people/floats.tsx';
import type { Reaction } from '../room/state.ts';
import { HandIcon, MicrophoneIcon } from '../ui/icons.tsx';
import { StreamVideo } from '../ui/stream-video.tsx';
import { listOf } from '../words/format.ts';
import { t } from '../words/words.ts';
import type { Box } from './layout.ts';

/** What a tile shows of one participant. */
export type Person = {
  identity: string;
  name: string;
  kind: 'human' | 'avatar';
  self: boolean;
  away: boolean;
  muted: boolean;
  speaking: boolean;
  /** The picture is of a screen: all of it is shown. */
  screen: boolean;
  /** Their hand is up. */
  hand: boolean;
  reactions: readonly Reaction[];
  audio?: MediaStreamTrack;
  video?: MediaStreamTrack;
};

/** A stable hue for people without a picture. */
export const hueOf = (identity: string): number =>
  // Steps of the golden angle keep neighbours ("user-1", "user-2") apart.
  ([...identity].reduce((hash, letter) => (hash * 31 + letter.codePointAt(0)!) % 9973, 7) * 137.5) % 360;

const placeOf = (box: Box | undefined): CSSProperties | undefined =>
  box && { insetInlineStart: box.x, top: box.y, width: box.width, height: box.height };

type Props = {
  person: Person;
  box?: Box;
  floating?: boolean;
  children?: ReactNode;
  onPicture?(width: number, height: number, element: HTMLVideoElement): void;
};

/** One participant: picture or initial, name, and whether they are heard. */
export function Tile({ person, box, floating = false, children, onPicture }: Props) {
  const { identity, name, kind, self, away, muted, speaking, screen, hand, reactions, audio, video } = person;
  const [pictured, setPictured] = useState(false);
  const picture = useCallback(
    (width: number, height: number, element: HTMLVideoElement) => {
      // Sound alone makes an element of 2 by 2 pixels in some browsers.
      setPictured(width > 2 && height > 2);
      onPicture?.(width, height, element);
    },
    [onPicture],
  );
  const classes = [
    'tile',
    kind,
    self && 'self',
    floating && 'floating',
    speaking && 'speaking',
    screen && 'screen',
    away && 'away',
  ];
  const who = kind === 'avatar' ? t('tile.ai', { name }) : self && !screen ? t('tile.you', { name }) : name;
  const doing = away ? t('tile.reconnecting') : muted && t('tile.muted');
  return (
    <article
      className={classes.filter(Boolean).join(' ')}
      aria-label={listOf([who, doing, hand && t('tile.hand')])}
      data-pictured={(pictured && video !== undefined) || undefined}
      style={{ ...placeOf(box), '--hue': hueOf(identity) } as CSSProperties}
    >
      <span className="initial" aria-hidden="true">
        {[...name][0]?.toUpperCase() ?? '?'}
      </span>
      {children}
      <StreamVideo
        audio={self ? undefined : audio}
        video={video}
        label={name}
        kind={kind}
        muted={self}
        onPicture={picture}
      />
      <Floats reactions={reactions} />
      <span className="badge" aria-hidden="true">
        {hand && <HandIcon />}
        {muted && <MicrophoneIcon off />}
        <span className="badge-name" dir="auto">
          {self && !screen ? t('you') : name}
        </span>
        {kind === 'avatar' && !screen && (
          <abbr className="badge-ai" title={t('tile.aiTitle')}>
            AI
          </abbr>
        )}
        {away && <span className="badge-away">{t('tile.away')}</span>}
      </span>
    </article>
  );
}
