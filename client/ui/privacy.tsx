import { Fragment } from 'react';
import { at } from '../place/at.ts';
import { rich } from '../words/rich.tsx';
import { t } from '../words/words.ts';

const PARTS = ['media', 'text', 'files', 'feelings', 'sight', 'memory', 'browser'] as const;

/** What becomes of what is said, in plain words; it holds for every server of this software. */
export function Privacy() {
  return (
    <main className="privacy">
      <a className="brand" href={at('/')}>
        Visavis
      </a>
      <h1>{t('privacy.title')}</h1>
      <dl>
        {PARTS.map(part => (
          <Fragment key={part}>
            <dt>{t(`privacy.${part}.title`)}</dt>
            <dd>{rich(`privacy.${part}`, { conversations: <a href={at('/conversations')}>{t('kept.title')}</a> })}</dd>
          </Fragment>
        ))}
      </dl>
      <a className="primary" href={at('/')}>
        {t('privacy.back')}
      </a>
    </main>
  );
}
