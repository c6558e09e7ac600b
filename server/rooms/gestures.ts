import type { Emoji } from '../../protocol/reactions.ts';
import { participantInfo } from './participants.ts';
import type { Room, Seat } from './room.ts';

/** A hand goes up, or down; it keeps its place in the order while it is up. Everybody is told. */
export function raiseHand(room: Room, seat: Seat, raised: boolean): void {
  if (raised === (seat.handAtMs !== undefined)) return;
  seat.handAtMs = raised ? Date.now() : undefined;
  room.broadcast('participant.updated', { participant: participantInfo(seat) });
}

/** Shown for a moment to those who may watch, and to whoever it came from; nobody keeps it. */
export function react(room: Room, seat: Seat, emoji: Emoji): void {
  for (const each of room.seats.values())
    if (each === seat || each.admission.canSubscribe)
      each.notify('reaction', { identity: seat.admission.identity, emoji });
}
