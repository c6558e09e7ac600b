/** Where the page stands on its server: `/`, or what the server was told (`basePath`), `/talk/`. */
export const BASE: string = typeof document === 'undefined' ? '/' : new URL(document.baseURI).pathname;

/** An address of this server: `at('/api/personas')`. */
export const at = (path: string): string => BASE + path.replace(/^\//, '');

/** The path of an address as it is without the place where the page stands. */
export const withoutBase = (pathname: string): string =>
  pathname.startsWith(BASE) ? `/${pathname.slice(BASE.length)}` : pathname;
