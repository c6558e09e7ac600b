import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { Audience } from '../../protocol/conversation.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { Attach } from '../files/attach.tsx';
import type { FilePlace } from '../files/transfer.ts';
import { endingOf, RoomFailure } from '../room/failures.ts';
import { SendIcon } from '../ui/icons.tsx';
import { t } from '../words/words.ts';
import { AudienceChoice } from './audience.tsx';
import { type Message, MOST_WAITING, useOutbox } from './outbox.ts';

type Props = {
  say(text: string, audience: Audience): Promise<void>;
  allowed: boolean;
  connected: boolean;
  /** The avatar's name, where there are others than it to whom one may write without it. */
  avatar?: string | undefined;
  /** How files are sent, where they may be and there is somebody to read them. */
  files?: { place: FilePlace; mostBytes: number } | undefined;
};

const placeholderOf = (allowed: boolean, audience: Audience): string => {
  if (!allowed) return t('composer.forbidden');
  return t(audience === 'people' ? 'audience.type' : 'composer.type');
};

/** The box to type into. What could not be sent stays in it; what is written without a connection waits for one. */
export function Composer({ say, allowed, connected, avatar, files }: Props) {
  const [text, setText] = useState('');
  const [audience, setAudience] = useState<Audience>('everyone');
  const [complaint, setComplaint] = useState('');
  const [sending, setSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const complaintId = useId();
  /** Into the box again, for those that it was for, unless something else is being written. */
  const takeBack = (message: Message) => {
    if (field.current?.value) return;
    setText(message.text);
    setAudience(message.audience);
  };
  const refuse = (message: Message, error: unknown) => {
    const code = error instanceof RoomFailure ? error.code : 'internal';
    setComplaint(t('composer.notSent', { why: endingOf(code).title }));
    takeBack(message);
    field.current?.focus();
  };
  const outbox = useOutbox(({ text: waiting, audience: to }) => say(waiting, to), connected, refuse);
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
      outbox.add({ text: message, audience });
      setText('');
      return;
    }
    setSending(true);
    setComplaint('');
    try {
      await say(message, audience);
      // What was typed while the message was on its way stays.
      setText(now => (now.trim() === message ? '' : now));
    } catch (error) {
      refuse({ text: message, audience }, error);
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
          {outbox.waiting.map(waiting => (
            <li key={waiting.id}>
              <span dir="auto">{waiting.text}</span>
              <button
                type="button"
                onClick={() => {
                  outbox.takeBack(waiting.id);
                  takeBack(waiting);
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
      {(avatar !== undefined || audience === 'people') && allowed && (
        <AudienceChoice avatar={avatar ?? t('theAvatar')} chosen={audience} onChoose={setAudience} />
      )}
      <div className="composer-row" data-audience={audience}>
        <textarea
          ref={field}
          dir="auto"
          rows={1}
          value={text}
          aria-label={t('composer.message')}
          placeholder={placeholderOf(allowed, audience)}
          disabled={!allowed}
          enterKeyHint="send"
          aria-describedby={complaint ? complaintId : undefined}
          onChange={({ target }) => {
            setText(target.value);
            setComplaint('');
          }}
          onKeyDown={onKey}
        />
        {files && allowed && connected && <Attach {...files} onComplaint={setComplaint} />}
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
