import { type FormEvent, useEffect, useRef, useState } from 'react';
import { PLAIN_VOICE, PORTRAIT_LIMITS } from '../../protocol/limits.ts';
import type { AvatarEntry, PortraitMade, PortraitVoice } from '../../protocol/portraits.ts';
import { at } from '../place/at.ts';
import { OwnVoice } from './own-voice.tsx';
import { drawPortrait, isTooLarge, uploadPortrait, warmPortraits } from './portrait-api.ts';
import { PortraitDrop } from './portrait-drop.tsx';
import type { AvatarChoices } from './use-avatars.ts';

const FIRST_SEED = 42;

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
        problem: `This file is larger than ${PORTRAIT_LIMITS.uploadBytes / 1024 / 1024} MB. Save the picture smaller, or take one at a lower resolution.`,
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
      <h2 id="portrait-title">Your own portrait</h2>
      {step.at === 'choosing' && (
        <>
          <p className="portrait-lead">
            Choose a photo of one face that looks at the camera. It becomes an avatar that speaks, blinks and listens.
            The file is not kept; a square around the face is, without its metadata.
          </p>
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
          aria-label={`Preview of ${step.avatar.name}`}
          controls
          playsInline
          autoPlay
        />
      )}
      <output className="portrait-said">
        {step.at === 'made' && `${step.avatar.name} is ready: “Hello! This is how I look when I talk to you.”`}
      </output>
      {step.at === 'made' &&
        (choices.voices ? (
          <OwnVoice voice={voice} token={token} onChange={setVoice} />
        ) : (
          <p className="portrait-said">
            No voice of this server can be changed: it speaks with the voice of whom you choose to talk with.
          </p>
        ))}
      <p className="complaint" role="alert">
        {(step.at === 'choosing' || step.at === 'made') && step.problem}
      </p>
      <div className="portrait-buttons">
        {step.at === 'made' && (
          <>
            <button type="button" className="primary" onClick={() => void use(step.avatar)}>
              Use this portrait
            </button>
            <button type="button" className="secondary" onClick={() => setStep({ at: 'choosing' })}>
              Another picture
            </button>
            <button type="button" className="secondary" onClick={() => void remove(step.avatar.id)}>
              Remove
            </button>
          </>
        )}
        <button type="button" className="secondary" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}

const sameVoice = (a: PortraitVoice, b: PortraitVoice) =>
  a.timbre === b.timbre && a.pitch === b.pitch && a.pace === b.pace;

function Working({ step }: { step: Extract<Step, { at: 'sending' | 'making' }> }) {
  const sending = step.at === 'sending';
  const text = sending
    ? 'Sending the picture…'
    : step.drawing
      ? 'Drawing the portrait, which may take a while…'
      : 'Bringing the portrait to life…';
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
        <span>Or describe a face</span>
        <input
          type="text"
          value={prompt}
          maxLength={PORTRAIT_LIMITS.promptLength}
          placeholder="a friendly librarian with grey curls"
          onChange={({ target }) => setPrompt(target.value)}
        />
      </label>
      <label className="field portrait-seed">
        <span>Variation</span>
        <input type="text" inputMode="numeric" value={seed} onChange={({ target }) => setSeed(target.value)} />
      </label>
      <button type="submit" className="secondary">
        Draw it
      </button>
    </form>
  );
}
