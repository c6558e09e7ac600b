import { useEffect, useRef } from 'react';
import { at } from '../place/at.ts';
import type { Ending } from '../room/failures.ts';

/** The end of a call: what happened, and a way on. */
export function End({ ending, onAgain }: { ending: Ending; onAgain(): void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const again = ending.wayOn === 'rejoin';
  return (
    <section className="end">
      <div className="end-card" role="alert">
        <h1 ref={heading} tabIndex={-1}>
          {ending.title}
        </h1>
        <p>{ending.message}</p>
      </div>
      <p className="end-ways">
        {again && (
          <button type="button" className="primary" onClick={onAgain}>
            Join again
          </button>
        )}
        <a className={again ? 'secondary' : 'primary'} href={at('/')}>
          Choose another room
        </a>
      </p>
    </section>
  );
}
