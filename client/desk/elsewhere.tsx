import { focus } from '../ui/hooks.ts';
import { t } from '../words/words.ts';

/** This browser is in the call already: a person is asked whether they mean to go on here. */
export function Elsewhere(props: {
  /** Moves the call to this tab. */
  onHere(): void;
  /** Absent: the invitation is for one person. */
  onAnother?: (() => void) | undefined;
  onBack(): void;
}) {
  const { onHere, onAnother, onBack } = props;
  return (
    <main className="nowhere">
      <h1 ref={focus} tabIndex={-1}>
        {t('tabs.title')}
      </h1>
      <p>{t('tabs.how')}</p>
      <p className="ways">
        <button type="button" className="primary" onClick={onHere}>
          {t('tabs.here')}
        </button>
        {onAnother && (
          <button type="button" className="secondary" onClick={onAnother}>
            {t('tabs.another')}
          </button>
        )}
        <button type="button" className="secondary" onClick={onBack}>
          {t('tabs.back')}
        </button>
      </p>
    </main>
  );
}
