import { type FormEvent, useEffect, useId, useState } from 'react';
import { LIMITS } from '../../protocol/limits.ts';
import type { Desk, Entry } from '../desk/desk.ts';
import { DEFAULT_ROOM, toRoomName } from '../desk/route.ts';
import { loadPersonKey } from '../room/person.ts';
import { loadPrefs } from '../room/prefs.ts';
import { DevicePicker } from '../ui/device-picker.tsx';
import { Again } from './again.tsx';
import { AvatarPicker } from './avatar-picker.tsx';
import { MayNotice } from './may-notice.tsx';
import { usePersonas } from './personas.ts';
import { PortraitDialog } from './portrait-dialog.tsx';
import { Preview } from './preview.tsx';
import { useAvatars } from './use-avatars.ts';

/** Typing has paused: what is in the form may be what is meant. */
const PAUSE_MS = 700;

/** The page was opened on the machine that serves it, or through a tunnel to it. */
const isOwnMachine = (hostname: string) => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);

/** Before the call: who you are, how you look and sound, and where you are going. */
export function Lobby({ desk }: { desk: Desk }) {
  const { route, local } = desk;
  const [name, setName] = useState(() => route.name ?? loadPrefs().name ?? '');
  const [room, setRoom] = useState(route.room ?? DEFAULT_ROOM);
  const [persona, setPersona] = useState<string>();
  // Who invites to a persona means its face, too.
  const [wanted, setWanted] = useState(() => route.avatar ?? (route.persona ? undefined : loadPrefs().avatar));
  const [portraits, setPortraits] = useState(false);
  const [known, setKnown] = useState(() => ({ remember: loadPrefs().remember === true, resume: false }));
  const [feelings, setFeelings] = useState(() => loadPrefs().consent?.feelings === true);
  const [complaint, setComplaint] = useState<{ field: 'name' | 'room'; text: string }>();
  const complaintId = useId();
  const aboutId = useId();
  const list = usePersonas();
  const choices = useAvatars();
  const partner = list?.personas.find(({ id }) => id === (persona ?? route.persona ?? list.defaultPersona));
  const entryOf = (id: string | undefined) => choices?.avatars.find(avatar => avatar.id === id);
  // One that was removed meanwhile is not asked for.
  const avatar = choices === undefined || entryOf(wanted) ? wanted : undefined;
  const entry: Entry = { room: toRoomName(room), name: name.trim(), persona, avatar, feelings, ...known };

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
    if (entry.name === '') return setComplaint({ field: 'name', text: 'Please tell the others what to call you.' });
    if (entry.room === '') return setComplaint({ field: 'room', text: 'Please give the room a name.' });
    desk.enter(entry);
  };
  const choosesPersona = list && list.personas.length > 1 && !route.persona && !route.token;

  return (
    <main className="lobby">
      <div className="lobby-card">
        <Preview local={local} name={name} />
        <form onSubmit={submit} noValidate>
          <p className="brand">Visavis</p>
          <h1>{route.room ? 'Ready to join?' : 'Face to face'}</h1>
          <p className="lead">
            {route.room ? (
              <>
                You are about to enter <strong>{route.room}</strong>.
              </>
            ) : (
              'A video call with somebody who always has time.'
            )}
          </p>
          <label className="field">
            <span>Your name</span>
            <input
              type="text"
              value={name}
              maxLength={LIMITS.nameLength}
              autoComplete="name"
              enterKeyHint="go"
              aria-invalid={complaint?.field === 'name' || undefined}
              aria-describedby={complaint?.field === 'name' ? complaintId : undefined}
              onChange={({ target }) => setName(target.value)}
            />
          </label>
          {route.room === undefined && (
            <label className="field">
              <span>Room</span>
              <input
                type="text"
                value={room}
                maxLength={LIMITS.roomLength}
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                aria-invalid={complaint?.field === 'room' || undefined}
                aria-describedby={complaint?.field === 'room' ? complaintId : undefined}
                onChange={({ target }) => setRoom(target.value)}
              />
            </label>
          )}
          {choosesPersona && (
            <>
              <label className="field">
                <span>Talk with</span>
                <select
                  value={persona ?? list.defaultPersona}
                  aria-describedby={aboutId}
                  onChange={({ target }) => {
                    setPersona(target.value);
                    // Its own face; another may be chosen below.
                    setWanted(undefined);
                  }}
                >
                  {list.personas.map(({ id, name: who }) => (
                    <option key={id} value={id}>
                      {who}
                    </option>
                  ))}
                </select>
              </label>
              <p id={aboutId} className="about-persona">
                {partner?.description}
                {partner?.expertise && ` Knows about ${partner.expertise.join(', ')}.`}
              </p>
            </>
          )}
          {choices && choices.avatars.length > 0 && !route.token && (
            <AvatarPicker
              choices={choices}
              chosen={avatar ?? partner?.avatar}
              onChoose={setWanted}
              onOwn={() => setPortraits(true)}
            />
          )}
          <div className="pickers">
            <DevicePicker kind="microphone" local={local} />
            <DevicePicker kind="camera" local={local} />
          </div>
          {list?.lacking.includes('hibari') && (
            <p className="about-persona">Avatars speak with their simple voice: the natural one is not installed.</p>
          )}
          <MayNotice feelings={feelings} onChange={setFeelings} />
          {!route.token && <Again {...known} isKnown={loadPersonKey() !== undefined} onChange={setKnown} />}
          <p id={complaintId} className="complaint" role="alert">
            {complaint?.text}
          </p>
          <button
            type="submit"
            className="primary"
            onPointerEnter={() => desk.prepare(entry)}
            onFocus={() => desk.prepare(entry)}
          >
            Join
          </button>
          {list?.lacking.includes('language-model') && isOwnMachine(location.hostname) && (
            <p className="about-persona for-operator">
              For you who run this: {partner?.name ?? 'the avatar'} answers from a script. With a language model one can
              talk about anything: <code>npm run models -- list</code>
            </p>
          )}
        </form>
      </div>
      {portraits && choices && (
        <PortraitDialog
          choices={choices}
          token={desk.portraitToken}
          shown={entryOf(avatar)?.kind === 'portrait' ? entryOf(avatar) : undefined}
          onUse={id => {
            setWanted(id);
            setPortraits(false);
          }}
          onClose={() => setPortraits(false)}
        />
      )}
    </main>
  );
}
