import { type ReactNode, type RefObject, useEffect } from 'react';
import { BASE } from '../place/at.ts';
import type { RoomClient } from '../room/client.ts';
import type { LocalMedia } from '../room/local.ts';
import type { CallState } from '../room/state.ts';
import { useStore } from '../ui/hooks.ts';
import { PeopleIcon } from '../ui/icons.tsx';
import { t } from '../words/words.ts';
import { HostTools, WaitingList } from './hosting.tsx';
import { ByInvitation, Invite } from './invite.tsx';
import { inviteLink } from './link.ts';
import { List } from './list.tsx';
import { listed } from './who.ts';
import './people.css';

/** Opens the list of people; tells how many they are, the avatar not counted. */
export function PeopleButton({ count, onClick }: { count: number; onClick(): void }) {
  return (
    <button
      type="button"
      className="round plain people-button"
      aria-label={t('people.count', { count })}
      title={t('people.title')}
      onClick={onClick}
    >
      <PeopleIcon />
      <span className="people-count" aria-hidden="true">
        {count}
      </span>
    </button>
  );
}

type Props = {
  client: RoomClient;
  dialog: RefObject<HTMLDialogElement | null>;
  state: CallState;
  local: LocalMedia;
  room: string;
  /** They came with an invitation: there is no link that lets others in. */
  invited: boolean;
  /** What else may be done here. */
  children?: ReactNode;
};

/** Who is in the call, and how others get here. */
export function People({ client, dialog, state, local, room, invited, children }: Props) {
  const { microphone, muted } = useStore(local.store);
  useEffect(() => {
    const element = dialog.current!;
    // A click beside the dialog lands on its backdrop, which is the element itself.
    const outside = (event: MouseEvent) => event.target === element && element.close();
    element.addEventListener('click', outside);
    return () => element.removeEventListener('click', outside);
  }, [dialog]);
  return (
    <dialog ref={dialog} className="settings people" aria-label={t('people.title')}>
      <form method="dialog">
        <h2>{t('people.title')}</h2>
        {children}
        <WaitingList client={client} people={state.waiting} />
        <List client={state.host ? client : undefined} people={listed(state, muted || microphone.status !== 'on')} />
        {state.host && <HostTools client={client} state={state} />}
        <h3>{t('invite.title')}</h3>
        {invited ? <ByInvitation /> : <Invite link={inviteLink(location.origin, BASE, room)} room={room} />}
        <button type="submit" className="secondary">
          {t('close')}
        </button>
      </form>
    </dialog>
  );
}
