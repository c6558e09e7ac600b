import { useEffect, useRef, useState } from 'react';
import { OWN_VOICE } from '../../protocol/limits.ts';
import type { ConsentSentence } from '../../protocol/own-voice.ts';
import type { AvatarEntry } from '../../protocol/portraits.ts';
import { language, t } from '../words/words.ts';
import { askSentence, makeOwnVoice, removeOwnVoice, sayHelloAsOwn } from './portrait-api.ts';
import { type Recording, record, wavOf } from './recorder.ts';
import { useHello } from './use-hello.ts';

const { minSeconds: min, maxSeconds: max } = OWN_VOICE;
const SECOND_MS = 1000;

type Step =
  | { at: 'resting' }
  | { at: 'reading'; sentence: ConsentSentence }
  | { at: 'recording'; sentence: ConsentSentence; recording: Recording; seconds: number }
  | { at: 'making' };

/** The voice of whoever made a portrait: recorded, heard, and removed. */
export function RecordedVoice(props: { avatar: AvatarEntry; secret: string; onChanged(avatar: AvatarEntry): void }) {
  const { avatar, secret, onChanged } = props;
  const [step, setStep] = useState<Step>({ at: 'resting' });
  const [problem, setProblem] = useState<string>();
  const fields = useRef<HTMLFieldSetElement>(null);
  const before = useRef(step.at);
  // What had the focus is gone with the step before.
  useEffect(() => {
    if (before.current !== step.at) fields.current?.querySelector('button')?.focus();
    before.current = step.at;
  }, [step.at]);
  const hello = useHello(() => sayHelloAsOwn(avatar.id, secret));

  /** What goes wrong leads to where one can try again. */
  const attempt = async (work: () => Promise<Step>) => {
    setProblem(undefined);
    try {
      setStep(await work());
    } catch (error) {
      setProblem((error as Error).message);
      setStep({ at: 'resting' });
    }
  };
  const begin = () =>
    attempt(async () => ({ at: 'reading', sentence: await askSentence(avatar.id, language(), secret) }));
  const use = (sentence: ConsentSentence, sound: () => Promise<Blob>) =>
    attempt(async () => {
      setStep({ at: 'making' });
      const made = await sound()
        .then(wavOf)
        .catch(() => undefined);
      // The sentence is good as long as it was not sent.
      if (made === undefined || made.seconds < min) {
        setProblem(
          made === undefined
            ? t('portrait.own.unreadable')
            : t('portrait.own.tooShort', { seconds: Math.floor(made.seconds), min }),
        );
        return { at: 'reading', sentence };
      }
      onChanged(await makeOwnVoice(avatar.id, sentence.id, made.wav, secret));
      return { at: 'resting' };
    });
  const remove = () =>
    attempt(async () => {
      await removeOwnVoice(avatar.id, secret);
      const { ownVoice: _, ...plain } = avatar;
      onChanged(plain);
      return { at: 'resting' };
    });
  const start = (sentence: ConsentSentence) =>
    attempt(async () => {
      const recording = await record().catch(() => undefined);
      if (recording !== undefined) return { at: 'recording', sentence, recording, seconds: 0 };
      setProblem(t('portrait.own.noMicrophone'));
      return { at: 'reading', sentence };
    });
  const stop = ({ sentence, recording }: Extract<Step, { at: 'recording' }>) => use(sentence, () => recording.stop());

  useTicking(step, setStep, stop);

  return (
    <fieldset ref={fields} className="own-voice">
      <legend>{t('portrait.own.title')}</legend>
      {step.at === 'resting' && !avatar.ownVoice && (
        <>
          <p className="own-voice-lead">{t('portrait.own.lead')}</p>
          <div className="voice-buttons">
            <Button text={t('portrait.own.begin')} onClick={begin} />
          </div>
        </>
      )}
      {step.at === 'resting' && avatar.ownVoice && (
        <>
          <p className="own-voice-lead">{t('portrait.own.ready')}</p>
          <div className="voice-buttons">
            <Button text={t('portrait.own.hear')} disabled={hello.busy} onClick={hello.say} />
            <Button text={t('portrait.own.remove')} onClick={remove} />
          </div>
        </>
      )}
      {(step.at === 'reading' || step.at === 'recording') && <Sentence {...step.sentence} />}
      {step.at === 'reading' && (
        <div className="voice-buttons">
          <Button text={t('portrait.own.record')} onClick={() => start(step.sentence)} />
          <Upload onFile={file => void use(step.sentence, async () => file)} />
          <Button text={t('portrait.own.back')} onClick={() => setStep({ at: 'resting' })} />
        </div>
      )}
      {step.at === 'recording' && (
        <div className="voice-buttons">
          <span role="timer" className="own-voice-seconds">
            {t('portrait.own.recorded', { seconds: step.seconds })}
          </span>
          <Button text={t('portrait.own.stop')} disabled={step.seconds < min} onClick={() => stop(step)} />
        </div>
      )}
      {step.at === 'making' && (
        <label className="portrait-working">
          <span>{t('portrait.own.making')}</span>
          <progress />
        </label>
      )}
      <p className="complaint" role="alert">
        {problem ?? hello.problem}
      </p>
    </fieldset>
  );
}

/** Counts the seconds of a recording, and ends it when it is long enough; one that nobody sees any more is given up. */
function useTicking(
  step: Step,
  setStep: (next: Step) => void,
  stop: (recording: Extract<Step, { at: 'recording' }>) => Promise<void>,
) {
  const open = useRef<Recording>(undefined);
  open.current = step.at === 'recording' ? step.recording : undefined;
  useEffect(() => () => open.current?.cancel(), []);
  useEffect(() => {
    if (step.at !== 'recording') return;
    const timer = setTimeout(
      () => (step.seconds + 1 >= max ? void stop(step) : setStep({ ...step, seconds: step.seconds + 1 })),
      SECOND_MS,
    );
    return () => clearTimeout(timer);
  });
}

function Sentence({ text, language: of }: ConsentSentence) {
  return (
    <>
      <p className="own-voice-lead">{t('portrait.own.read', { min, max })}</p>
      <blockquote className="own-voice-sentence" lang={of} dir="auto">
        {text}
      </blockquote>
      {of !== language() && <p className="own-voice-lead">{t('portrait.own.otherLanguage')}</p>}
    </>
  );
}

function Button({ text, disabled, onClick }: { text: string; disabled?: boolean; onClick(): void | Promise<void> }) {
  return (
    <button type="button" className="secondary" disabled={disabled} onClick={() => void onClick()}>
      {text}
    </button>
  );
}

function Upload({ onFile }: { onFile(file: File): void }) {
  return (
    <label className="secondary own-voice-upload">
      <span>{t('portrait.own.upload')}</span>
      <input
        type="file"
        className="unseen"
        accept="audio/*"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          // The same file may be chosen again after a failure.
          target.value = '';
          if (file) onFile(file);
        }}
      />
    </label>
  );
}
