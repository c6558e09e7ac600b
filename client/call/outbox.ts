import { useEffect, useRef, useState } from 'react';
import type { Audience } from '../../protocol/conversation.ts';

/** More are not kept. */
export const MOST_WAITING = 20;

/** A message, and whom it is for. */
export type Message = { text: string; audience: Audience };

/** One that waits for the connection. */
export type Waiting = Message & { id: number };

/**
 * What was written while there was no connection: sent in order when it is back, each once. One that the server refuses
 * is given back.
 * @param send resolves when the server has it
 */
export function useOutbox(
  send: (message: Message) => Promise<void>,
  connected: boolean,
  refused: (message: Message, error: unknown) => void,
) {
  const [waiting, setWaiting] = useState<readonly Waiting[]>([]);
  const ids = useRef(0);
  const sending = useRef(false);
  const [first] = waiting;
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each that is first, and each time that the way is open
  useEffect(() => {
    if (!connected || first === undefined || sending.current) return;
    sending.current = true;
    send(first)
      .catch(error => refused(first, error))
      .finally(() => {
        sending.current = false;
        setWaiting(all => all.filter(({ id }) => id !== first.id));
      });
  }, [connected, first?.id]);
  return {
    waiting,
    add: (message: Message) => setWaiting(all => [...all, { ...message, id: ++ids.current }]),
    takeBack: (id: number) => setWaiting(all => all.filter(each => each.id !== id)),
  };
}
