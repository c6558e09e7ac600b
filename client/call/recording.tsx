import type { CallState } from '../room/state.ts';
import { allOf } from '../words/format.ts';
import { t } from '../words/words.ts';

/** Whether the avatar records people who want it. */
export const mayRecord = ({ others }: Pick<CallState, 'others'>): boolean =>
  others.some(({ kind, recording }) => kind === 'avatar' && recording === true);

/** Tells everybody who is being recorded, as long as somebody is. */
export function RecordingNote({ state }: { state: Pick<CallState, 'others' | 'you'> }) {
  if (!mayRecord(state)) return null;
  const recorded = state.others.filter(({ kind, recording }) => kind === 'human' && recording === true);
  const who = [...(state.you?.consent.recording ? [t('recording.you')] : []), ...recorded.map(({ name }) => name)];
  if (who.length === 0) return null;
  return (
    <output className="recording">
      <i aria-hidden="true" />
      {t('recording', { who: allOf(who) })}
    </output>
  );
}
