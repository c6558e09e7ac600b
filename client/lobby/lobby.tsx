import { type FormEvent, lazy, Suspense, useEffect, useId, useRef, useState } from 'react';
import { LIMITS } from '../../protocol/limits.ts';
import type { Desk, Entry } from '../desk/desk.ts';
import { toRoomName } from '../desk/route.ts';
import { at } from '../place/at.ts';
import { loadPortraits } from '../room/own-portraits.ts';
import { loadPersonKey } from '../room/person.ts';
import { loadPrefs } from '../room/prefs.ts';
import { rich } from '../words/rich.tsx';
import { t } from '../words/words.ts';
import { Again } from './again.tsx';
import { AvatarPicker } from './avatar-picker.tsx';
import { MayNotice } from './may-notice.tsx';
import { Meet } from './meet.tsx';
import { More } from './more.tsx';
import { lackingOf } from './offered.ts';
import { usePersonas } from './personas.ts';
import { Preview } from './preview.tsx';
import { useAvatars } from './use-avatars.ts';

const PortraitDialog = lazy(() =>
  import('./portrait-dialog.tsx').then(({ PortraitDialog: Dialog }) => ({ default: Dialog })),
);

/** Typing has paused: what is in the form may be what is meant. */
const PAUSE_MS = 700;

/** The page was opened on the machine that serves it, or through a tunnel to it. */
const isOwnMachine = (hostname: string) => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);

/**
 * Before the call: whom you meet, who you are, how you look and sound.
 * @param onShown called once it can be seen: what comes next may be loaded
 */
export function Lobby({ desk, onShown }: { desk: Desk; onShown(): void }) {
  const { route, local } = desk;
  const [name, setName] = useState(() => route.name ?? loadPrefs().name ?? '');
  const [room, setRoom] = useState(desk.room);
  const [persona, setPersona] = useState<string>();
  // Who invites to a persona means its face, too.
  const [wanted, setWanted] = useState(() => route.avatar ?? (route.persona ? undefined : loadPrefs().avatar));
  const [portraits, setPortraits] = useState(false);
  const [known, setKnown] = useState(() => ({ remember: loadPrefs().remember === true, resume: false }));
  const [complaint, setComplaint] = useState<{ field: 'name' | 'room'; text: string }>();
  const nameField = useRef<HTMLInputElement>(null);
  const complaintId = useId();
  const list = usePersonas();
  const choices = useAvatars(route.avatar);
  // With an invitation it is the invitation that says.
  const lacking = route.token ? [] : lackingOf(route, list, choices?.avatars);
  const named = list?.personas.find(({ id }) => id === route.persona);
  const partner = list?.personas.find(({ id }) => id === (persona ?? named?.id ?? list.defaultPersona));
  const entryOf = (id: string | undefined) => choices?.avatars.find(avatar => avatar.id === id);
  // One that was removed meanwhile is not asked for.
  const avatar = choices === undefined || entryOf(wanted) ? wanted : undefined;
  const entry: Entry = { room: toRoomName(room), name: name.trim(), persona, avatar, ...known };

  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(onShown, []);

  useEffect(() => {
    if (route.room === undefined) return;
    const timer = setTimeout(
      () => desk.prepare({ room: route.room!, name: name.trim(), persona, avatar, ...known }),
      PAUSE_MS,
    );
    return () => clearTimeout(timer);
  }, [desk, route.room, name, persona, avatar, known]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (entry.name === '') {
      setComplaint({ field: 'name', text: t('lobby.noName') });
      nameField.current?.focus();
    } else if (entry.room === '') setComplaint({ field: 'room', text: t('lobby.noRoom') });
    else void desk.enter(entry);
  };
  const choosesPersona = list !== undefined && list.personas.length > 1 && !named && !route.token;
  const choose = (id: string) => {
    setPersona(id);
    // Its own face; another may be chosen under "More".
    setWanted(undefined);
  };
  const nameComplaint = complaint?.field === 'name' ? complaint.text : undefined;

  return (
    <main className="lobby">
      <div className="lobby-card">
        <Meet
          personas={list?.personas ?? []}
          chosen={partner}
          face={avatar}
          {...(choosesPersona && { onChoose: choose })}
        />
        <form onSubmit={submit} noValidate>
          <p className="brand">Visavis</p>
          <h1>{partner ? t('lobby.meet', { name: partner.name }) : t('lobby.title')}</h1>
          <p className="lead">
            <bdi dir="auto">{partner?.description ?? t('lobby.lead')}</bdi>{' '}
            {partner?.expertise && t('lobby.expertise', { what: partner.expertise.join(', ') })}{' '}
            {route.room !== undefined && rich('lobby.enter', { room: <strong dir="auto">{route.room}</strong> })}
          </p>
          <output className="link-lacks">
            {lacking.map(sentence => (
              <span key={sentence}>{sentence}</span>
            ))}
          </output>
          <label className="field">
            <span>{t('lobby.name')}</span>
            <input
              ref={nameField}
              type="text"
              dir="auto"
              value={name}
              maxLength={LIMITS.nameLength}
              autoComplete="name"
              enterKeyHint="go"
              aria-invalid={nameComplaint !== undefined || undefined}
              aria-describedby={nameComplaint === undefined ? undefined : complaintId}
              onChange={({ target }) => {
                setName(target.value);
                setComplaint(undefined);
              }}
            />
            {nameComplaint !== undefined && (
              <small id={complaintId} className="complaint" role="alert">
                {nameComplaint}
              </small>
            )}
          </label>
          <Preview local={local} name={name} />
          <button
            type="submit"
            className="primary"
            onPointerEnter={() => desk.prepare(entry)}
            onFocus={() => desk.prepare(entry)}
          >
            {t('join')}
          </button>
          {!route.token && <Again {...known} isKnown={loadPersonKey() !== undefined} onChange={setKnown} />}
          <More
            local={local}
            {...(route.room === undefined && { room })}
            onRoom={typed => {
              setRoom(typed);
              setComplaint(undefined);
            }}
            {...(complaint?.field === 'room' && { complaint: { id: complaintId, text: complaint.text } })}
          >
            <MayNotice name={partner?.name ?? t('consent.theAvatar')} />
            {choices && choices.avatars.length > 0 && !route.token && (
              <AvatarPicker
                choices={choices}
                chosen={avatar ?? partner?.avatar}
                onChoose={setWanted}
                onOwn={() => setPortraits(true)}
              />
            )}
          </More>
          {list?.lacking.includes('hibari') && <p className="about-persona">{t('lobby.simpleVoice')}</p>}
          {list?.lacking.includes('language-model') && isOwnMachine(location.hostname) && (
            <p className="about-persona for-operator">
              {t('lobby.script', { name: partner?.name ?? t('theAvatar') })}{' '}
              <code dir="ltr">npm run models -- list</code>
            </p>
          )}
          <nav className="lobby-links" aria-label={t('lobby.about')}>
            <a href={at('/privacy')}>{t('lobby.kept')}</a>
            <a href={at('/conversations')}>{t('kept.title')}</a>
            <a href={at('/docs')}>{t('lobby.developers')}</a>
          </nav>
        </form>
      </div>
      {portraits && choices && (
        <Suspense>
          <PortraitDialog
            choices={choices}
            token={desk.portraitToken}
            shown={loadPortraits().some(({ id }) => id === avatar) ? entryOf(avatar) : undefined}
            onUse={id => {
              setWanted(id);
              setPortraits(false);
            }}
            onClose={() => setPortraits(false)}
          />
        </Suspense>
      )}
    </main>
  );
}
