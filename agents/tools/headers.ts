import { HEADER_VARIABLE } from '../think/tools/declaration.ts';

/** Shorter values would be found in anything. */
const LEAST_SECRET = 4;

/** The headers of a tool, with the values of the variables they name. */
export interface ResolvedHeaders {
  headers: Readonly<Record<string, string>>;
  /** Takes what those variables hold out of a text, should a service send it back. */
  redacted(text: string): string;
}

/**
 * Puts the host's variables into headers.
 *
 * @param refuse throws; what it is told holds no values
 */
export function resolveHeaders(
  declared: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
  refuse: (header: string, problem: string) => never,
): ResolvedHeaders {
  const used = new Set<string>();
  const headers = Object.fromEntries(
    Object.entries(declared).map(([header, text]) => [
      header,
      text.replaceAll(HEADER_VARIABLE, (_, name: string) => {
        const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
        if (!value) return refuse(header, `${name} is not set in the host's environment`);
        if (!/^[\t\x20-\x7e]*$/.test(value)) return refuse(header, `${name} holds what no header may hold`);
        used.add(value);
        return value;
      }),
    ]),
  );
  const hidden = [...used]
    .filter(value => value.length >= LEAST_SECRET)
    .flatMap(value => [value, JSON.stringify(value).slice(1, -1)])
    // The longest first: one may be part of another.
    .toSorted((a, b) => b.length - a.length);
  return { headers, redacted: text => hidden.reduce((clean, value) => clean.replaceAll(value, '(hidden)'), text) };
}
