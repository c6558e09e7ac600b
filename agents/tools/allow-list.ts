/** Addresses that tools may call: whole origins, or what lies under a path of one. */
export class AllowList {
  readonly #entries: readonly URL[];

  /** @param entries without {@link allowEntryProblem} */
  constructor(entries: readonly string[]) {
    this.#entries = entries.map(entry => new URL(entry));
  }

  /** @param path an address's, or a template's: braces match nothing but what the list leaves open */
  allows({ origin, path }: { origin: string; path: string }): boolean {
    return this.#entries.some(
      entry =>
        entry.origin === origin &&
        (path === entry.pathname ||
          path.startsWith(entry.pathname.endsWith('/') ? entry.pathname : `${entry.pathname}/`)),
    );
  }
}

/** Why this cannot stand in the list; undefined if it can. */
export function allowEntryProblem(entry: string): string | undefined {
  if (!/^https?:\/\/[^/?#\\@{}*\s]+(?:\/[^?#\\{}*\s]*)?$/i.test(entry) || !URL.canParse(entry))
    return 'must be an origin or the beginning of an address, e.g. https://api.example.com/v1';
  const { pathname, origin } = new URL(entry);
  const slash = entry.indexOf('/', entry.indexOf('://') + 3);
  if (pathname !== (slash < 0 ? '/' : entry.slice(slash))) return `write it as ${origin}${pathname}`;
  return undefined;
}
