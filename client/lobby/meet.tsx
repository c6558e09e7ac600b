import { useEffect, useRef, useState } from 'react';
import type { PersonaList } from '../../protocol/rest.ts';
import { at } from '../place/at.ts';
import { useMedia } from '../ui/hooks.ts';
import { SoundIcon } from '../ui/icons.tsx';
import { playThrough, speakers } from '../ui/speakers.ts';
import { t } from '../words/words.ts';

type Persona = PersonaList['personas'][number];

const thumbnailOf = (avatar: string) => at(`/api/avatars/${avatar}/thumbnail.webp`);
const previewOf = (avatar: string) => at(`/api/avatars/${avatar}/preview.webm`);

/** Whom one is about to meet: a face that moves, and says hello when it is asked to. */
export function Meet(props: {
  personas: readonly Persona[];
  chosen: Persona | undefined;
  /** Another face than the persona's own. */
  face: string | undefined;
  /** Absent: there is no choice. */
  onChoose?(id: string): void;
}) {
  const { personas, chosen, face, onChoose } = props;
  const avatar = face ?? chosen?.avatar;
  return (
    <section className="meet" aria-label={t('lobby.whom')}>
      <Face key={avatar} avatar={avatar} name={chosen?.name ?? t('theAvatar')} />
      {onChoose && (
        <fieldset className="meet-others">
          <legend className="unseen">{t('lobby.talkWith')}</legend>
          {personas.map(({ id, name, avatar: own }) => (
            <label key={id} className="meet-card">
              <input type="radio" name="persona" value={id} checked={id === chosen?.id} onChange={() => onChoose(id)} />
              <img src={thumbnailOf(own)} alt="" width="56" height="56" />
              <span dir="auto">{name}</span>
            </label>
          ))}
        </fieldset>
      )}
    </section>
  );
}

function Face({ avatar, name }: { avatar: string | undefined; name: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const still = useMedia('(prefers-reduced-motion: reduce)');
  const [speaking, setSpeaking] = useState(false);
  useEffect(() => {
    const element = video.current;
    if (element === null || still) return;
    void element.play().catch(() => {});
  }, [still]);
  const hello = () => {
    const element = video.current;
    if (element === null) return;
    playThrough(element, speakers.store.get().sinkId);
    element.muted = speaking;
    element.currentTime = 0;
    setSpeaking(!speaking);
    void element.play().catch(() => {});
  };
  // Once it has said hello, it goes on without a sound.
  const ended = () => {
    const element = video.current!;
    element.muted = true;
    setSpeaking(false);
    if (!still) void element.play().catch(() => {});
  };
  return (
    <div className="meet-face">
      {avatar !== undefined && (
        <video
          ref={video}
          src={previewOf(avatar)}
          poster={thumbnailOf(avatar)}
          muted
          playsInline
          preload="metadata"
          aria-label={name}
          onEnded={ended}
        />
      )}
      <button type="button" className="meet-hello" onClick={hello}>
        <SoundIcon />
        {speaking ? t('lobby.quiet') : t('lobby.hear', { name })}
      </button>
    </div>
  );
}
