import { useEffect, useState } from 'react';
import type { PersonaList } from '../../protocol/rest.ts';
import { at } from '../place/at.ts';

/** Who can be talked with; empty until known, and where the server does not say. */
export function usePersonas(): PersonaList | undefined {
  const [list, setList] = useState<PersonaList>();
  useEffect(() => {
    const stop = new AbortController();
    fetch(at('/api/personas'), { signal: stop.signal })
      .then(response => (response.ok ? (response.json() as Promise<PersonaList>) : undefined))
      .then(setList)
      .catch(() => {});
    return () => stop.abort();
  }, []);
  return list;
}
