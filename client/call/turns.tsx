import { type RefObject, useEffect, useRef } from 'react';
import type { SpanName, TurnTrace } from '../../protocol/trace.ts';
import { waterfallOf } from '../../protocol/waterfall.ts';
import { CloseIcon } from '../ui/icons.tsx';

const SENTENCES = 3;

const words: Record<SpanName, string> = {
  utterance: 'Speaking',
  endpointing: 'Waiting for the end',
  asr: 'Understanding',
  memory: 'Remembering',
  'first-token': 'Thinking',
  'first-sentence': 'First sentence',
  tts: 'Voice',
  'first-frame': 'First picture',
  playout: 'Answer',
  cut: 'Interrupted',
};

const tookWords = (ms: number) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

function outcomeWords({ sounded, source, voiceToVoiceMs, outcome }: TurnTrace): string {
  if (!sounded) return outcome === 'failed' ? 'Nothing could be said' : 'Given up before it was heard';
  const took = tookWords(voiceToVoiceMs);
  return source === 'greeting' ? `Began by itself, in ${took}` : `Answered in ${took}`;
}

type Props = { id: string; traces: readonly TurnTrace[]; opener: RefObject<HTMLElement | null>; onClose(): void };

/** The last turns step by step, newest first: what took how long until the avatar was heard. */
export function Turns({ id, traces, opener, onClose }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    const button = opener.current;
    return () => button?.focus();
  }, [opener]);
  return (
    <section
      id={id}
      className="turns"
      aria-label="Turn timings"
      onKeyDown={({ key }) => {
        if (key === 'Escape') onClose();
      }}
    >
      <header>
        <h2 ref={heading} tabIndex={-1}>
          Turn timings
        </h2>
        <button type="button" className="close" aria-label="Close turn timings" title="Close" onClick={onClose}>
          <CloseIcon />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className="turns-list" tabIndex={0}>
        {traces.length === 0 && <p className="turns-none">After the first answer you see here where its time went.</p>}
        {traces.map(trace => (
          <Turn key={trace.turnId} trace={trace} />
        ))}
      </div>
    </section>
  );
}

function Turn({ trace }: { trace: TurnTrace }) {
  const { rows, speechEnd, firstSound } = waterfallOf(trace, SENTENCES);
  const notes = [
    trace.cached && 'known already',
    trace.resumed && 'resumed',
    trace.outcome === 'interrupted' && 'interrupted',
  ].filter(Boolean);
  return (
    <article data-turn={trace.turnId}>
      <h3>
        {outcomeWords(trace)}
        {notes.length > 0 && <small>{notes.join(', ')}</small>}
      </h3>
      <ul>
        {rows.map(({ name, sentence, startMs, durationMs, from, to }) => (
          <li key={`${name}${sentence ?? ''}`} data-span={name}>
            <span>
              {words[name]}
              {sentence !== undefined && sentence > 1 && ` ${sentence}`}
            </span>
            <i className="track" aria-hidden="true" title={`from ${tookWords(startMs)} on, ${tookWords(durationMs)}`}>
              <i className="mark" style={{ left: `${speechEnd * 100}%` }} />
              {trace.sounded && <i className="mark heard" style={{ left: `${firstSound * 100}%` }} />}
              <i className="bar" style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }} />
            </i>
            <b>{tookWords(durationMs)}</b>
          </li>
        ))}
      </ul>
    </article>
  );
}
