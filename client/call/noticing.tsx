import type { Consent, Feeling } from '../../protocol/feelings.ts';

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
export function feelingWord({ label, valence, arousal }: Feeling): string {
  if (label !== 'neutral') return label;
  if (arousal > 0.65) return 'lively';
  if (valence > 0.25) return 'content';
  if (valence < -0.25) return 'displeased';
  return 'calm';
}

/** What the avatar notices of you, in the corner of your own picture. */
export function FeelingChip({ feeling }: { feeling?: Feeling }) {
  if (!feeling || feeling.confidence < LEAST_CONFIDENCE) return null;
  const word = feelingWord(feeling);
  return (
    <output className="feeling" aria-label={`You seem ${word}`} title={`Read from your ${feeling.sources.join(', ')}`}>
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
      <legend>What the avatar may notice</legend>
      <label>
        <input
          type="checkbox"
          checked={consent.feelings}
          onChange={({ target }) => onChange({ ...consent, feelings: target.checked })}
        />
        <span>
          How I feel
          <small>From my face, voice and words. Off: none of them is read.</small>
        </span>
      </label>
      <label>
        <input
          type="checkbox"
          checked={consent.sight}
          onChange={({ target }) => onChange({ ...consent, sight: target.checked })}
        />
        <span>
          What I show it
          <small>When I ask about something to see, a picture goes to the language model.</small>
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
            Record this call to improve the avatar
            <small>What I say is kept, with my voice. Everybody here sees that; off ends it.</small>
          </span>
        </label>
      )}
    </fieldset>
  );
}
