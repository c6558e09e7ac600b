import type { RequestName, RequestOutput, RequestParsed } from '../../../protocol/signaling.ts';
import type { Room, Seat } from '../../rooms/room.ts';

type HostRequest = Extract<RequestName, `host.${string}`>;
type Handlers = { [N in HostRequest]: (input: RequestParsed<N>) => RequestOutput<N> | Promise<RequestOutput<N>> };

/** What hosts ask; whether they are, the room's moderation checks each time. `here` throws for who is in no room. */
export const hostHandlers = (here: () => { room: Room; seat: Seat }): Handlers => {
  const acting =
    <I>(act: (room: Room['moderation'], seat: Seat, input: I) => void | Promise<void>) =>
    async (input: I) => {
      const { room, seat } = here();
      await act(room.moderation, seat, input);
      return {};
    };
  return {
    'host.mute': acting((room, seat, { identity }) => room.mute(seat, identity)),
    'host.unmute': acting((room, seat, { identity }) => room.askToUnmute(seat, identity)),
    'host.remove': acting((room, seat, { identity }) => room.remove(seat, identity)),
    'host.lock': acting((room, seat, { locked }) => room.lock(seat, locked)),
    'host.waiting': acting((room, seat, { on }) => room.waitingRoom(seat, on)),
    'host.admit': acting((room, seat, { identity, admitted }) => room.admit(seat, identity, admitted)),
    'host.end': acting((room, seat) => room.end(seat)),
  };
};
