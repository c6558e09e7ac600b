import { MicrophoneIcon } from '../ui/icons.tsx';
import type { Listed } from './who.ts';

/** Everybody in the call, one a row. */
export function List({ people }: { people: readonly Listed[] }) {
  return (
    <ul className="people-list" aria-label="People in this call">
      {people.map(person => (
        <Row key={person.identity} person={person} />
      ))}
    </ul>
  );
}

function Row({ person: { identity, name, kind, self, muted, away } }: { person: Listed }) {
  return (
    <li data-identity={identity}>
      <bdi className="people-name" dir="auto">
        {name}
      </bdi>
      {self && <small>you</small>}
      {kind === 'avatar' && (
        <abbr className="people-ai" title="An AI, no human being">
          AI
        </abbr>
      )}
      {away && <small>reconnecting…</small>}
      {muted && !away && (
        <span className="people-mark" title="Muted">
          <MicrophoneIcon off />
          <span className="unseen">muted</span>
        </span>
      )}
    </li>
  );
}
