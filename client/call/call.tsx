import { type ReactNode, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Consent } from '../../protocol/feelings.ts';
import { hasAnswered } from '../consent/answered.ts';
import { Question } from '../consent/question.tsx';
import { GestureButtons, Gestures } from '../people/gestures.tsx';
import { InviteHint } from '../people/invite.tsx';
import { People, PeopleButton } from '../people/people.tsx';
import { AtTheDoor, HostSaid, WaitingPage } from '../people/waiting.tsx';
import { isAlone } from '../people/who.ts';
import type { RoomClient } from '../room/client.ts';
import type { LocalMedia } from '../room/local.ts';
import { loadPrefs, savePrefs } from '../room/prefs.ts';
import { BlurChoice } from '../ui/blur-choice.tsx';
import { DeviceButtons } from '../ui/device-buttons.tsx';
import { DevicePicker } from '../ui/device-picker.tsx';
import { deviceWords } from '../ui/device-words.ts';
import { useMedia, useStore } from '../ui/hooks.ts';
import { CaptionsIcon, FloatIcon, GridIcon, LeaveIcon, ScreenIcon, SoundIcon, TuneIcon } from '../ui/icons.tsx';
import { LanguagePicker } from '../ui/language-picker.tsx';
import { SpeakerPicker } from '../ui/speaker-picker.tsx';
import { silenced, turnSoundOn } from '../ui/stream-video.tsx';
import { RoundButton } from '../ui/toggle.tsx';
import { t } from '../words/words.ts';
import { CameAndWent } from './came-and-went.tsx';
import { CaptionSettings } from './caption-settings.tsx';
import { Composer } from './composer.tsx';
import { Connection } from './connection.tsx';
import { Conversation } from './conversation.tsx';
import { End } from './end.tsx';
import { Noticing } from './noticing.tsx';
import { mayRecord } from './recording.tsx';
import { SHORTCUTS, useShortcuts } from './shortcuts.ts';
import { Stage } from './stage.tsx';
import { Timing } from './timing.tsx';
import { Turns } from './turns.tsx';
import type { Wish } from './view.ts';
import './call.css';
import './tiles.css';
import './talk.css';
import './turns.css';

type Props = {
  client: RoomClient;
  local: LocalMedia;
  room: string;
  /** They came with an invitation. */
  invited: boolean;
  onAgain(): void;
};

/** What was clicked is gone: who goes by keyboard goes on from here. */
function begun(main: HTMLElement | null): void {
  if (document.activeElement === document.body) main?.focus({ preventScroll: true });
}

