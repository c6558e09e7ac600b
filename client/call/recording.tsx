import type { CallState } from '../room/state.ts';
import { allOf } from '../words/format.ts';
import { t } from '../words/words.ts';

/** Whether the avatar records people who want it. */
export const mayRecord = ({ others }: Pick<CallState, 'others'>): boolean =>
  others.some(({ kind, recording }) => kind === 'avatar' && recording === true);

/** Tells which others are being recorded, as long as somebody is; of oneself a mark tells. */
export function RecordingNote({ state }: { state: Pick<CallState, 'others'> }) {
  if (!mayRecord(state)) return null;
  const recorded = state.others.filter(({ kind, recording }) => kind === 'human' && recording === true);
  if (recorded.length === 0) return null;
  return (
    <output className="recording">
      <i aria-hidden="true" />
      {t('recording', { who: allOf(recorded.map(({ name }) => name)) })}
    </output>
  );
}
