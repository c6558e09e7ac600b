import { type FormEvent, useState } from 'react';
import { RATING_LIMITS } from '../../protocol/limits.ts';
import { t } from '../words/words.ts';
import { StarFace } from './face.tsx';
import { sendRating } from './send.ts';
import './rating.css';

/** From one star to five. */
const STARS = [1, 2, 3, 4, 5] as const;

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
  if (sending === 'done') return <output className="rated">{t('rating.thanks')}</output>;
  return (
    <form className="rate" onSubmit={send}>
      <fieldset>
        <legend>{t('rating.ask')}</legend>
        {STARS.map(each => (
          <label key={each} title={t(`rating.${each}`)}>
            <input
              type="radio"
              name="stars"
              aria-label={t(`rating.${each}`)}
              checked={stars === each}
              onChange={() => setStars(each)}
            />
            <StarFace stars={each} />
          </label>
        ))}
      </fieldset>
      {stars !== undefined && (
        <>
          <label className="field">
            <span>{t('rating.line')}</span>
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
            {t('composer.send')}
          </button>
        </>
      )}
      <p className="complaint" role="alert">
        {complaint}
      </p>
    </form>
  );
}
