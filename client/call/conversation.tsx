import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { LogEntry } from '../../protocol/conversation.ts';
import { SentFile } from '../files/sent-file.tsx';
import type { FilePlace } from '../files/transfer.ts';
import { Linked } from '../ui/linked.tsx';
import { clockOf } from '../words/format.ts';
import { rich } from '../words/rich.tsx';
import { t } from '../words/words.ts';

/** Closer to the end than this counts as being at the end. */
const NEAR_PX = 48;

type Props = {
  log: readonly LogEntry[];
  /** Entries that the avatar does not know. */
  unknown: readonly string[];
  you?: string;
  /** Where files that were sent are read. */
  place?: FilePlace | undefined;
  /** Shows what was said before; absent: there is no more. */
  onEarlier?(): void;
};

/** Everything that was said and typed, the newest at the end. */
export function Conversation({ log, unknown, you, place, onEarlier }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const shown = useRef<{ first?: string; last?: string; height: number }>({ height: 0 });
  const [behind, setBehind] = useState(false);

  useLayoutEffect(() => {
    const element = ref.current!;
    const before = shown.current;
    shown.current = { first: log[0]?.id, last: log.at(-1)?.id, height: element.scrollHeight };
    if (follows.current) element.scrollTop = element.scrollHeight;
    // What has come in front does not move what is being read.
    else if (shown.current.first !== before.first && shown.current.last === before.last)
      element.scrollTop += element.scrollHeight - before.height;
    else setBehind(true);
  }, [log]);
  useEffect(() => {
    // The keyboard of a phone changes the height; the end stays in view.
    const element = ref.current!;
    const observer = new ResizeObserver(() => {
      if (follows.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const scrolled = () => {
    const { scrollHeight, scrollTop, clientHeight } = ref.current!;
    follows.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (follows.current) setBehind(false);
  };
  const earlier = () => {
    follows.current = false;
    onEarlier?.();
  };
  const toEnd = () => ref.current?.scrollTo({ top: ref.current.scrollHeight });

  return (
    <div className="conversation">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div ref={ref} className="log" role="log" aria-label={t('log.title')} tabIndex={0} onScroll={scrolled}>
        {onEarlier && (
          <button type="button" className="earlier" onClick={earlier}>
            {t('log.earlier')}
          </button>
        )}
        {log.map(entry => (
          <Utterance
            key={entry.id}
            entry={entry}
            own={entry.speaker === you}
            place={place}
            unknown={entry.role === 'user' && unknown.includes(entry.id)}
          />
        ))}
      </div>
      {log.length === 0 && <p className="log-empty">{t('log.empty')}</p>}
      {behind && (
        <button type="button" className="to-end" onClick={toEnd}>
          {t('log.new')}
        </button>
      )}
    </div>
  );
}

function Utterance(props: { entry: LogEntry; own: boolean; place?: FilePlace | undefined; unknown: boolean }) {
  const { entry, own, place, unknown } = props;
  return (
    <article
      className={`entry${own ? ' own' : ''}`}
      data-speaker={entry.speaker}
      data-turn={entry.turnId}
      data-entry={entry.id}
      data-role={entry.role}
      data-final={entry.final}
      data-interrupted={entry.interrupted === true}
      data-audience={entry.audience}
      // Words that may still change are read out once they stand.
      aria-busy={!entry.final}
    >
      <p className="entry-who">
        <b dir="auto">{own ? t('you') : entry.speakerName}</b>
        {entry.audience === 'people' && <span className="people-only">{t('audience.mark')}</span>}
        <time dateTime={new Date(entry.atMs).toISOString()}>{clockOf(entry.atMs)}</time>
      </p>
      {entry.file && place ? (
        <SentFile file={entry.file} place={place} />
      ) : (
        <p className="entry-text" dir="auto">
          <span data-text>
            <Linked text={entry.text} />
          </span>
          {!entry.final && <span className="entry-dots" aria-hidden="true" />}
        </p>
      )}
      {entry.sources && entry.final && (
        <p className="entry-mark">
          {rich('log.sources', {
            sources: entry.sources.map(({ title, heading, file, url }, i) => (
              <span key={file} title={heading || file}>
                {i > 0 && ' · '}
                {url === undefined ? (
                  <bdi dir="auto">{title}</bdi>
                ) : (
                  <a href={url} target="_blank" rel="noreferrer noopener" dir="auto">
                    {title}
                  </a>
                )}
              </span>
            )),
          })}
        </p>
      )}
      {unknown && <p className="entry-mark">{t('log.stuck')}</p>}
      {entry.interrupted && <p className="entry-mark">{t('log.interrupted')}</p>}
    </article>
  );
}
