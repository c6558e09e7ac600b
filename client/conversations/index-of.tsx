import { useCallback, useEffect, useState } from 'react';
import type { ConversationSummary } from '../../protocol/conversations.ts';
import { type KeptApi, KeptFailure } from './api.ts';
import { clockOf, dateOf, lengthOf, whoWas } from './words.ts';

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
    <section className="kept-card" aria-label="All conversations">
      <label className="field">
        <span>Search what was said</span>
        <input type="search" value={query} maxLength={200} onChange={({ target }) => setQuery(target.value)} />
      </label>
      <p className="complaint" role="alert">
        {complaint}
      </p>
      <ul className="kept-list" aria-label="Conversations" aria-busy={found === undefined}>
        {found?.map(each => (
          <li key={each.id} data-conversation={each.id}>
            <button type="button" onClick={() => onOpen(each.id)}>
              <span className="kept-who">
                <b>{whoWas(each)}</b>
                <time dateTime={each.startedAt}>
                  {dateOf(each.startedAt)}, {clockOf(each.startedAt)}
                </time>
              </span>
              <span className="kept-excerpt">{each.excerpt || 'Nothing was said.'}</span>
              <span className="kept-small">
                {each.room} · {each.messageCount === 1 ? '1 message' : `${each.messageCount} messages`} ·{' '}
                {lengthOf(each)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found?.length === 0 && (
        <p className="kept-none">{query.trim() === '' ? 'No conversation is kept.' : 'Nothing like this was said.'}</p>
      )}
      {next !== null && (
        <button type="button" className="secondary" onClick={() => void load(query, next)}>
          Show earlier ones
        </button>
      )}
    </section>
  );
}
