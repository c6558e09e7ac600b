import { useEffect, useState } from 'react';
import type { LogEntry } from '../../protocol/conversation.ts';
import { captionTail, latestUtterance } from '../room/log.ts';
import { useStore } from '../ui/hooks.ts';
import { captionLength, captionStyle } from './caption-style.ts';
import type { Box } from './layout.ts';

/** A finished utterance stays this long, so that it can be read to its end. */
const STAYS_MS = 6_000;

/** What is being said, at the bottom of a box. Screen readers have the log. */
export function Caption({ log, box }: { log: readonly LogEntry[]; box?: Box }) {
  const style = useStore(captionStyle);
  const entry = latestUtterance(log);
  const shown = useFading(entry);
  if (!shown || !box) return null;
  return (
    <p
      className="caption"
      data-size={style.size}
      data-place={style.place}
      aria-hidden="true"
      style={{ insetInlineStart: box.x, width: box.width, top: box.y + box.height }}
    >
      <span data-role={shown.role} className={shown.final ? undefined : 'provisional'}>
        <b dir="auto">{shown.speakerName}</b> <bdi dir="auto">{captionTail(shown.text, captionLength(style))}</bdi>
      </span>
    </p>
  );
}

/** Hides an utterance a while after its last change; what was said before this page came is not shown. */
function useFading(entry: LogEntry | undefined): LogEntry | undefined {
  const [openedAtMs] = useState(() => Date.now());
  const [hidden, setHidden] = useState<LogEntry>();
  useEffect(() => {
    if (!entry) return;
    const timer = setTimeout(() => setHidden(entry), STAYS_MS);
    return () => clearTimeout(timer);
  }, [entry]);
  const old = entry?.final && entry.atMs < openedAtMs - STAYS_MS;
  return entry && entry !== hidden && !old ? entry : undefined;
}
