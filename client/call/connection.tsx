import type { Quality } from '../room/quality.ts';

const words: Record<Quality['level'], string> = { unknown: 'Checking', good: 'Good', fair: 'Fair', poor: 'Poor' };
const bars: Record<Quality['level'], number> = { unknown: 0, good: 3, fair: 2, poor: 1 };

/** How good the connection is, as a word, as bars, and in numbers for those who point at it. */
export function Connection({ quality }: { quality: Quality }) {
  const { level, rttMs, loss } = quality;
  const details = [
    rttMs !== undefined && `round trip ${Math.round(rttMs)} ms`,
    loss !== undefined && `loss ${(loss * 100).toFixed(1)} %`,
  ].filter(Boolean);
  return (
    <div className="connection" data-level={level} title={details.join(', ')}>
      <span className="bars" aria-hidden="true">
        {[1, 2, 3].map(bar => (
          <i key={bar} className={bar <= bars[level] ? 'lit' : undefined} />
        ))}
      </span>
      <span className="unseen">Connection: </span>
      {words[level]}
    </div>
  );
}
