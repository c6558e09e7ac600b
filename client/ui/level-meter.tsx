import { useEffect, useRef } from 'react';
import { t } from '../words/words.ts';
import { useMeter } from './meter.ts';

/** Shows how loud a microphone is. Drawn past React: it changes with every frame. */
export function LevelMeter({ track, muted }: { track: MediaStreamTrack | undefined; muted: boolean }) {
  const bar = useRef<HTMLDivElement>(null);
  const meter = useRef<HTMLMeterElement>(null);
  const audible = muted ? undefined : track;
  const show = (level: number) => {
    bar.current?.style.setProperty('--level', level.toFixed(3));
    if (meter.current) meter.current.value = level;
  };
  useMeter(audible, show);
  // biome-ignore lint/correctness/useExhaustiveDependencies: back to nothing when the microphone changes
  useEffect(() => () => show(0), [audible]);
  return (
    <div className="meter">
      <meter ref={meter} className="unseen" aria-label={t('device.level')} />
      <div ref={bar} className="meter-bar" aria-hidden="true" />
    </div>
  );
}
