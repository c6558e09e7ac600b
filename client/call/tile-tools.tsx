import { type ChangeEvent, useRef, useState } from 'react';
import { FullScreenIcon, PinIcon, SoundIcon } from '../ui/icons.tsx';
import { t } from '../words/words.ts';

/** What can be done with one tile: pin it, see it on the whole screen, hear it louder or softer. */
export function TileTools(props: { name: string; mine: boolean; pinned: boolean; onPin(pinned: boolean): void }) {
  const { name, mine, pinned, onPin } = props;
  const ref = useRef<HTMLDivElement>(null);
  const [volume, setVolume] = useState(1);
  const tile = () => ref.current?.closest<HTMLElement>('.tile');
  const fullScreen = () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else
      void tile()
        ?.requestFullscreen?.()
        .catch(() => {});
  };
  const louder = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const wanted = Number(target.value);
    const element = tile()?.querySelector('video');
    if (element) element.volume = wanted;
    setVolume(wanted);
  };
  return (
    <div ref={ref} className="tile-tools">
      {!mine && (
        <label className="tile-volume" title={t('tile.volume', { name })}>
          <SoundIcon />
          <input
            type="range"
            min="0"
            max="1"
            step="0.05"
            value={volume}
            aria-label={t('tile.volume', { name })}
            onChange={louder}
          />
        </label>
      )}
      <button
        type="button"
        aria-pressed={pinned}
        aria-label={t(pinned ? 'tile.unpinWho' : 'tile.pinWho', { name })}
        title={t(pinned ? 'tile.unpin' : 'tile.pin')}
        onClick={() => onPin(!pinned)}
      >
        <PinIcon off={pinned} />
      </button>
      <button
        type="button"
        aria-label={t('tile.fullScreenWho', { name })}
        title={t('tile.fullScreen')}
        onClick={fullScreen}
      >
        <FullScreenIcon />
      </button>
    </div>
  );
}
