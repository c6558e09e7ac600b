import { useState } from 'react';
import { type Lasting, lastingOf } from '../consent/answered.ts';
import { loadPrefs, savePrefs } from '../room/prefs.ts';
import { t } from '../words/words.ts';

/** What the avatar may notice in the call: who says so here is not asked there. */
export function MayNotice({ name }: { name: string }) {
  const [may, setMay] = useState(() => lastingOf(loadPrefs()));
  const change = (said: Partial<Lasting>) => {
    const now = { ...may, ...said };
    savePrefs({ consent: now });
    setMay(now);
  };
  return (
    <fieldset className="may-notice">
      <legend className="unseen">{t('notice.title')}</legend>
      <label className="check">
        <input type="checkbox" checked={may.feelings} onChange={({ target }) => change({ feelings: target.checked })} />
        <span>
          {t('lobby.feelings', { name })}
          <small>{t('lobby.feelings.how')}</small>
        </span>
      </label>
      <label className="check">
        <input type="checkbox" checked={may.sight} onChange={({ target }) => change({ sight: target.checked })} />
        <span>
          {t('lobby.sight', { name })}
          <small>{t('lobby.sight.how')}</small>
        </span>
      </label>
    </fieldset>
  );
}
