import type { Consent, Feeling } from '../../protocol/feelings.ts';
import { allOf } from '../words/format.ts';
import { type Key, t } from '../words/words.ts';

/** Below this nothing is shown: a guess is no news. */
const LEAST_CONFIDENCE = 0.3;
const FACES: Record<Feeling['label'], string> = {
  neutral: '🙂',
  happy: '😊',
  sad: '😔',
  angry: '😠',
  surprised: '😮',
  fearful: '😟',
  disgusted: '😖',
};

/** A feeling in a word; where no name is certain, how lively it is. */
function feelingKey({ label, valence, arousal }: Feeling): Key {
  if (label !== 'neutral') return `feeling.${label}`;
  if (arousal > 0.65) return 'feeling.lively';
  if (valence > 0.25) return 'feeling.content';
  if (valence < -0.25) return 'feeling.displeased';
  return 'feeling.calm';
}

/** What the avatar notices of you, in the corner of your own picture. */
export function FeelingChip({ feeling }: { feeling?: Feeling }) {
  if (!feeling || feeling.confidence < LEAST_CONFIDENCE) return null;
  const word = t(feelingKey(feeling));
  const senses = allOf(feeling.sources.map(source => t(`feeling.from.${source}`)));
  return (
    <output className="feeling" aria-label={t('feeling.seem', { how: word })} title={t('feeling.from', { senses })}>
      <span aria-hidden="true">{FACES[feeling.label]}</span> <span className="feeling-word">{word}</span>
    </output>
  );
}

type Props = {
  consent: Consent;
  /** The server lets calls be recorded. */
  recordable: boolean;
  onChange(consent: Consent): void;
};

/** What the avatar may notice and keep; it holds at once. */
export function Noticing({ consent, recordable, onChange }: Props) {
  return (
    <fieldset className="noticing">
      <legend>{t('notice.title')}</legend>
      <label>
        <input
          type="checkbox"
          checked={consent.feelings}
          onChange={({ target }) => onChange({ ...consent, feelings: target.checked })}
        />
        <span>
          {t('notice.feelings')}
          <small>{t('notice.feelings.how')}</small>
        </span>
      </label>
      <label>
        <input
          type="checkbox"
          checked={consent.sight}
          onChange={({ target }) => onChange({ ...consent, sight: target.checked })}
        />
        <span>
          {t('notice.sight')}
          <small>{t('notice.sight.how')}</small>
        </span>
      </label>
      {recordable && (
        <label>
          <input
            type="checkbox"
            checked={consent.recording}
            onChange={({ target }) => onChange({ ...consent, recording: target.checked })}
          />
          <span>
            {t('notice.recording')}
            <small>{t('notice.recording.how')}</small>
          </span>
        </label>
      )}
    </fieldset>
  );
}
