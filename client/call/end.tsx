import { useEffect, useRef } from 'react';
import type { LogEntry } from '../../protocol/conversation.ts';
import { at } from '../place/at.ts';
import { RateCall } from '../rating/rating.tsx';
import type { Ending } from '../room/failures.ts';
import { loadPersonKey } from '../room/person.ts';
import { t } from '../words/words.ts';
import { saveTranscript } from './transcript.ts';

type Props = {
  ending: Ending;
  room: string;
  /** What they joined with; absent where they did not get in. */
  token: string | undefined;
  log: readonly LogEntry[];
  remembered: boolean;
  onAgain(): void;
};

/** The end of a call: what happened, what was said, what is remembered, and a way on. */
export function End({ ending, room, token, log, remembered, onAgain }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const again = ending.wayOn === 'rejoin';
  const said = log.filter(({ final }) => final).length;
  return (
    <section className="end">
      <div className="end-card" role="alert">
        <h1 ref={heading} tabIndex={-1}>
          {ending.title}
        </h1>
        <p>{ending.message}</p>
      </div>
      <p className="end-ways">
        {again && (
          <button type="button" className="primary" onClick={onAgain}>
            {t('end.again')}
          </button>
        )}
        <a className={again ? 'secondary' : 'primary'} href={at('/')}>
          {t('end.another')}
        </a>
      </p>
      {said > 0 && token !== undefined && <RateCall room={room} token={token} />}
      <div className="end-kept">
        {said > 0 && (
          <button type="button" className="secondary" onClick={() => saveTranscript(log, room)}>
            {t('end.save')}
          </button>
        )}
        <p>
          {t(remembered ? 'end.remembered' : 'end.forgotten')}{' '}
          {loadPersonKey() !== undefined && <a href={at('/conversations')}>{t('end.kept')}</a>}
        </p>
      </div>
    </section>
  );
}
