import { useEffect, useRef, useState } from 'react';
import type { ParticipantInfo } from '../../protocol/signaling.ts';
import { t } from '../words/words.ts';

/** So long a name stands there. */
const SHOWN_MS = 4000;

type News = { id: number; text: string };

/** Tells for a moment who came, and who left; those who were there when one came are no news. */
export function CameAndWent({ others, connected }: { others: readonly ParticipantInfo[]; connected: boolean }) {
  const [news, setNews] = useState<News[]>([]);
  const known = useRef<Map<string, string> | undefined>(undefined);
  const count = useRef(0);
  useEffect(() => {
    if (!connected) return;
    const people = new Map(others.filter(({ kind }) => kind === 'human').map(({ identity, name }) => [identity, name]));
    const before = known.current;
    known.current = people;
    if (before === undefined) return;
    const came = [...people].filter(([identity]) => !before.has(identity)).map(([, name]) => t('call.came', { name }));
    const went = [...before].filter(([identity]) => !people.has(identity)).map(([, name]) => t('call.went', { name }));
    const fresh = [...came, ...went].map(text => ({ id: ++count.current, text }));
    if (fresh.length === 0) return;
    setNews(shown => [...shown, ...fresh].slice(-3));
    setTimeout(() => setNews(shown => shown.filter(each => !fresh.includes(each))), SHOWN_MS);
  }, [others, connected]);
  return (
    <output className="came-and-went">
      {news.map(({ id, text }) => (
        <span key={id} className="notice">
          {text}
        </span>
      ))}
    </output>
  );
}
