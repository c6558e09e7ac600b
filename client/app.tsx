import { lazy, Suspense } from 'react';
import type { Desk } from './desk/desk.ts';
import { Elsewhere } from './desk/elsewhere.tsx';
import { Lobby } from './lobby/lobby.tsx';
import { useStore } from './ui/hooks.ts';

const loadCall = () => import('./call/call.tsx').then(({ Call }) => ({ default: Call }));
const Call = lazy(loadCall);

/** The page: the lobby until somebody enters, then the call, which is loaded meanwhile. */
export function App({ desk }: { desk: Desk }) {
  const call = useStore(desk.call);
  const elsewhere = useStore(desk.elsewhere);
  if (elsewhere === 'looking') return <main className="call" data-state="joining" />;
  if (elsewhere)
    return (
      <Elsewhere
        onHere={() => desk.goOnHere()}
        onAnother={desk.route.token === undefined ? () => desk.enterAnyway(elsewhere.entry) : undefined}
        onBack={() => desk.elsewhere.set(undefined)}
      />
    );
  if (!call) return <Lobby desk={desk} onShown={() => void loadCall()} />;
  return (
    <Suspense fallback={<main className="call" data-state="joining" />}>
      <Call
        client={call.client}
        room={call.room}
        local={desk.local}
        invited={desk.route.token !== undefined}
        onAgain={() => desk.again()}
      />
    </Suspense>
  );
}
