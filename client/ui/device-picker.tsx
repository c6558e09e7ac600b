import type { DeviceKind, LocalMedia } from '../room/local.ts';
import { t } from '../words/words.ts';
import { useStore } from './hooks.ts';

/** Chooses among several microphones or cameras. */
export function DevicePicker({ kind, local }: { kind: DeviceKind; local: LocalMedia }) {
  const { choices, chosen, status } = useStore(local.store)[kind];
  const nothing = choices.length === 0;
  return (
    <label className="field">
      <span>{t(`device.${kind}`)}</span>
      <select value={chosen ?? ''} disabled={nothing} onChange={({ target }) => void local.choose(kind, target.value)}>
        {nothing && <option value="">{t(status === 'asking' ? 'device.asking' : 'device.none')}</option>}
        {!nothing && !choices.some(({ id }) => id === chosen) && (
          <option value={chosen ?? ''}>{t('device.standard')}</option>
        )}
        {choices.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
