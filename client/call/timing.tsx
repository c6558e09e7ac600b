import type { ReactNode } from 'react';
import type { TurnTiming } from '../../protocol/conversation.ts';

const stages: { key: keyof TurnTiming['stages']; label: string }[] = [
  { key: 'endpointingMs', label: 'Waiting for the end' },
  { key: 'asrMs', label: 'Understanding' },
  { key: 'dialogueMs', label: 'Thinking' },
  { key: 'ttsMs', label: 'Voice' },
  { key: 'playoutMs', label: 'Sending' },
];

const round = (ms: number) => Math.round(ms);

/** How long the last answer took, and what the time went to; `children` stand beside it. */
export function Timing({ timing, children }: { timing?: TurnTiming; children?: ReactNode }) {
  if (!timing)
    return (
      <div className="timing none">
        <div className="timing-head">
          <span>No answer timed yet</span>
          {children}
        </div>
      </div>
    );
  const total = Math.max(1, timing.voiceToVoiceMs);
  return (
    <div className="timing">
      <div className="timing-head">
        <span>
          Answered in <b>{round(timing.voiceToVoiceMs)} ms</b>
        </span>
        {children}
      </div>
      <div className="timing-bar" aria-hidden="true">
        {stages.map(({ key, label }) => (
          <i
            key={key}
            data-stage={key}
            title={`${label}: ${round(timing.stages[key])} ms`}
            style={{ width: `${(Math.max(0, timing.stages[key]) / total) * 100}%` }}
          />
        ))}
      </div>
      <ul>
        {stages.map(({ key, label }) => (
          <li key={key} data-stage={key}>
            {label} <b>{round(timing.stages[key])}</b>
            <span className="unseen"> ms</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
