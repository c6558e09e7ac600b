import { savePrefs } from '../room/prefs.ts';
import { LANGUAGES, type Language, language, speak, t } from '../words/words.ts';

/** Chooses the language of the page, now and for the next time. */
export function LanguagePicker() {
  const choose = (next: Language) => {
    savePrefs({ language: next });
    const address = new URL(location.href);
    // What was chosen counts from now on, not what the link had asked for.
    address.searchParams.delete('lang');
    history.replaceState(history.state, '', address);
    void speak(next, navigator.languages);
  };
  return (
    <label className="field">
      <span>{t('language')}</span>
      <select value={language()} onChange={({ target }) => choose(target.value as Language)}>
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
