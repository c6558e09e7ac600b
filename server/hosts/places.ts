import type { Room } from '../rooms/room.ts';
import type { Host } from './host.ts';

/** So many places are left to others by an address whose guests have their share, of few places fewer. */
const LEFT_TO_OTHERS = 2;
/** What the guests of one address may have before they have to leave something, of all places. */
const SHARE = 1 / 2;

/**
 * The hosts that may be asked to take a room, the least loaded first and those that stand by last. Guests of one address
 * who have half of all places leave the last ones to others, and those that stand by to calls whose host dies; whoever
 * signs tokens answers for them.
 * @param served rooms that have an avatar, or are just getting one
 */
export function hostsFor(room: Room, hosts: readonly Host[], served: Iterable<Room>): Host[] {
  const able = hosts
    .filter(host => host.status.avatarReady && !host.status.draining && host.status.load < 1)
    .sort((a, b) => Number(a.standby) - Number(b.standby) || a.status.load - b.status.load);
  // A call that goes on elsewhere had its place already.
  if (room.openedBy === undefined || room.hadAgent) return able;
  const regular = hosts.filter(({ standby, status }) => !standby && !status.draining);
  const places = regular.reduce((sum, { capacity }) => sum + capacity, 0);
  const all = [...served].filter(each => each !== room);
  const theirs = all.filter(({ openedBy }) => openedBy === room.openedBy).length;
  if (theirs < places * SHARE) return able;
  return places - all.length > Math.min(LEFT_TO_OTHERS, Math.floor(places / 4))
    ? able.filter(({ standby }) => !standby)
    : [];
}
