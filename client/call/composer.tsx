import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { LIMITS } from '../../protocol/limits.ts';
import { endingOf, RoomFailure } from '../room/failures.ts';
import { SendIcon } from '../ui/icons.tsx';
import { t } from '../words/words.ts';
import { MOST_WAITING, useOutbox } from './outbox.ts';

type Props = { say(text: string): Promise<void>; allowed: boolean; connected: boolean };

/** The box to type into. What could not be sent stays in it; what is written without a connection waits for one. */
export function Composer({ say, allowed, connected }: Props) {
  const [text, setText] = useState('');
  const [complaint, setComplaint] = useState('');
  const [sending, setSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const complaintId = useId();
  const refuse = (message: string, error: unknown) => {
    const code = error instanceof RoomFailure ? error.code : 'internal';
    setComplaint(t('composer.notSent', { why: endingOf(code).title }));
    setText(now => now || message);
    field.current?.focus();
  };
  const outbox = useOutbox(say, connected, refuse);
  // Why something could not be sent is no longer true.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time that the connection changes
  useEffect(() => setComplaint(''), [connected]);

  const send = async (event?: FormEvent) => {
    event?.preventDefault();
    const message = text.trim();
    if (message === '' || sending) return;
    if (message.length > LIMITS.textLength) {
      setComplaint(t('composer.tooLong', { most: LIMITS.textLength, length: message.length }));
      return;
    }
    if (!connected || outbox.waiting.length > 0) {
      if (outbox.waiting.length >= MOST_WAITING) {
        setComplaint(t('composer.full'));
        return;
      }
      outbox.add(message);
      setText('');
      return;
    }
    setSending(true);
    setComplaint('');
    try {
      await say(message);
      // What was typed while the message was on its way stays.
      setText(now => (now.trim() === message ? '' : now));
    } catch (error) {
      refuse(message, error);
    } finally {
      setSending(false);
    }
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    void send(event);
  };

  return (
    <form className="composer" onSubmit={send}>
      {outbox.waiting.length > 0 && (
        <ul className="outbox" aria-label={t('composer.waiting')}>
          {outbox.waiting.map(({ id, text: waiting }) => (
            <li key={id}>
              <span dir="auto">{waiting}</span>
              <button
                type="button"
                onClick={() => {
                  outbox.takeBack(id);
                  setText(now => now || waiting);
                }}
              >
                {t('composer.takeBack')}
              </button>
            </li>
          ))}
        </ul>
      )}
      <p id={complaintId} className="complaint" role="alert">
        {complaint}
      </p>
      <div className="composer-row">
        <textarea
          ref={field}
          dir="auto"
          rows={1}
          value={text}
          aria-label={t('composer.message')}
          placeholder={t(allowed ? 'composer.type' : 'composer.forbidden')}
          disabled={!allowed}
          enterKeyHint="send"
          aria-describedby={complaint ? complaintId : undefined}
          onChange={({ target }) => {
            setText(target.value);
            setComplaint('');
          }}
          onKeyDown={onKey}
        />
        <button
          type="submit"
          className="round send"
          aria-label={t('composer.send')}
          title={t('composer.send')}
          disabled={!allowed || text.trim() === ''}
        >
          <SendIcon />
        </button>
      </div>
    </form>
  );
}
