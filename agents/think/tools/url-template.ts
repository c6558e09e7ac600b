/** The template is wrong; the message says what to write. */
export class UrlTemplateError extends Error {
  override name = 'UrlTemplateError';
}

/** An argument cannot stand where the template has it; the message may be told to whoever gave it. */
export class UrlValueError extends Error {
  override name = 'UrlValueError';
}

/** Scheme and host without a placeholder, then path and query. */
const SHAPE = /^(https?:\/\/[^/?#\\@{}\s]+)(\/[^?#\\\s]*)?(\?[^#\\\s]*)?$/i;
const PLACEHOLDER = /\{([A-Za-z_][\w-]{0,63})\}/g;
/** In a path: what separates segments, also where a careless server decodes twice. */
const UNSAFE_IN_PATH = /[\\/\p{Cc}]|%(?:2e|2f|5c)/iu;

/**
 * An address with `{argument}` placeholders in its path and its query. Whatever the arguments are, what comes of it
 * has the template's scheme, host and port, and as many segments in its path as the template.
 */
export class UrlTemplate {
  /** Scheme, host and port. */
  readonly origin: string;
  /** As it is written, placeholders and all. */
  readonly path: string;
  /** The arguments it holds. */
  readonly names: ReadonlySet<string>;
  /** Those it cannot do without. */
  readonly pathNames: ReadonlySet<string>;
  readonly #query: readonly string[];

  /** Throws {@link UrlTemplateError}. */
  constructor(text: string) {
    const [, authority, path = '/', query = ''] = SHAPE.exec(text) ?? [];
    if (authority === undefined)
      throw new UrlTemplateError(
        'must be http:// or https://, a host without placeholders or a password, a path, perhaps a query, and no more',
      );
    const plain = (part: string) => part.replaceAll(PLACEHOLDER, 'x');
    if (/[{}]/.test(plain(path + query))) throw new UrlTemplateError('braces hold the name of an argument');
    if (!URL.canParse(authority)) throw new UrlTemplateError('its host is none');
    const url = new URL(authority + plain(path) + plain(query));
    if (url.pathname !== plain(path)) throw new UrlTemplateError('its path must be written out and percent-encoded');
    if (url.search !== plain(query) && query !== '?') throw new UrlTemplateError('its query must be percent-encoded');
    this.origin = url.origin;
    this.path = path;
    this.#query = query.slice(1).split('&').filter(Boolean);
    this.pathNames = namesIn(path);
    this.names = new Set([...this.pathNames, ...namesIn(query)]);
  }

  /**
   * The address for these arguments. What the query holds of an argument that is not given is left out. Throws
   * {@link UrlValueError}.
   */
  expand(values: Readonly<Record<string, unknown>>): URL {
    const path = this.path.replaceAll(PLACEHOLDER, (_, name: string) => {
      const value = textOf(name, values);
      if (value === undefined || value === '') throw new UrlValueError(`${name} must not be empty`);
      if (UNSAFE_IN_PATH.test(value)) throw new UrlValueError(`${name} must not hold slashes or control characters`);
      return encoded(name, value);
    });
    const query = this.#query.flatMap(piece => {
      if ([...namesIn(piece)].some(name => textOf(name, values) === undefined)) return [];
      return [piece.replaceAll(PLACEHOLDER, (_, name: string) => encoded(name, textOf(name, values)!))];
    });
    const url = new URL(this.origin + path + (query.length > 0 ? `?${query.join('&')}` : ''));
    // Dots alone would climb.
    if (url.origin !== this.origin || url.pathname !== path)
      throw new UrlValueError('no argument may be made of dots only');
    return url;
  }
}

const namesIn = (text: string): Set<string> => new Set([...text.matchAll(PLACEHOLDER)].map(([, name]) => name!));

function textOf(name: string, values: Readonly<Record<string, unknown>>): string | undefined {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object') throw new UrlValueError(`${name} must be text, a number or a boolean`);
  return String(value);
}

/** Percent-encoded so that no part of an address takes any of it for its own. */
function encoded(name: string, value: string): string {
  if (!value.isWellFormed()) throw new UrlValueError(`${name} is no text`);
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
