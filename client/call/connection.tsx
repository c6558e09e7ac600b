import type { Quality } from '../room/quality.ts';
import { listOf, millisecondsOf, percentOf } from '../words/format.ts';
import { t } from '../words/words.ts';

const bars: Record<Quality['level'], number> = { unknown: 0, good: 3, fair: 2, poor: 1 };

/** How good the connection is, as a word, as bars, and in numbers for those who point at it. */
export function Connection({ quality }: { quality: Quality }) {
  const { level, rttMs, loss } = quality;
  const details = listOf([
    rttMs !== undefined && t('connection.roundTrip', { time: millisecondsOf(rttMs) }),
    loss !== undefined && t('connection.loss', { share: percentOf(loss) }),
  ]);
  return (
    <div className="connection" data-level={level} title={details}>
      <span className="bars" aria-hidden="true">
        {[1, 2, 3].map(bar => (
          <i key={bar} className={bar <= bars[level] ? 'lit' : undefined} />
        ))}
      </span>
      <span className="unseen">{t('connection')} </span>
      {t(`connection.${level}`)}
    </div>
  );
}
