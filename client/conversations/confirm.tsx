import { useState } from 'react';
import { focus } from '../ui/hooks.ts';
import { t } from '../words/words.ts';

/** A button that asks once more before it does what cannot be undone. */
export function Confirm(props: { name: string; question: string; act(): Promise<unknown> }) {
  const { name, question, act } = props;
  const [asked, setAsked] = useState<'no' | 'yes' | 'doing'>('no');
  if (asked === 'no')
    return (
      <button type="button" className="secondary small danger-text kept-confirm" onClick={() => setAsked('yes')}>
        {name}
      </button>
    );
  return (
    <div className="kept-confirm kept-row" role="alertdialog" aria-label={name} aria-describedby="confirm-question">
      <p id="confirm-question">{question}</p>
      <span className="kept-exports">
        <button type="button" className="secondary small" ref={focus} onClick={() => setAsked('no')}>
          {t('kept.keep')}
        </button>
        <button
          type="button"
          className="primary small kept-danger"
          disabled={asked === 'doing'}
          onClick={() => {
            setAsked('doing');
            void act().finally(() => setAsked('no'));
          }}
        >
          {name}
        </button>
      </span>
    </div>
  );
}
