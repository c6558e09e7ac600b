import { isForAvatar, type LogEntry } from '../../protocol/conversation.ts';
import type { Room } from '../rooms/room.ts';

/** A room in which something was said so shortly before its host's last sign of life may be why the host hangs. */
const SUSPECT_MS = 15_000;
/** A room that was there at a hang so short a while ago, and is there at another, is suspect whatever was said. */
const AGAIN_MS = 10 * 60_000;
/** [C2] Entries that are left out, wherever they turn up again. */
const MOST = 5000;

/**
 * What hosts are not told again because one hung on it. What exactly it was nobody can know: at first the last turn of a
 * room is left out, and the second time everything that was said there until then, and what was known from before.
 */
export class Suspects {
  readonly #leftOut = new Set<string>();
  /** Rooms by how often something of theirs was left out. */
  readonly #times = new WeakMap<Room, number>();
  readonly #hungMs = new WeakMap<Room, number>();
  readonly #nowMs: () => number;

  constructor(nowMs = Date.now) {
    this.#nowMs = nowMs;
  }

  /** A host that served these rooms hangs. Tells which of them it may have been, with the entries left out now. */
  hung(rooms: readonly Room[]): Map<Room, string[]> {
    const nowMs = this.#nowMs();
    const said = (room: Room) =>
      this.without(room.all).some(({ role, atMs }) => role === 'user' && atMs >= nowMs - SUSPECT_MS);
    const again = (room: Room) => nowMs - (this.#hungMs.get(room) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS;
    const likely = rooms.filter(room => said(room) || again(room));
    for (const room of rooms) this.#hungMs.set(room, nowMs);
    // Where none stands out, it may have been any.
    return new Map((likely.length > 0 ? likely : rooms).map(room => [room, this.#leaveOut(room)]));
  }

  /** Of what was said, in this call or an earlier one, what a host may be told; what is for people only is not. */
  without(entries: readonly LogEntry[]): LogEntry[] {
    return entries.filter(entry => isForAvatar(entry) && !this.#leftOut.has(entry.id));
  }

  /** Nothing that is known from before is told in this room either. */
  isBad(room: Room): boolean {
    return (this.#times.get(room) ?? 0) > 1;
  }

  #leaveOut(room: Room): string[] {
    const times = this.#times.get(room) ?? 0;
    this.#times.set(room, times + 1);
    const said = this.without(room.all);
    // Several may have spoken before the avatar could answer.
    let first = said.findLastIndex(({ role }) => role === 'user');
    while (first > 0 && said[first - 1]!.role === 'user') first -= 1;
    const ids = (times === 0 ? said.slice(Math.max(0, first)) : said).map(({ id }) => id);
    for (const id of ids) {
      this.#leftOut.add(id);
      if (this.#leftOut.size > MOST) this.#leftOut.delete(this.#leftOut.values().next().value as string);
    }
    return ids;
  }
}
