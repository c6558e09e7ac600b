/** What no log line may hold, whatever wrote it: both ends of the wire give this to their logger. */
const HIDDEN = '[hidden]';
/** A join token, wherever it turns up; what is written up to it without a gap may belong to it. */
const JWT = /(?<![\w-])[\w-]+\.eyJ[\w-]+\.[\w-]*/g;
/** The password in an address: `postgresql://user:password@host`. */
const URL_PASSWORD = /(:\/\/[^\s:/@"]*:)[^\s/@"]+@/g;
/** Variables that hold secrets; VISAVIS_API_KEY is a name, which every token shows. */
const SECRET_NAME = /(SECRET|PASSWORD|AUTH|TOKEN|API_KEY)$|^VISAVIS_TOOL_/;
/** Shorter ones would be found in words that are none. */
const SHORTEST_SECRET = 8;

/** The values of the environment that are secrets. */
export const secretsOf = (env: Record<string, string | undefined>): string[] =>
  Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && name !== 'VISAVIS_API_KEY' && SECRET_NAME.test(name) ? [value] : [],
  );

/** Hides secrets in a line of JSON. */
export function redactor(secrets: readonly (string | undefined)[]): (line: string) => string {
  // As they stand in JSON. A longer one that holds a shorter one goes first.
  const known = [...new Set(secrets)]
    .filter(secret => secret !== undefined && secret.length >= SHORTEST_SECRET)
    .map(secret => JSON.stringify(secret).slice(1, -1))
    .toSorted((a, b) => b.length - a.length);
  return line =>
    known
      .reduce((clean, secret) => clean.replaceAll(secret, HIDDEN), line)
      .replace(JWT, HIDDEN)
      .replace(URL_PASSWORD, `$1${HIDDEN}@`);
}