/** The call, from the click on Join to the page that follows its end. */
export function Call({ client, local, room, invited, onAgain }: Props) {
  const state = useStore(client.store);
  const [timing, setTiming] = useState(
    () => loadPrefs().timing === true || new URLSearchParams(location.search).has('debug'),
  );
  const [captions, setCaptions] = useState(() => loadPrefs().captions ?? true);
  const [wish, setWish] = useState<Wish>(() => ({ view: loadPrefs().view ?? 'speaker' }));
  const small = useMedia('(max-width: 759px)');
  // Beside the conversation there is no room for all buttons: the settings have the rest.
  const narrow = useMedia('(max-width: 1199px)');
  const people = useRef<HTMLDialogElement>(null);
  const [hint, setHint] = useState(() => loadPrefs().inviteHint ?? true);
  const [answered, setAnswered] = useState(() => hasAnswered(loadPrefs()));
  const [turns, setTurns] = useState(false);
  const turnsButton = useRef<HTMLButtonElement>(null);
  const turnsId = useId();
  const toggleView = useCallback(
    () =>
      setWish(({ view }) => {
        const next = view === 'grid' ? 'speaker' : 'grid';
        savePrefs({ view: next });
        return { view: next };
      }),
    [],
  );
  const toggleCaptions = useCallback(
    () =>
      setCaptions(shown => {
        savePrefs({ captions: !shown });
        return !shown;
      }),
    [],
  );
  const raise = useCallback(
    () => void client.request('hand', { raised: client.store.get().hand === undefined }).catch(() => {}),
    [client],
  );
  useShortcuts(local, { grid: toggleView, captions: toggleCaptions, hand: raise });
  const toggleTiming = () => {
    savePrefs({ timing: !timing });
    setTiming(!timing);
    setTurns(false);
  };

  const consent = (said: Consent) => {
    client.consent(said);
    setAnswered(true);
  };
  const avatar = state.others.find(({ kind }) => kind === 'avatar');
  const inCompany = state.others.some(({ kind }) => kind === 'human');
  const place = useMemo(
    () => (client.token === undefined ? undefined : { room, token: client.token }),
    [room, client.token],
  );

  const dismissHint = () => {
    savePrefs({ inviteHint: false });
    setHint(false);
  };

  if (state.phase === 'ended' && state.ending) {
    return (
      <main className="call ended" data-state="ended">
        <End
          ending={state.ending}
          room={room}
          token={client.token}
          log={state.log}
          remembered={state.you?.remembered ?? false}
          onAgain={onAgain}
        />
      </main>
    );
  }
  if (state.phase === 'waiting')
    return (
      <main className="call ended" data-state="waiting">
        <WaitingPage room={room} onLeave={() => client.leave()} />
      </main>
    );
  return (
    <main className="call" data-state={state.phase} tabIndex={-1} ref={begun}>
      <header className="top">
        <h1 dir="auto">{room}</h1>
        <Connection quality={state.trouble === undefined ? state.quality : { level: 'poor' }} />
      </header>
      <Stage client={client} state={state} local={local} wish={wish} onWish={setWish} captions={captions} />
      <Notices trouble={state.trouble} busy={state.busy} local={local}>
        <AtTheDoor people={state.waiting} onShow={() => people.current?.showModal()} />
        <HostSaid said={state.hostSaid} local={local} />
        <Gestures state={state} />
        <CameAndWent others={state.others} connected={state.phase === 'connected'} />
      </Notices>
      <aside className="talk" aria-label={t('call.talk')}>
        {hint && !invited && isAlone(state) && (
          <InviteHint onInvite={() => people.current?.showModal()} onDismiss={dismissHint} />
        )}
        {!answered && avatar && state.you && (
          <Question name={avatar.name} onAnswer={answer => consent({ ...state.you!.consent, ...answer })} />
        )}
        {timing && (
          <Timing timing={state.timing}>
            <button
              ref={turnsButton}
              type="button"
              className="timing-more"
              aria-expanded={turns}
              aria-controls={turns ? turnsId : undefined}
              onClick={() => setTurns(!turns)}
            >
              {t('turns.title')}
            </button>
          </Timing>
        )}
        {turns && <Turns id={turnsId} traces={state.traces} opener={turnsButton} onClose={() => setTurns(false)} />}
        {state.showsEarlier && <p className="log-open">{t('call.showsEarlier')}</p>}
        <Conversation
          log={state.log}
          unknown={state.unknown}
          you={state.you?.identity}
          place={place}
          onEarlier={state.oldest === undefined ? undefined : () => void client.showEarlier().catch(() => {})}
        />
        <Composer
          say={(text, audience) => client.say(text, audience)}
          avatar={inCompany ? avatar?.name : undefined}
          files={inCompany && place && state.fileBytes ? { place, mostBytes: state.fileBytes } : undefined}
          allowed={state.you?.canPublishData ?? true}
          connected={state.phase === 'connected'}
        />
      </aside>
      <footer className="controls">
        <DeviceButtons local={local} />
        <ScreenButton local={local} />
        {!narrow && (
          <>
            <RoundButton
              name={t(wish.view === 'grid' ? 'call.speaker' : 'call.grid')}
              icon={<GridIcon off={wish.view === 'grid'} />}
              onClick={toggleView}
            />
            <RoundButton
              name={t(captions ? 'call.hideCaptions' : 'call.showCaptions')}
              icon={<CaptionsIcon off={!captions} />}
              tone={captions ? 'plain' : 'off'}
              onClick={toggleCaptions}
            />
          </>
        )}
        <FloatButton />
        {!small && <GestureButtons client={client} raised={state.hand !== undefined} onHand={raise} />}
        <PeopleButton
          count={1 + state.others.filter(({ kind }) => kind === 'human').length}
          onClick={() => people.current?.showModal()}
        />
        <People client={client} dialog={people} state={state} local={local} room={room} invited={invited}>
          {small && <GestureButtons client={client} raised={state.hand !== undefined} onHand={raise} />}
        </People>
        <Settings local={local}>
          {state.you && <Noticing consent={state.you.consent} recordable={mayRecord(state)} onChange={consent} />}
          {narrow && (
            <>
              <label className="check">
                <input type="checkbox" checked={captions} onChange={toggleCaptions} />
                {t('call.captions')}
              </label>
              <label className="check">
                <input type="checkbox" checked={wish.view === 'grid'} onChange={toggleView} />
                {t('call.grid')}
              </label>
            </>
          )}
          {captions && <CaptionSettings />}
          <label className="check">
            <input type="checkbox" checked={timing} onChange={toggleTiming} />
            {t('call.timing')}
          </label>
          {!small && <Keys />}
        </Settings>
        <RoundButton
          name={t('leave')}
          icon={<LeaveIcon />}
          tone="danger"
          wide={t('leave')}
          onClick={() => client.leave()}
        />
      </footer>
    </main>
  );
}

