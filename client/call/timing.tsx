import type { ReactNode } from 'react';
import type { TurnTiming } from '../../protocol/conversation.ts';
import { millisecondsOf } from '../words/format.ts';
import { rich } from '../words/rich.tsx';
import { t } from '../words/words.ts';

const STAGES = ['endpointingMs', 'asrMs', 'dialogueMs', 'ttsMs', 'playoutMs'] as const;

/** How long the last answer took, and what the time went to; `children` stand beside it. */
export function Timing({ timing, children }: { timing?: TurnTiming; children?: ReactNode }) {
  if (!timing)
    return (
      <div className="timing none">
        <div className="timing-head">
          <span>{t('timing.none')}</span>
          {children}
        </div>
      </div>
    );
  const total = Math.max(1, timing.voiceToVoiceMs);
  return (
    <div className="timing">
      <div className="timing-head">
        <span>{rich('timing.answered', { time: <b>{millisecondsOf(timing.voiceToVoiceMs)}</b> })}</span>
        {children}
      </div>
      <div className="timing-bar" aria-hidden="true">
        {STAGES.map(key => (
          <i
            key={key}
            data-stage={key}
            title={`${t(`timing.${key}`)}: ${millisecondsOf(timing.stages[key])}`}
            style={{ width: `${(Math.max(0, timing.stages[key]) / total) * 100}%` }}
          />
        ))}
      </div>
      <ul>
        {STAGES.map(key => (
          <li key={key} data-stage={key}>
            {t(`timing.${key}`)} <b>{millisecondsOf(timing.stages[key])}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
