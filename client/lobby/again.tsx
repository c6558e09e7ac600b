import { t } from '../words/words.ts';

/** Whether one wants to be known again, and what follows from it. */
export function Again(props: {
  remember: boolean;
  resume: boolean;
  /** This browser has been remembered before. */
  isKnown: boolean;
  onChange(wish: { remember: boolean; resume: boolean }): void;
}) {
  const { remember, resume, isKnown, onChange } = props;
  return (
    <div className="again">
      <label className="check">
        <input
          type="checkbox"
          checked={remember}
          onChange={({ target }) => onChange({ remember: target.checked, resume })}
        />
        <span>
          {t('lobby.remember')}
          <small>{t('lobby.remember.how')}</small>
        </span>
      </label>
      {isKnown && (
        <label className="check">
          <input
            type="checkbox"
            checked={resume}
            onChange={({ target }) => onChange({ remember, resume: target.checked })}
          />
          {t('lobby.resume')}
        </label>
      )}
    </div>
  );
}
