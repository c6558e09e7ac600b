import { LIMITS } from '../../protocol/limits.ts';

/** What the address asks for. */
export type Route = {
  /** Absent on the front page, where the room is still to be chosen. */
  room?: string;
  name?: string;
  persona?: string;
  avatar?: string;
  token?: string;
  joinAtOnce: boolean;
  /** The page of what is kept of people. */
  privacy: boolean;
  /** There is nothing at this address. */
  isUnknown: boolean;
  /** The page of what was said; with an id, one conversation on it. */
  conversations?: { id?: string; token?: string };
};

const FIRST =
  'amber calm clear coral early gentle golden green happy kind lunar mellow misty open quiet rosy silver sunny warm wild'.split(
    ' ',
  );
const SECOND =
  'bay brook cloud cove dune fern field garden grove harbor hill island lake maple meadow moon orchard pond river shore'.split(
    ' ',
  );
/** Easily read out: no letters that look or sound alike. */
const LETTERS = 'abdfghjkmnpqrstuvwxyz2345679';

/** A room that nobody else has, and that nobody guesses: `quiet-harbor-k7mx2q`. */
export function randomRoom(random: Uint32Array<ArrayBuffer> = crypto.getRandomValues(new Uint32Array(8))): string {
  const [first = 0, second = 0, ...letters] = random;
  const word = (words: readonly string[], number: number) => words[number % words.length]!;
  return `${word(FIRST, first)}-${word(SECOND, second)}-${letters.map(number => word([...LETTERS], number)).join('')}`;
}

/** Makes a room's name of what a person typed: "Blue room!" becomes "blue-room". Capitals make no other room. */
export const toRoomName = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|(?<!-)-+$/g, '')
    .slice(0, LIMITS.roomLength);

/** Reads an address. A room that cannot be one is taken as far as it goes. */
export function readRoute(address: { pathname: string; search: string; hash?: string }): Route {
  const { pathname, search, hash = '' } = address;
  const query = new URLSearchParams(search);
  const text = (key: string) => query.get(key)?.trim() || undefined;
  const segment = /^\/r\/([^/]+)\/?$/.exec(pathname)?.[1];
  let room: string | undefined;
  try {
    room = segment && (toRoomName(decodeURIComponent(segment)) || undefined);
  } catch {
    room = undefined;
  }
  const behindHash = new URLSearchParams(hash.slice(1)).get('token');
  const kept = /^\/conversations(?:\/([0-9a-f-]{36}))?\/?$/.exec(pathname);
  return {
    ...(kept !== null && {
      conversations: {
        ...(kept[1] !== undefined && { id: kept[1] }),
        ...(behindHash !== null && { token: behindHash }),
      },
    }),
    room,
    name: text('name')?.slice(0, LIMITS.nameLength),
    persona: text('persona'),
    avatar: text('avatar'),
    // After the hash it stays in the browser: no server's log has it. In the query older links have it.
    token: behindHash || text('token'),
    joinAtOnce: query.get('join') === '1',
    privacy: pathname === '/privacy',
    isUnknown: room === undefined && kept === null && !/^\/(?:index\.html|privacy|r\/?)?$/.test(pathname),
  };
}

/** The same address with its token behind the hash, where it is not sent to any server or page; undefined where it is. */
export function withHiddenToken(address: { pathname: string; search: string }): string | undefined {
  const query = new URLSearchParams(address.search);
  const token = query.get('token');
  if (token === null) return undefined;
  query.delete('token');
  return `${address.pathname}${query.size > 0 ? `?${query}` : ''}#${new URLSearchParams({ token })}`;
}
