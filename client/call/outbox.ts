import { useEffect, useRef, useState } from 'react';

/** More are not kept. */
export const MOST_WAITING = 20;

/** A message that waits for the connection. */
export type Waiting = { id: number; text: string };

/**
 * What was written while there was no connection: sent in order when it is back, each once. One that the server refuses
 * is given back.
 * @param send resolves when the server has it
 */
export function useOutbox(
  send: (text: string) => Promise<void>,
  connected: boolean,
  refused: (text: string, error: unknown) => void,
) {
  const [waiting, setWaiting] = useState<readonly Waiting[]>([]);
  const ids = useRef(0);
  const sending = useRef(false);
  const [first] = waiting;
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each that is first, and each time that the way is open
  useEffect(() => {
    if (!connected || first === undefined || sending.current) return;
    sending.current = true;
    send(first.text)
      .catch(error => refused(first.text, error))
      .finally(() => {
        sending.current = false;
        setWaiting(all => all.filter(({ id }) => id !== first.id));
      });
  }, [connected, first?.id]);
  return {
    waiting,
    add: (text: string) => setWaiting(all => [...all, { id: ++ids.current, text }]),
    takeBack: (id: number) => setWaiting(all => all.filter(each => each.id !== id)),
  };
}
