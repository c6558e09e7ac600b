import type { LogEntry } from '../../protocol/conversation.ts';
import type { Room } from '../rooms/room.ts';

/** A room in which something was said so shortly before its host's last sign of life may be why the host hangs. */
const SUSPECT_MS = 15_000;

/**
 * What rooms' hosts are not told again because a host hung on it. What exactly it was nobody can know: at first the
 * last turn is left out, and the second time everything that was said until then.
 */
export class Suspects {
  readonly #leftOut = new WeakMap<Room, Set<string>>();
  readonly #nowMs: () => number;

  constructor(nowMs = Date.now) {
    this.#nowMs = nowMs;
  }

  /** A host that served these rooms hangs. Resolves which of them it may have been, with the entries left out now. */
  hung(rooms: readonly Room[]): Map<Room, string[]> {
    const sinceMs = this.#nowMs() - SUSPECT_MS;
    const lively = rooms.filter(room => room.all.some(({ role, atMs }) => role === 'user' && atMs >= sinceMs));
    // Where none stands out, it may have been any.
    return new Map((lively.length > 0 ? lively : rooms).map(room => [room, this.#leaveOut(room)]));
  }

  /** What a host may be told of a room. */
  history(room: Room): LogEntry[] {
    const leftOut = this.#leftOut.get(room);
    return leftOut === undefined ? room.history : room.history.filter(({ id }) => !leftOut.has(id));
  }

  #leaveOut(room: Room): string[] {
    const before = this.#leftOut.get(room);
    const said = room.all.filter(({ id }) => before?.has(id) !== true);
    const last = said.findLastIndex(({ role }) => role === 'user');
    // Several may have spoken before the avatar could answer.
    let first = last;
    while (first > 0 && said[first - 1]!.role === 'user') first -= 1;
    const ids = (before === undefined ? said.slice(Math.max(0, first)) : said).map(({ id }) => id);
    this.#leftOut.set(room, new Set([...(before ?? []), ...ids]));
    return ids;
  }
}
