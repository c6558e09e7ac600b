import { savePrefs } from '../room/prefs.ts';
import { LANGUAGES, type Language, language, speak, t } from '../words/words.ts';

/** Chooses the language of the page, now and for the next time. */
export function LanguagePicker() {
  const choose = (next: Language) => {
    savePrefs({ language: next });
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