/** The avatar in a small window above all others, where the browser can. */
function FloatButton() {
  const narrow = useMedia('(max-width: 1199px)');
  if (!document.pictureInPictureEnabled || narrow) return null;
  const float = () => {
    const avatar = document.querySelector<HTMLVideoElement>('video[data-kind="avatar"]');
    if (document.pictureInPictureElement) void document.exitPictureInPicture();
    else void avatar?.requestPictureInPicture().catch(() => {});
  };
  return <RoundButton name={t('call.float')} icon={<FloatIcon />} onClick={float} />;
}

/** Which keys do what. */
function Keys() {
  return (
    <details className="keys">
      <summary>{t('keys.title')}</summary>
      <dl>
        {SHORTCUTS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys === 'Space' ? t('keys.space') : keys}</kbd>
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** What people must know now: the connection, a device, sound that the browser holds back. */
function Notices(props: { trouble?: string; busy: boolean; local: LocalMedia; children: ReactNode }) {
  const { trouble, busy, local, children } = props;
  const { microphone, camera, blur, heldBack } = useStore(local.store);
  const quiet = useStore(silenced).size > 0;
  const [dismissed, setDismissed] = useState<string>();
  const device =
    deviceWords('microphone', microphone.status) ??
    deviceWords('camera', camera.status) ??
    (blur === 'slow' || blur === 'failed' ? t(`blur.${blur}`) : undefined);
  return (
    <div className="notices">
      <output>
        {trouble && (
          <span className="notice trouble">
            <i aria-hidden="true" />
            {trouble}
          </span>
        )}
        {busy && !trouble && <span className="notice">{t('call.busy')}</span>}
        {heldBack && <span className="notice">{t('call.heldBack')}</span>}
        {device && device !== dismissed && (
          <span className="notice">
            {device}
            <button type="button" onClick={() => setDismissed(device)}>
              {t('gotIt')}
            </button>
          </span>
        )}
      </output>
      {children}
      {quiet && (
        <button type="button" className="primary sound" onClick={turnSoundOn}>
          <SoundIcon />
          {t('call.soundOn')}
        </button>
      )}
    </div>
  );
}

/** Shows a screen or window to everybody, and to the avatar where it may look. */
function ScreenButton({ local }: { local: LocalMedia }) {
  const { screen } = useStore(local.store);
  const small = useMedia('(max-width: 759px)');
  if (!local.canShareScreen || (small && !screen)) return null;
  return (
    <RoundButton
      name={t(screen ? 'call.stopScreen' : 'call.shareScreen')}
      icon={<ScreenIcon off={screen !== undefined} />}
      tone={screen ? 'off' : 'plain'}
      onClick={() => (screen ? local.stopScreen() : void local.shareScreen())}
    />
  );
}

/** Another microphone or camera during the call, and what the avatar may notice. */
function Settings({ local, children }: { local: LocalMedia; children?: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current!;
    // A click beside the dialog lands on its backdrop, which is the element itself.
    const outside = (event: MouseEvent) => event.target === element && element.close();
    element.addEventListener('click', outside);
    return () => element.removeEventListener('click', outside);
  }, []);
  return (
    <>
      <RoundButton name={t('settings.title')} icon={<TuneIcon />} onClick={() => dialog.current?.showModal()} />
      <dialog ref={dialog} className="settings" aria-label={t('settings.title')}>
        <form method="dialog">
          <h2>{t('settings.title')}</h2>
          <DevicePicker kind="microphone" local={local} />
          <DevicePicker kind="camera" local={local} />
          <SpeakerPicker local={local} />
          <BlurChoice local={local} />
          <LanguagePicker />
          {children}
          <button type="submit" className="primary">
            {t('done')}
          </button>
        </form>
      </dialog>
    </>
  );
}
