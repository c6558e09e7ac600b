import { HEADER_VARIABLE } from '../think/tools/declaration.ts';

/** Shorter values would be found in anything. */
const LEAST_SECRET = 4;

/** Headers of a tool, or the environment of one, with the values of the variables they name. */
export interface ResolvedValues {
  values: Readonly<Record<string, string>>;
  /** Takes what those variables hold out of a text, should a service send it back. */
  redacted(text: string): string;
}

/**
 * Puts the host's variables into what a persona's file declares.
 *
 * @param refuse throws; what it is told holds no values
 */
export function resolveValues(
  declared: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
  refuse: (name: string, problem: string) => never,
): ResolvedValues {
  const used = new Set<string>();
  const values = Object.fromEntries(
    Object.entries(declared).map(([key, text]) => [
      key,
      text.replaceAll(HEADER_VARIABLE, (_, name: string) => {
        const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
        if (!value) return refuse(key, `${name} is not set in the host's environment`);
        if (!/^[\t\x20-\x7e]*$/.test(value)) return refuse(key, `${name} holds what no header may hold`);
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
  return { values, redacted: text => hidden.reduce((clean, value) => clean.replaceAll(value, '(hidden)'), text) };
}
