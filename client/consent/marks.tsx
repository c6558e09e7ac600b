import { type FocusEvent, type KeyboardEvent, useId } from 'react';
import type { Consent } from '../../protocol/feelings.ts';
import { CameraIcon, MicrophoneIcon, SmileIcon } from '../ui/icons.tsx';
import { t } from '../words/words.ts';
import './consent.css';

/** Each that may be on, with its picture. */
const MARKS = [
  ['feelings', <SmileIcon key="feelings" />],
  ['sight', <CameraIcon key="sight" />],
  ['recording', <MicrophoneIcon key="recording" />],
] as const;

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
  return MARKS.filter(([of]) => consent[of]).map(([of, icon]) => (
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
        <span className="consent-says">{t(`consent.${of}`, { name })}</span>
      </summary>
      <div className="consent-off" tabIndex={-1}>
        <p className="consent-title">{t(`consent.${of}`, { name })}</p>
        <p>{t(`consent.${of}.how`)}</p>
        <button type="button" className="secondary small" onClick={() => onChange({ ...consent, [of]: false })}>
          {t('consent.off')}
        </button>
      </div>
    </details>
  ));
}
