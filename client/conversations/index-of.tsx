import { useCallback, useEffect, useState } from 'react';
import type { ConversationSummary } from '../../protocol/conversations.ts';
import { clockOf, dateOf, listOf } from '../words/format.ts';
import { t } from '../words/words.ts';
import { type KeptApi, KeptFailure } from './api.ts';
import { lengthOf, whoWas } from './words.ts';

/** Typing has paused. */
const PAUSE_MS = 250;

/** All conversations that may be seen, newest first, and those in which words occur. */
export function ConversationIndex(props: { api: KeptApi; onOpen(id: string): void; onRefused(message: string): void }) {
  const { api, onOpen, onRefused } = props;
  const [query, setQuery] = useState('');
  const [found, setFound] = useState<ConversationSummary[]>();
  const [next, setNext] = useState<string | null>(null);
  const [complaint, setComplaint] = useState('');

  const load = useCallback(
    async (words: string, cursor?: string) => {
      try {
        const page = await api.list({ query: words.trim(), ...(cursor !== undefined && { cursor }) });
        setFound(before => (cursor === undefined ? page.conversations : [...(before ?? []), ...page.conversations]));
        setNext(page.next);
        setComplaint('');
      } catch (error) {
        if (error instanceof KeptFailure && error.needsToken) onRefused(error.message);
        else setComplaint((error as Error).message);
      }
    },
    [api, onRefused],
  );
  useEffect(() => {
    const timer = setTimeout(() => void load(query), query === '' ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [load, query]);

  return (
    <section className="kept-card" aria-label={t('kept.all')}>
      <label className="field">
        <span>{t('kept.search')}</span>
        <input
          type="search"
          dir="auto"
          value={query}
          maxLength={200}
          onChange={({ target }) => setQuery(target.value)}
        />
      </label>
      <p className="complaint" role="alert">
        {complaint}
      </p>
      <ul className="kept-list" aria-label={t('kept.title')} aria-busy={found === undefined}>
        {found?.map(each => (
          <li key={each.id} data-conversation={each.id}>
            <button type="button" onClick={() => onOpen(each.id)}>
              <span className="kept-who">
                <b dir="auto">{whoWas(each)}</b>
                <time dateTime={each.startedAt}>{listOf([dateOf(each.startedAt), clockOf(each.startedAt)])}</time>
              </span>
              <span className="kept-excerpt" dir="auto">
                {each.excerpt || t('kept.silent')}
              </span>
              <span className="kept-small">
                <bdi>{each.room}</bdi> · {t('kept.messages', { count: each.messageCount })} · {lengthOf(each)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found?.length === 0 && <p className="kept-none">{t(query.trim() === '' ? 'kept.none' : 'kept.notFound')}</p>}
      {next !== null && (
        <button type="button" className="secondary" onClick={() => void load(query, next)}>
          {t('kept.earlier')}
        </button>
      )}
    </section>
  );
}
