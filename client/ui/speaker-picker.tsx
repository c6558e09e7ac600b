import { useEffect } from 'react';
import type { LocalMedia } from '../room/local.ts';
import { t } from '../words/words.ts';
import { useStore } from './hooks.ts';
import { speakers } from './speakers.ts';

/** Chooses what others are heard through; there is nothing to see where the browser leaves no choice. */
export function SpeakerPicker({ local }: { local: LocalMedia }) {
  const { choices, sinkId } = useStore(speakers.store);
  const { status } = useStore(local.store).microphone;
  // biome-ignore lint/correctness/useExhaustiveDependencies: names are known once the microphone is allowed
  useEffect(() => void speakers.refresh(), [status]);
  if (choices.length === 0) return null;
  return (
    <label className="field">
      <span>{t('device.speaker')}</span>
      <select value={sinkId} onChange={({ target }) => speakers.choose(target.value)}>
        {!choices.some(({ id }) => id === sinkId) && <option value="">{t('device.standard')}</option>}
        {choices.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
