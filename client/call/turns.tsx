import { type RefObject, useEffect, useRef } from 'react';
import type { TurnTrace } from '../../protocol/trace.ts';
import { waterfallOf } from '../../protocol/waterfall.ts';
import { CloseIcon } from '../ui/icons.tsx';
import { listOf, tookOf } from '../words/format.ts';
import { t } from '../words/words.ts';

const SENTENCES = 3;

function outcomeWords({ sounded, source, voiceToVoiceMs, outcome }: TurnTrace): string {
  if (!sounded) return t(outcome === 'failed' ? 'turns.failed' : 'turns.givenUp');
  const time = tookOf(voiceToVoiceMs);
  return t(source === 'greeting' ? 'turns.began' : 'timing.answered', { time });
}

type Props = { id: string; traces: readonly TurnTrace[]; opener: RefObject<HTMLElement | null>; onClose(): void };

/** The last turns step by step, newest first: what took how long until the avatar was heard. */
export function Turns({ id, traces, opener, onClose }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    const button = opener.current;
    return () => button?.focus();
  }, [opener]);
  return (
    <section
      id={id}
      className="turns"
      aria-label={t('turns.title')}
      onKeyDown={({ key }) => {
        if (key === 'Escape') onClose();
      }}
    >
      <header>
        <h2 ref={heading} tabIndex={-1}>
          {t('turns.title')}
        </h2>
        <button type="button" className="close" aria-label={t('turns.close')} title={t('close')} onClick={onClose}>
          <CloseIcon />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className="turns-list" tabIndex={0}>
        {traces.length === 0 && <p className="turns-none">{t('turns.none')}</p>}
        {traces.map(trace => (
          <Turn key={trace.turnId} trace={trace} />
        ))}
      </div>
    </section>
  );
}

function Turn({ trace }: { trace: TurnTrace }) {
  const { rows, speechEnd, firstSound } = waterfallOf(trace, SENTENCES);
  const notes = [
    trace.cached && t('turns.cached'),
    trace.resumed && t('turns.resumed'),
    trace.outcome === 'interrupted' && t('log.interrupted'),
  ].filter(note => note !== false && note !== undefined);
  return (
    <article data-turn={trace.turnId}>
      <h3>
        {outcomeWords(trace)}
        {notes.length > 0 && <small>{listOf(notes)}</small>}
      </h3>
      <ul>
        {rows.map(({ name, sentence, startMs, durationMs, from, to }) => (
          <li key={`${name}${sentence ?? ''}`} data-span={name}>
            <span>
              {t(`span.${name}`)}
              {sentence !== undefined && sentence > 1 && ` ${sentence}`}
            </span>
            <i
              className="track"
              aria-hidden="true"
              title={t('turns.span', { start: tookOf(startMs), time: tookOf(durationMs) })}
            >
              <i className="mark" style={{ insetInlineStart: `${speechEnd * 100}%` }} />
              {trace.sounded && <i className="mark heard" style={{ insetInlineStart: `${firstSound * 100}%` }} />}
              <i className="bar" style={{ insetInlineStart: `${from * 100}%`, width: `${(to - from) * 100}%` }} />
            </i>
            <b>{tookOf(durationMs)}</b>
          </li>
        ))}
      </ul>
    </article>
  );
}
