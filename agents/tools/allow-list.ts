import { type Reach, reachOf } from './addresses.ts';

/** Before an entry whose name may stand for an address of the operator's own network. */
const PRIVATE = 'private ';

/** Addresses that tools may call: whole origins, or what lies under a path of one. */
export class AllowList {
  readonly #entries: readonly { url: URL; reach: Reach }[];

  /** @param entries without {@link allowEntryProblem} */
  constructor(entries: readonly string[]) {
    this.#entries = entries.map(entry => {
      const url = new URL(addressOf(entry));
      return { url, reach: entry.startsWith(PRIVATE) ? 'private' : reachOf(url.hostname) };
    });
  }

  /** @param path an address's, or a template's: braces match nothing but what the list leaves open */
  allows(target: { origin: string; path: string }): boolean {
    return this.reach(target) !== undefined;
  }

  /** Where the name of a target may lead; undefined where the list does not have it. */
  reach({ origin, path }: { origin: string; path: string }): Reach | undefined {
    const fitting = this.#entries.filter(
      ({ url }) =>
        url.origin === origin &&
        (path === url.pathname || path.startsWith(url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`)),
    );
    return fitting.find(({ reach }) => reach !== 'public')?.reach ?? fitting[0]?.reach;
  }
}

/** Why this cannot stand in the list; undefined if it can. */
export function allowEntryProblem(entry: string): string | undefined {
  const address = addressOf(entry);
  if (!/^https?:\/\/[^/?#\\@{}*\s]+(?:\/[^?#\\{}*\s]*)?$/i.test(address) || !URL.canParse(address))
    return 'must be an origin or the beginning of an address, e.g. https://api.example.com/v1, perhaps after the word private';
  const { pathname, origin } = new URL(address);
  const slash = address.indexOf('/', address.indexOf('://') + 3);
  if (pathname !== (slash < 0 ? '/' : address.slice(slash))) return `write it as ${origin}${pathname}`;
  return undefined;
}

const addressOf = (entry: string) => (entry.startsWith(PRIVATE) ? entry.slice(PRIVATE.length) : entry);
