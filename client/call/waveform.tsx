import { useRef } from 'react';
import { useMeter } from '../ui/meter.ts';

const BARS = 24;

/** The latest loudness of a voice, as bars that wander from right to left. */
export function Waveform({ audio }: { audio: MediaStreamTrack | undefined }) {
  const bars = useRef<HTMLSpanElement>(null);
  const levels = useRef<number[]>(Array.from({ length: BARS }, () => 0));
  useMeter(audio, level => {
    levels.current = [...levels.current.slice(1), level];
    for (const [i, bar] of [...(bars.current?.children ?? [])].entries())
      (bar as HTMLElement).style.scale = `1 ${(0.06 + 0.94 * levels.current[i]!).toFixed(2)}`;
  });
  return (
    <span className="waveform" ref={bars} aria-hidden="true">
      {levels.current.map((_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
        <i key={i} />
      ))}
    </span>
  );
}
