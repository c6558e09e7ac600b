import { useEffect, useState } from 'react';
import type { RoomClient } from '../room/client.ts';
import type { CallState } from '../room/state.ts';
import { t } from '../words/words.ts';
import type { Listed } from './who.ts';

/** So long a second click is waited for. */
const SURE_MS = 5000;

/** Something that is not taken back: the first click asks whether it is meant. */
function Sure({ label, sure, onClick }: { label: string; sure: string; onClick(): void }) {
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (!asked) return;
    const timer = setTimeout(() => setAsked(false), SURE_MS);
    return () => clearTimeout(timer);
  }, [asked]);
  const click = () => {
    setAsked(!asked);
    if (asked) onClick();
  };
  return (
    <button type="button" className="secondary small danger-text" onClick={click}>
      {asked ? sure : label}
    </button>
  );
}

/** What a host may do about one person. What is too late by now does nothing. */
export function RowTools({ client, person }: { client: RoomClient; person: Listed }) {
  const { identity, name, muted, self, kind, host } = person;
  if (self || kind === 'avatar' || host) return null;
  const ask = (request: 'host.mute' | 'host.unmute' | 'host.remove') => () =>
    void client.request(request, { identity }).catch(() => {});
  return (
    <span className="row-tools">
      <button
        type="button"
        className="secondary small"
        aria-label={t(muted ? 'host.unmuteWho' : 'host.muteWho', { name })}
        onClick={ask(muted ? 'host.unmute' : 'host.mute')}
      >
        {t(muted ? 'host.unmute' : 'host.mute')}
      </button>
      <Sure label={t('host.remove')} sure={t('host.removeWho', { name })} onClick={ask('host.remove')} />
    </span>
  );
}

/** Who waits, with what a host may do about it. */
export function WaitingList({ client, people }: { client: RoomClient; people: CallState['waiting'] }) {
  const decide = (identity: string, admitted: boolean) => () =>
    void client.request('host.admit', { identity, admitted }).catch(() => {});
  if (people.length === 0) return null;
  return (
    <ul className="people-list" aria-label={t('door.list')}>
      {people.map(({ identity, name }) => (
        <li key={identity}>
          <bdi className="people-name" dir="auto">
            {name}
          </bdi>
          <small>{t('door.waits')}</small>
          <span className="row-tools">
            <button
              type="button"
              className="primary small"
              aria-label={t('door.admitWho', { name })}
              onClick={decide(identity, true)}
            >
              {t('door.admit')}
            </button>
            <button
              type="button"
              className="secondary small"
              aria-label={t('door.refuseWho', { name })}
              onClick={decide(identity, false)}
            >
              {t('door.refuse')}
            </button>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The room's door, and its end. */
export function HostTools({ client, state: { door } }: { client: RoomClient; state: CallState }) {
  const { locked = false, waitingRoom = false } = door ?? {};
  return (
    <fieldset className="host-tools">
      <legend>{t('host.title')}</legend>
      <label className="check">
        <input
          type="checkbox"
          checked={waitingRoom}
          onChange={({ target }) => void client.request('host.waiting', { on: target.checked }).catch(() => {})}
        />
        {t('door.waitingRoom')}
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={locked}
          onChange={({ target }) => void client.request('host.lock', { locked: target.checked }).catch(() => {})}
        />
        {t('door.locked')}
      </label>
      <Sure
        label={t('host.end')}
        sure={t('host.endSure')}
        onClick={() => void client.request('host.end', {}).catch(() => {})}
      />
    </fieldset>
  );
}
