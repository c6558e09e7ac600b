import { useEffect, useState } from 'react';
import type { Conversation, ExportFormat, Message } from '../../protocol/conversations.ts';
import { type KeptApi, KeptFailure } from './api.ts';
import { Confirm } from './confirm.tsx';
import { clockOf, dateOf, exactClockOf, lengthOf, whoWas } from './words.ts';

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
    <article className="kept-card" aria-label="Conversation">
      <div className="kept-row">
        <button type="button" className="secondary small" onClick={onBack}>
          All conversations
        </button>
        {conversation && (
          <fieldset className="kept-exports" aria-label="Export">
            {FORMATS.map(([format, name]) => (
              <button
                key={format}
                type="button"
                className="secondary small"
                aria-label={`Export as ${name}`}
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
            <h2>{whoWas(conversation)}</h2>
            <p className="kept-small">
              {dateOf(conversation.startedAt)}, {clockOf(conversation.startedAt)} · {conversation.room} ·{' '}
              {lengthOf(conversation)}
            </p>
          </header>
          <div className="kept-log" role="log" aria-label="What was said">
            {conversation.messages.map(message => (
              <Said key={message.id} message={message} />
            ))}
            {conversation.messages.length === 0 && <p className="kept-none">Nothing was said.</p>}
          </div>
          <Confirm
            name="Delete this conversation"
            question="It cannot be brought back."
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
        <b>{speakerName}</b>
        {audience !== null && <span className="people-only">people only</span>}
        <time dateTime={spokenAt}>{exactClockOf(spokenAt)}</time>
        {feeling && feeling.label !== 'neutral' && <span className="kept-feeling">{feeling.label}</span>}
      </p>
      <p className="entry-text">{text}</p>
      {(interrupted || timing?.sounded) && (
        <p className="entry-mark">
          {[interrupted && 'interrupted', timing?.sounded && `answered in ${Math.round(timing.voiceToVoiceMs)} ms`]
            .filter(Boolean)
            .join(' · ')}
        </p>
      )}
    </article>
  );
}
