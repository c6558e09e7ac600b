import { Call } from './call/call.tsx';
import type { Desk } from './desk/desk.ts';
import { Lobby } from './lobby/lobby.tsx';
import { useStore } from './ui/hooks.ts';

/** The page: the lobby until somebody enters, then the call. */
export function App({ desk }: { desk: Desk }) {
  const call = useStore(desk.call);
  if (!call) return <Lobby desk={desk} />;
  return <Call client={call.client} room={call.room} local={desk.local} onAgain={() => desk.again()} />;
}
