import type { RoomClient } from '../room/client.ts';
import { HandIcon, MicrophoneIcon } from '../ui/icons.tsx';
import { t } from '../words/words.ts';
import { RowTools } from './hosting.tsx';
import type { Listed } from './who.ts';

/** Everybody in the call, one a row; `client` for hosts, who may do something about them. */
export function List({ people, client }: { people: readonly Listed[]; client: RoomClient | undefined }) {
  return (
    <ul className="people-list" aria-label={t('people.list')}>
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
      {self && <small>{t('people.you')}</small>}
      {host && <small>{t('people.host')}</small>}
      {kind === 'avatar' && (
        <abbr className="people-ai" title={t('tile.aiTitle')}>
          AI
        </abbr>
      )}
      {hand !== undefined && (
        <span className="people-mark raised" title={t('tile.hand')}>
          <HandIcon />
          <span className="unseen">{t('tile.hand')}</span>
        </span>
      )}
      {away && <small>{t('tile.away')}</small>}
      {muted && !away && (
        <span className="people-mark" title={t('tile.muted')}>
          <MicrophoneIcon off />
          <span className="unseen">{t('tile.muted')}</span>
        </span>
      )}
      {client && <RowTools client={client} person={person} />}
    </li>
  );
}
