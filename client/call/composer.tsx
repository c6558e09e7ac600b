import { type FormEvent, type KeyboardEvent, useId, useState } from 'react';
import { LIMITS } from '../../protocol/limits.ts';
import { endingOf, RoomFailure } from '../room/failures.ts';
import { SendIcon } from '../ui/icons.tsx';

/** The box to type into. What could not be sent stays in it. */
export function Composer({ say, allowed }: { say(text: string): Promise<void>; allowed: boolean }) {
  const [text, setText] = useState('');
  const [complaint, setComplaint] = useState('');
  const [sending, setSending] = useState(false);
  const complaintId = useId();

  const send = async (event?: FormEvent) => {
    event?.preventDefault();
    const message = text.trim();
    if (message === '' || sending) return;
    if (message.length > LIMITS.textLength) {
      setComplaint(`A message has at most ${LIMITS.textLength} characters; this one has ${message.length}.`);
      return;
    }
    setSending(true);
    setComplaint('');
    try {
      await say(message);
      // What was typed while the message was on its way stays.
      setText(now => (now.trim() === message ? '' : now));
    } catch (error) {
      const code = error instanceof RoomFailure ? error.code : 'internal';
      setComplaint(`Your message was not sent. ${endingOf(code).title}.`);
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
      <p id={complaintId} className="complaint" role="alert">
        {complaint}
      </p>
      <div className="composer-row">
        <textarea
          rows={1}
          value={text}
          aria-label="Message"
          placeholder={allowed ? 'Type a message' : 'Your invitation does not allow messages'}
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
          aria-label="Send"
          title="Send"
          disabled={!allowed || text.trim() === ''}
        >
          <SendIcon />
        </button>
      </div>
    </form>
  );
}
