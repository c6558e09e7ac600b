import { type FormEvent, useCallback, useEffect, useMemo, useState } from 'react';
import { at, withoutBase } from '../place/at.ts';
import { forgetPersonKey } from '../room/person.ts';
import { t } from '../words/words.ts';
import { KeptApi } from './api.ts';
import { ConversationIndex } from './index-of.tsx';
import { Memories } from './memories.tsx';
import { Reading } from './reading.tsx';
import './conversations.css';

type View = { at: 'index' } | { at: 'memories' } | { at: 'conversation'; id: string };

/** The page of what was said and what is remembered, for those whose token allows it. */
export function Conversations({ id, token }: { id?: string; token?: string }) {
  const [given, setGiven] = useState(token);
  const api = useMemo(() => new KeptApi(given), [given]);
  const [view, setView] = useState<View>(id === undefined ? { at: 'index' } : { at: 'conversation', id });
  const [refused, setRefused] = useState<string>();

  const go = useCallback((next: View) => {
    setView(next);
    const path = at(next.at === 'conversation' ? `/conversations/${next.id}` : '/conversations');
    if (location.pathname !== path) history.pushState(null, '', path + location.hash);
  }, []);

  useEffect(() => {
    document.title = `${t('kept.title')} · Visavis`;
    const back = () => {
      const shown = /^\/conversations\/([0-9a-f-]{36})/.exec(withoutBase(location.pathname))?.[1];
      setView(shown === undefined ? { at: 'index' } : { at: 'conversation', id: shown });
    };
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, []);

  if (!api.hasToken || refused !== undefined)
    return (
      <Page>
        <Ask
          complaint={refused}
          onToken={text => {
            setRefused(undefined);
            setGiven(text);
          }}
        />
      </Page>
    );
  return (
    <Page>
      <nav className="kept-tabs" aria-label={t('kept.tabs')}>
        <button
          type="button"
          aria-current={view.at !== 'memories' ? 'page' : undefined}
          onClick={() => go({ at: 'index' })}
        >
          {t('kept.title')}
        </button>
        <button
          type="button"
          aria-current={view.at === 'memories' ? 'page' : undefined}
          onClick={() => go({ at: 'memories' })}
        >
          {t('memories.title')}
        </button>
      </nav>
      {view.at === 'memories' ? (
        <Memories
          api={api}
          onErased={() => {
            if (api.isOwn) forgetPersonKey();
          }}
        />
      ) : view.at === 'conversation' ? (
        <Reading key={view.id} api={api} id={view.id} onBack={() => go({ at: 'index' })} onRefused={setRefused} />
      ) : (
        <ConversationIndex api={api} onOpen={open => go({ at: 'conversation', id: open })} onRefused={setRefused} />
      )}
    </Page>
  );
}

function Page({ children }: { children: React.ReactNode }) {
  return (
    <main className="kept">
      <header className="kept-head">
        <a className="brand" href={at('/')}>
          Visavis
        </a>
        <h1>{t('kept.title')}</h1>
      </header>
      {children}
    </main>
  );
}

function Ask({ complaint, onToken }: { complaint?: string; onToken(token: string): void }) {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') onToken(text.trim());
  };
  return (
    <form className="kept-card kept-ask" onSubmit={submit}>
      <p dir="auto">{complaint ?? `${t('kept.unknown')} ${t('kept.how')}`}</p>
      <label className="field">
        <span>{t('kept.token')}</span>
        <input
          type="password"
          value={text}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      <button type="submit" className="primary">
        {t('kept.open')}
      </button>
    </form>
  );
}
