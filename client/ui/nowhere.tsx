import { at } from '../place/at.ts';
import { t } from '../words/words.ts';

/** An address that there is not. */
export function Nowhere() {
  return (
    <main className="nowhere">
      <h1>{t('nowhere.title')}</h1>
      <p>{t('nowhere.why')}</p>
      <a className="primary" href={at('/')}>
        {t('nowhere.home')}
      </a>
    </main>
  );
}
