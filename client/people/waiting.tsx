import { useEffect, useRef, useState } from 'react';
import type { LocalMedia } from '../room/local.ts';
import type { CallState } from '../room/state.ts';
import { focus } from '../ui/hooks.ts';
import { rich } from '../words/rich.tsx';
import { t } from '../words/words.ts';

/** For who has not been let in yet. */
export function WaitingPage({ room, onLeave }: { room: string; onLeave(): void }) {
  return (
    <section className="end">
      <div className="end-card">
        <h1 ref={focus} tabIndex={-1}>
          {t('door.soon')}
        </h1>
        <p>{rich('door.told', { room: <bdi dir="auto">{room}</bdi> })}</p>
      </div>
      <p className="end-ways">
        <button type="button" className="secondary" onClick={onLeave}>
          {t('leave')}
        </button>
      </p>
    </section>
  );
}

/** Two soft notes, like a bell at a door. A page that may not make a sound is silent. */
function ring(): void {
  const context = new AudioContext();
  const gain = new GainNode(context, { gain: 0.08 });
  gain.connect(context.destination);
  for (const [i, frequency] of [660, 880].entries()) {
    const note = new OscillatorNode(context, { frequency });
    note.connect(gain);
    note.start(context.currentTime + i * 0.18);
    note.stop(context.currentTime + i * 0.18 + 0.16);
    if (i === 1) note.onended = () => void context.close();
  }
}

/** Tells a host that somebody waits: seen, and heard once for each. */
export function AtTheDoor({ people, onShow }: { people: CallState['waiting']; onShow(): void }) {
  const known = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (people.some(({ identity }) => !known.current.has(identity))) ring();
    known.current = new Set(people.map(({ identity }) => identity));
  }, [people]);
  const [first] = people;
  const more = people.length - 1;
  return (
    <output className="at-the-door">
      {first && (
        <span className="notice">
          <span>
            {rich(
              more > 0 ? 'door.waitingMore' : 'door.waiting',
              { name: <bdi dir="auto">{first.name}</bdi>, count: more },
              more,
            )}
          </span>
          <button type="button" onClick={onShow}>
            {t('door.show')}
          </button>
        </span>
      )}
    </output>
  );
}

/** A host has muted this person, or asks them to unmute: the first is done here, the second only by themselves. */
export function HostSaid({ said, local }: { said: CallState['hostSaid']; local: LocalMedia }) {
  const [seen, setSeen] = useState<number>();
  useEffect(() => {
    if (said?.what === 'muted') local.setMuted(true);
  }, [said, local]);
  const unmute = () => {
    local.setMuted(false);
    setSeen(said?.id);
  };
  return (
    <output className="host-said">
      {said && said.id !== seen && (
        <span className="notice">
          <span>
            {rich(said.what === 'muted' ? 'host.hasMuted' : 'host.asksUnmute', {
              name: <bdi dir="auto">{said.by}</bdi>,
            })}
          </span>
          {said.what === 'unmute' && (
            <button type="button" onClick={unmute}>
              {t('host.unmuteNow')}
            </button>
          )}
          <button type="button" onClick={() => setSeen(said.id)}>
            {t(said.what === 'muted' ? 'gotIt' : 'host.notNow')}
          </button>
        </span>
      )}
    </output>
  );
}
