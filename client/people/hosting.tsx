import { useEffect, useState } from 'react';
import type { RoomClient } from '../room/client.ts';
import type { CallState } from '../room/state.ts';
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
        aria-label={muted ? `Ask ${name} to unmute` : `Mute ${name}`}
        onClick={ask(muted ? 'host.unmute' : 'host.mute')}
      >
        {muted ? 'Ask to unmute' : 'Mute'}
      </button>
      <Sure label="Remove" sure={`Remove ${name}?`} onClick={ask('host.remove')} />
    </span>
  );
}

/** Who waits, with what a host may do about it. */
export function WaitingList({ client, people }: { client: RoomClient; people: CallState['waiting'] }) {
  const decide = (identity: string, admitted: boolean) => () =>
    void client.request('host.admit', { identity, admitted }).catch(() => {});
  if (people.length === 0) return null;
  return (
    <ul className="people-list" aria-label="Waiting to be let in">
      {people.map(({ identity, name }) => (
        <li key={identity}>
          <bdi className="people-name" dir="auto">
            {name}
          </bdi>
          <small>waits</small>
          <span className="row-tools">
            <button
              type="button"
              className="primary small"
              aria-label={`Let ${name} in`}
              onClick={decide(identity, true)}
            >
              Let in
            </button>
            <button
              type="button"
              className="secondary small"
              aria-label={`Send ${name} away`}
              onClick={decide(identity, false)}
            >
              Send away
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
      <legend>You are a host</legend>
      <label className="check">
        <input
          type="checkbox"
          checked={waitingRoom}
          onChange={({ target }) => void client.request('host.waiting', { on: target.checked }).catch(() => {})}
        />
        Waiting room: who is new has to be let in
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={locked}
          onChange={({ target }) => void client.request('host.lock', { locked: target.checked }).catch(() => {})}
        />
        Locked: nobody new comes in
      </label>
      <Sure
        label="End for everybody"
        sure="End the call for everybody?"
        onClick={() => void client.request('host.end', {}).catch(() => {})}
      />
    </fieldset>
  );
}
