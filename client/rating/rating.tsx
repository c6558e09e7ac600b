import { type FormEvent, useState } from 'react';
import { RATING_LIMITS } from '../../protocol/ratings.ts';
import { StarFace } from './face.tsx';
import { sendRating } from './send.ts';
import './rating.css';

/** From one star to five. */
const NAMES = ['Bad', 'Not good', 'All right', 'Good', 'Very good'] as const;

/** Asks how it was; who does not want to say goes on without. */
export function RateCall({ room, token }: { room: string; token: string }) {
  const [stars, setStars] = useState<number>();
  const [line, setLine] = useState('');
  const [sending, setSending] = useState<'no' | 'now' | 'done'>('no');
  const [complaint, setComplaint] = useState('');
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (stars === undefined || sending !== 'no') return;
    setSending('now');
    setComplaint('');
    try {
      await sendRating(room, token, { stars, ...(line.trim() !== '' && { line }) });
      setSending('done');
    } catch (error) {
      setSending('no');
      setComplaint(error instanceof Error ? error.message : '');
    }
  };
  if (sending === 'done') return <output className="rated">Thank you.</output>;
  return (
    <form className="rate" onSubmit={send}>
      <fieldset>
        <legend>How was it?</legend>
        {NAMES.map((name, index) => (
          <label key={name} title={name}>
            <input
              type="radio"
              name="stars"
              aria-label={name}
              checked={stars === index + 1}
              onChange={() => setStars(index + 1)}
            />
            <StarFace stars={index + 1} />
          </label>
        ))}
      </fieldset>
      {stars !== undefined && (
        <>
          <label className="field">
            <span>What made it so? (If you like)</span>
            <input
              type="text"
              dir="auto"
              value={line}
              maxLength={RATING_LIMITS.lineLength}
              autoComplete="off"
              onChange={({ target }) => setLine(target.value)}
            />
          </label>
          <button type="submit" className="secondary" disabled={sending === 'now'}>
            Send
          </button>
        </>
      )}
      <p className="complaint" role="alert">
        {complaint}
      </p>
    </form>
  );
}
