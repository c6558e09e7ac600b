import { useId } from 'react';
import { t } from '../words/words.ts';
import type { Lasting } from './answered.ts';
import './consent.css';

/** Asked once, beside the conversation; three answers of the same weight. */
export function Question({ name, onAnswer }: { name: string; onAnswer(answer: Lasting): void }) {
  const id = useId();
  return (
    <section className="may-i" aria-labelledby={id}>
      <h2 id={id}>{t('consent.ask', { name })}</h2>
      <p>{t('consent.ask.how')}</p>
      <p className="may-i-answers">
        <button type="button" onClick={() => onAnswer({ feelings: true, sight: true })}>
          {t('consent.yes')}
        </button>
        <button type="button" onClick={() => onAnswer({ feelings: true, sight: false })}>
          {t('consent.onlyFeelings')}
        </button>
        <button type="button" onClick={() => onAnswer({ feelings: false, sight: false })}>
          {t('consent.no')}
        </button>
      </p>
    </section>
  );
}
