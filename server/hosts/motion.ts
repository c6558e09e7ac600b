import type { Room } from '../rooms/room.ts';

/** Whether everybody who watches wants little movement. */
export function wantsReducedMotion(room: Pick<Room, 'seats'>): boolean {
  const watching = [...room.seats.values()].filter(({ admission }) => admission.canSubscribe);
  return watching.length > 0 && watching.every(({ reducedMotion }) => reducedMotion === true);
}
