import { t } from '../words/words.ts';

/** Asked before anything is noticed: no is the answer until somebody says yes. */
export function MayNotice({ feelings, onChange }: { feelings: boolean; onChange(feelings: boolean): void }) {
  return (
    <label className="check may-notice">
      <input type="checkbox" checked={feelings} onChange={({ target }) => onChange(target.checked)} />
      <span>
        {t('lobby.feelings')}
        <small>{t('lobby.feelings.how')}</small>
      </span>
    </label>
  );
}
