import type { DeviceKind, LocalMedia } from '../room/local.ts';
import { useStore } from './hooks.ts';

const labels: Record<DeviceKind, string> = { microphone: 'Microphone', camera: 'Camera' };

/** Chooses among several microphones or cameras. */
export function DevicePicker({ kind, local }: { kind: DeviceKind; local: LocalMedia }) {
  const { choices, chosen, status } = useStore(local.store)[kind];
  const nothing = choices.length === 0;
  return (
    <label className="field">
      <span>{labels[kind]}</span>
      <select value={chosen ?? ''} disabled={nothing} onChange={({ target }) => void local.choose(kind, target.value)}>
        {nothing && <option value="">{status === 'asking' ? 'Asking…' : 'None available'}</option>}
        {!nothing && !choices.some(({ id }) => id === chosen) && <option value={chosen ?? ''}>Standard</option>}
        {choices.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
