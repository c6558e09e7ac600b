import { type FocusEvent, type KeyboardEvent, type ReactNode, useId } from 'react';
import type { Consent } from '../../protocol/feelings.ts';
import { CameraIcon, MicrophoneIcon, SmileIcon } from '../ui/icons.tsx';
import './consent.css';

type Mark = { of: keyof Consent; icon: ReactNode; says: ReactNode; means: string };

const marksOf = (name: ReactNode): Mark[] => [
  {
    of: 'feelings',
    icon: <SmileIcon />,
    says: <>{name} notices how you feel</>,
    means: 'From your face, voice and words. Nobody else in the call is shown it.',
  },
  {
    of: 'sight',
    icon: <CameraIcon />,
    says: <>{name} may look at your camera</>,
    means: 'Or at the screen that you share, when you ask about what is to be seen: then a picture is sent along.',
  },
  {
    of: 'recording',
    icon: <MicrophoneIcon />,
    says: 'Recording you',
    means: 'What you say is kept, with your voice. Everybody here sees that it is.',
  },
];

const closeByKey = (event: KeyboardEvent<HTMLDetailsElement>) => {
  if (event.key !== 'Escape') return;
  event.currentTarget.open = false;
  event.currentTarget.querySelector('summary')?.focus();
};

const closeElsewhere = ({ currentTarget, relatedTarget }: FocusEvent<HTMLDetailsElement>) => {
  if (!currentTarget.contains(relatedTarget)) currentTarget.open = false;
};

/** One for each that is on, as long as it is; each opens to switch it off on the spot. */
export function Marks(props: { name: string; consent: Consent; onChange(consent: Consent): void }) {
  const { name, consent, onChange } = props;
  const group = useId();
  const on = marksOf(<bdi dir="auto">{name}</bdi>).filter(({ of }) => consent[of]);
  return on.map(({ of, icon, says, means }) => (
    <details
      key={of}
      className="consent-mark"
      data-consent={of}
      name={group}
      onKeyDown={closeByKey}
      onBlur={closeElsewhere}
    >
      <summary>
        {icon}
        <span className="consent-says">{says}</span>
      </summary>
      <div className="consent-off" tabIndex={-1}>
        <p className="consent-title">{says}</p>
        <p>{means}</p>
        <button type="button" className="secondary small" onClick={() => onChange({ ...consent, [of]: false })}>
          Turn off
        </button>
      </div>
    </details>
  ));
}
