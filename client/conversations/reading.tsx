import { useEffect, useState } from 'react';
import type { Conversation, ExportFormat, Message } from '../../protocol/conversations.ts';
import { Linked } from '../ui/linked.tsx';
import { clockOf, dateOf, exactClockOf, listOf, millisecondsOf } from '../words/format.ts';
import { t } from '../words/words.ts';
import { type KeptApi, KeptFailure } from './api.ts';
import { Confirm } from './confirm.tsx';
import { lengthOf, whoWas } from './words.ts';

const FORMATS: [ExportFormat, string][] = [
  ['json', 'JSON'],
  ['markdown', 'Markdown'],
  ['webvtt', 'WebVTT'],
];

/** One conversation, to read, to take along, and to delete. */
export function Reading(props: { api: KeptApi; id: string; onBack(): void; onRefused(message: string): void }) {
  const { api, id, onBack, onRefused } = props;
  const [conversation, setConversation] = useState<Conversation>();
  const [complaint, setComplaint] = useState('');

  useEffect(() => {
    let shown = true;
    api.read(id).then(
      read => shown && setConversation(read),
      error => {
        if (!shown) return;
        if (error instanceof KeptFailure && error.needsToken) onRefused(error.message);
        else setComplaint((error as Error).message);
      },
    );
    return () => {
      shown = false;
    };
  }, [api, id, onRefused]);

  const attempt = (what: Promise<void>) =>
    what.then(
      () => setComplaint(''),
      (error: Error) => setComplaint(error.message),
    );

  return (
    <article className="kept-card" aria-label={t('log.title')}>
      <div className="kept-row">
        <button type="button" className="secondary small" onClick={onBack}>
          {t('kept.all')}
        </button>
        {conversation && (
          <fieldset className="kept-exports" aria-label={t('kept.export')}>
            {FORMATS.map(([format, name]) => (
              <button
                key={format}
                type="button"
                className="secondary small"
                aria-label={t('kept.exportAs', { format: name })}
                onClick={() => void attempt(api.save(id, format))}
              >
                {name}
              </button>
            ))}
          </fieldset>
        )}
      </div>
      <p className="complaint" role="alert">
        {complaint}
      </p>
      {conversation && (
        <>
          <header>
            <h2 dir="auto">{whoWas(conversation)}</h2>
            <p className="kept-small">
              {listOf([dateOf(conversation.startedAt), clockOf(conversation.startedAt)])} ·{' '}
              <bdi>{conversation.room}</bdi> · {lengthOf(conversation)}
            </p>
          </header>
          <div className="kept-log" role="log" aria-label={t('kept.said')}>
            {conversation.messages.map(message => (
              <Said key={message.id} message={message} />
            ))}
            {conversation.messages.length === 0 && <p className="kept-none">{t('kept.silent')}</p>}
          </div>
          <Confirm
            name={t('kept.delete')}
            question={t('kept.delete.sure')}
            act={() => attempt(api.remove(id).then(onBack))}
          />
        </>
      )}
    </article>
  );
}

function Said({ message }: { message: Message }) {
  const { speaker, speakerName, role, spokenAt, text, audience, feeling, interrupted, timing } = message;
  return (
    <article className="entry" data-role={role} data-speaker={speaker} data-interrupted={interrupted}>
      <p className="entry-who">
        <b dir="auto">{speakerName}</b>
        {audience !== null && <span className="people-only">{t('audience.mark')}</span>}
        <time dateTime={spokenAt}>{exactClockOf(spokenAt)}</time>
        {feeling && feeling.label !== 'neutral' && (
          <span className="kept-feeling">{t(`feeling.${feeling.label}`)}</span>
        )}
      </p>
      <p className="entry-text" dir="auto">
        <Linked text={text} />
      </p>
      {(interrupted || timing?.sounded) && (
        <p className="entry-mark">
          {[
            interrupted && t('log.interrupted'),
            timing?.sounded && t('kept.answered', { time: millisecondsOf(timing.voiceToVoiceMs) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      )}
    </article>
  );
}
