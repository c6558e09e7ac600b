import { LIMITS } from '../protocol/limits.ts';

/** What the address asks for. */
export type Route = {
  /** Absent on the front page, where the room is still to be chosen. */
  room?: string;
  name?: string;
  persona?: string;
  avatar?: string;
  token?: string;
  joinAtOnce: boolean;
};

export const DEFAULT_ROOM = 'welcome';

/** Makes a room's name of what a person typed: "Blue room!" becomes "Blue-room". */
export const toRoomName = (text: string): string =>
  text
    .trim()
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '')
    .slice(0, LIMITS.roomLength);

/** Reads an address. A room that cannot be one is taken as far as it goes. */
export function readRoute({ pathname, search }: { pathname: string; search: string }): Route {
  const query = new URLSearchParams(search);
  const text = (key: string) => query.get(key)?.trim() || undefined;
  const segment = /^\/r\/([^/]+)\/?$/.exec(pathname)?.[1];
  let room: string | undefined;
  try {
    room = segment && (toRoomName(decodeURIComponent(segment)) || undefined);
  } catch {
    room = undefined;
  }
  return {
    room,
    name: text('name')?.slice(0, LIMITS.nameLength),
    persona: text('persona'),
    avatar: text('avatar'),
    token: text('token'),
    joinAtOnce: query.get('join') === '1',
  };
}
