import type { RoomClient } from '../room/client.ts';
import { HandIcon, MicrophoneIcon } from '../ui/icons.tsx';
import { RowTools } from './hosting.tsx';
import type { Listed } from './who.ts';

/** Everybody in the call, one a row; `client` for hosts, who may do something about them. */
export function List({ people, client }: { people: readonly Listed[]; client: RoomClient | undefined }) {
  return (
    <ul className="people-list" aria-label="People in this call">
      {people.map(person => (
        <Row key={person.identity} person={person} client={client} />
      ))}
    </ul>
  );
}

function Row({ person, client }: { person: Listed; client: RoomClient | undefined }) {
  const { identity, name, kind, self, muted, away, hand, host } = person;
  return (
    <li data-identity={identity}>
      <bdi className="people-name" dir="auto">
        {name}
      </bdi>
      {self && <small>you</small>}
      {host && <small>host</small>}
      {kind === 'avatar' && (
        <abbr className="people-ai" title="An AI, no human being">
          AI
        </abbr>
      )}
      {hand !== undefined && (
        <span className="people-mark raised" title="Hand raised">
          <HandIcon />
          <span className="unseen">hand raised</span>
        </span>
      )}
      {away && <small>reconnecting…</small>}
      {muted && !away && (
        <span className="people-mark" title="Muted">
          <MicrophoneIcon off />
          <span className="unseen">muted</span>
        </span>
      )}
      {client && <RowTools client={client} person={person} />}
    </li>
  );
}
