import { randomUUID } from 'node:crypto';
import type { Audience } from '../../protocol/conversation.ts';
import type { Room, Seat } from './room.ts';

/** Somebody types something; returns the entry's id. Throws `rate-limited` where a room's share is used up. */
export function typeInto(room: Room, seat: Seat, text: string, audience?: Audience): string {
  const id = randomUUID();
  room.typed({
    id,
    turnId: id,
    speaker: seat.admission.identity,
    speakerName: seat.name,
    role: 'user',
    source: 'text',
    text,
    final: true,
    ...(audience === 'people' && { audience }),
    atMs: Date.now(),
  });
  return id;
}
