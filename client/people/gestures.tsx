import { useEffect, useRef, useState } from 'react';
import { type Emoji, REACTIONS } from '../../protocol/reactions.ts';
import type { RoomClient } from '../room/client.ts';
import type { CallState } from '../room/state.ts';
import { HandIcon, SmileIcon } from '../ui/icons.tsx';
import { rich } from '../words/rich.tsx';
import { type Key, t } from '../words/words.ts';

const NAMES: Record<Emoji, Key> = {
  '👍': 'reaction.thumbsUp',
  '❤️': 'reaction.heart',
  '👏': 'reaction.applause',
  '😂': 'reaction.laughing',
  '😮': 'reaction.surprised',
  '🎉': 'reaction.celebration',
};
const SHOWN_MS = 4000;

/** One's hand, and what else can be shown without a word. */
export function GestureButtons(props: { client: RoomClient; raised: boolean; onHand(): void }) {
  const { client, raised, onHand } = props;
  const menu = useRef<HTMLDivElement>(null);
  const show = (emoji: Emoji) => {
    menu.current?.hidePopover();
    // One too many is simply not shown.
    void client.request('react', { emoji }).catch(() => {});
  };
  return (
    <span className="gesture-buttons">
      <button
        type="button"
        className={`round ${raised ? 'raised' : 'plain'}`}
        aria-pressed={raised}
        aria-label={t('hand.raise')}
        title={`${t(raised ? 'hand.lower' : 'hand.raise')} (H)`}
        onClick={onHand}
      >
        <HandIcon />
      </button>
      <button
        type="button"
        className="round plain"
        aria-label={t('reaction')}
        title={t('reaction')}
        popoverTarget="reactions"
      >
        <SmileIcon />
      </button>
      <div ref={menu} id="reactions" className="reactions" popover="auto">
        {REACTIONS.map(emoji => (
          <button
            key={emoji}
            type="button"
            aria-label={t(NAMES[emoji])}
            title={t(NAMES[emoji])}
            onClick={() => show(emoji)}
          >
            {emoji}
          </button>
        ))}
      </div>
    </span>
  );
}

/** Tells whose hand has just gone up, and, to those who do not see it, who reacted how. */
export function Gestures({ state: { others, reactions, phase } }: { state: CallState }) {
  const [raised, setRaised] = useState<string[]>([]);
  const known = useRef<ReadonlySet<string> | undefined>(undefined);
  useEffect(() => {
    if (phase !== 'connected') return;
    const up = new Map(others.filter(({ hand }) => hand !== undefined).map(({ identity, name }) => [identity, name]));
    const fresh =
      known.current && [...up].filter(([identity]) => !known.current!.has(identity)).map(([, name]) => name);
    known.current = new Set(up.keys());
    if (fresh === undefined || fresh.length === 0) return;
    setRaised(shown => [...shown, ...fresh]);
    setTimeout(() => setRaised(shown => shown.filter(name => !fresh.includes(name))), SHOWN_MS);
  }, [others, phase]);
  const last = reactions.at(-1);
  const who = others.find(({ identity }) => identity === last?.identity);
  return (
    <>
      <output className="came-and-went">
        {raised.map(name => (
          <span key={name} className="notice">
            <span>{rich('hand.raised', { name: <bdi dir="auto">{name}</bdi> })}</span>
          </span>
        ))}
      </output>
      <output className="unseen">
        {last && who && <span key={last.id}>{`${who.name}: ${t(NAMES[last.emoji])}`}</span>}
      </output>
    </>
  );
}
