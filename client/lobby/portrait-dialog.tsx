import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { PLAIN_VOICE, PORTRAIT_LIMITS } from '../../protocol/limits.ts';
import type { AvatarEntry, PortraitMade, PortraitVoice } from '../../protocol/portraits.ts';
import { at } from '../place/at.ts';
import { t } from '../words/words.ts';
import { OwnVoice } from './own-voice.tsx';
import { drawPortrait, isTooLarge, uploadPortrait, warmPortraits } from './portrait-api.ts';
import { PortraitDrop } from './portrait-drop.tsx';
import { RecordedVoice } from './recorded-voice.tsx';
import type { AvatarChoices } from './use-avatars.ts';

const FIRST_SEED = 42;
const MEGABYTES = PORTRAIT_LIMITS.uploadBytes / 1024 / 1024;

type Step =
  | { at: 'choosing'; problem?: string }
  | { at: 'sending'; share: number }
  | { at: 'making'; drawing?: boolean }
  | { at: 'made'; avatar: AvatarEntry; problem?: string };

/** Makes an avatar of somebody's picture, shows how it talks, and lets it be used or removed. */
export function PortraitDialog(props: {
  choices: AvatarChoices;
  /** Who may join may have a portrait made. */
  token(): Promise<string>;
  /** Shown at first: one that was made before. */
  shown?: AvatarEntry;
  onUse(id: string): void;
  onClose(): void;
}) {
  const { choices, token, shown, onUse, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [step, setStep] = useState<Step>(shown ? { at: 'made', avatar: shown } : { at: 'choosing' });
  const [words, setWords] = useState(false);
  const [voice, setVoice] = useState(shown?.voice ?? PLAIN_VOICE);

  useEffect(() => dialog.current?.showModal(), []);
  // What had the focus may be gone with the step before.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per step
  useEffect(() => {
    const first = (of: string) => dialog.current?.querySelector<HTMLElement>(of);
    (first('.primary') ?? first('input, button'))?.focus();
  }, [step.at]);
  useEffect(() => {
    let open = true;
    // What goes wrong is met again when there is a picture.
    token()
      .then(warmPortraits)
      .then(ready => open && setWords(ready.words))
      .catch(() => {});
    return () => {
      open = false;
    };
  }, [token]);

  const make = async (work: (bearer: string) => Promise<PortraitMade>) => {
    try {
      const made = await work(await token());
      choices.add(made);
      setVoice(PLAIN_VOICE);
      setStep({ at: 'made', avatar: made.avatar });
    } catch (error) {
      setStep({ at: 'choosing', problem: (error as Error).message });
    }
  };
  const send = (file: File) => {
    if (isTooLarge(file))
      return setStep({
        at: 'choosing',
        problem: t('portrait.tooLarge', { megabytes: MEGABYTES }),
      });
    setStep({ at: 'sending', share: 0 });
    void make(bearer =>
      uploadPortrait(file, bearer, share => setStep(share < 1 ? { at: 'sending', share } : { at: 'making' })),
    );
  };
  const draw = (prompt: string, seed: number) => {
    setStep({ at: 'making', drawing: true });
    void make(bearer => drawPortrait(prompt, seed, bearer));
  };
  const use = async (avatar: AvatarEntry) => {
    try {
      if (!sameVoice(voice, avatar.voice ?? PLAIN_VOICE)) await choices.giveVoice(avatar.id, voice);
      onUse(avatar.id);
    } catch (error) {
      setStep({ at: 'made', avatar, problem: (error as Error).message });
    }
  };
  const remove = async (id: string) => {
    try {
      await choices.remove(id);
      setStep({ at: 'choosing' });
    } catch (error) {
      setStep({ at: 'choosing', problem: (error as Error).message });
    }
  };

  return (
    <dialog ref={dialog} className="settings portrait" aria-labelledby="portrait-title" onClose={onClose}>
      <h2 id="portrait-title">{t('portrait.title')}</h2>
      {step.at === 'choosing' && (
        <>
          <p className="portrait-lead">{t('portrait.lead')}</p>
          <PortraitDrop onFile={send} />
          {words && <Words onDraw={draw} />}
        </>
      )}
      {(step.at === 'sending' || step.at === 'making') && <Working step={step} />}
      {step.at === 'made' && (
        // biome-ignore lint/a11y/useMediaCaption: it says one greeting, and the sentence below repeats it
        <video
          className="portrait-preview"
          src={at(step.avatar.previewUrl)}
          poster={at(step.avatar.thumbnailUrl)}
          aria-label={t('portrait.preview', { name: step.avatar.name })}
          controls
          playsInline
          autoPlay
        />
      )}
      <output className="portrait-said">{step.at === 'made' && t('portrait.ready', { name: step.avatar.name })}</output>
      {step.at === 'made' && (
        <Voices choices={choices} avatar={step.avatar} secret={choices.secretOf(step.avatar.id)}>
          <OwnVoice voice={voice} token={token} onChange={setVoice} />
        </Voices>
      )}
      <p className="complaint" role="alert">
        {(step.at === 'choosing' || step.at === 'made') && step.problem}
      </p>
      <div className="portrait-buttons">
        {step.at === 'made' && (
          <>
            <button type="button" className="primary" onClick={() => void use(step.avatar)}>
              {t('portrait.use')}
            </button>
            <button type="button" className="secondary" onClick={() => setStep({ at: 'choosing' })}>
              {t('portrait.another')}
            </button>
            <button type="button" className="secondary" onClick={() => void remove(step.avatar.id)}>
              {t('portrait.remove')}
            </button>
          </>
        )}
        <button type="button" className="secondary" onClick={() => dialog.current?.close()}>
          {t('close')}
        </button>
      </div>
    </dialog>
  );
}

/** How a portrait sounds: with the voice of whoever made it, or as they design one. */
function Voices(props: {
  choices: AvatarChoices;
  avatar: AvatarEntry;
  secret: string | undefined;
  children: ReactNode;
}) {
  const { choices, avatar, secret, children } = props;
  const now = choices.avatars.find(({ id }) => id === avatar.id) ?? avatar;
  const own = secret !== undefined && (choices.ownVoices || now.ownVoice === true);
  return (
    <>
      {choices.voices && !now.ownVoice && children}
      {own && <RecordedVoice avatar={now} secret={secret} onChanged={choices.changed} />}
      {!choices.voices && !own && <p className="portrait-said">{t('portrait.noVoices')}</p>}
    </>
  );
}

const sameVoice = (a: PortraitVoice, b: PortraitVoice) =>
  a.timbre === b.timbre && a.pitch === b.pitch && a.pace === b.pace;

function Working({ step }: { step: Extract<Step, { at: 'sending' | 'making' }> }) {
  const sending = step.at === 'sending';
  const text = sending ? t('portrait.sending') : t(step.drawing ? 'portrait.drawing' : 'portrait.making');
  return (
    <label className="portrait-working">
      <span>{text}</span>
      <progress value={sending ? step.share : undefined} />
    </label>
  );
}

/** Any number a person may type; anything else is the first. */
const seedOf = (text: string): number => Math.trunc(Math.abs(Number(text)) % 2 ** 32) || FIRST_SEED;

function Words({ onDraw }: { onDraw(prompt: string, seed: number): void }) {
  const [prompt, setPrompt] = useState('');
  const [seed, setSeed] = useState(String(FIRST_SEED));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (prompt.trim() !== '') onDraw(prompt.trim(), seedOf(seed));
  };
  return (
    <form className="portrait-words" onSubmit={submit}>
      <label className="field">
        <span>{t('portrait.describe')}</span>
        <input
          type="text"
          value={prompt}
          maxLength={PORTRAIT_LIMITS.promptLength}
          dir="auto"
          placeholder={t('portrait.example')}
          onChange={({ target }) => setPrompt(target.value)}
        />
      </label>
      <label className="field portrait-seed">
        <span>{t('portrait.variation')}</span>
        <input type="text" inputMode="numeric" value={seed} onChange={({ target }) => setSeed(target.value)} />
      </label>
      <button type="submit" className="secondary">
        {t('portrait.draw')}
      </button>
    </form>
  );
}
