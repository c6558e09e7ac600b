import { useEffect, useState } from 'react';
import type { Reaction } from '../room/state.ts';

/** So long a reaction is seen. */
const SHOWN_MS = 4000;

/** What somebody has just shown, floating over their picture; the words for it are {@link Gestures}'. */
export const Floats = ({ reactions }: { reactions: readonly Reaction[] }) => (
  <span className="floats" aria-hidden="true">
    {reactions.map(reaction => (
      <Float key={reaction.id} reaction={reaction} />
    ))}
  </span>
);

function Float({ reaction: { id, emoji, atMs } }: { reaction: Reaction }) {
  // A tile that is set up anew does not show again what is over.
  const [over, setOver] = useState(() => Date.now() - atMs >= SHOWN_MS);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), atMs + SHOWN_MS - Date.now());
    return () => clearTimeout(timer);
  }, [atMs]);
  // Beside one another, where several come at once.
  return over ? null : <i style={{ insetInlineStart: `${15 + ((id * 37) % 70)}%` }}>{emoji}</i>;
}
