import { pino } from 'pino';
import { expect, it } from 'vitest';
import { redactor, secretsOf } from './redaction.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';
const SECRET = 'a "quoted" secret\nof two lines';

/** What a logger writes. */
function logged(write: (log: ReturnType<typeof pino>) => void): string {
  const lines: string[] = [];
  write(
    pino(
      { hooks: { streamWrite: redactor([SECRET, 'short', undefined, SECRET.slice(0, 12)]) } },
      { write: (line: string) => void lines.push(line) },
    ),
  );
  const text = lines.join('');
  for (const line of text.trim().split('\n')) JSON.parse(line);
  return text;
}

it('[P1] no secret gets into the log: as a value, in a message, in an error and its stack, in an address', () => {
  const text = logged(log => {
    log.info({ key: SECRET, deep: { token: JWT } }, `with ${SECRET} and ${JWT}`);
    log.error({ err: new Error(`cannot connect to postgresql://ann:pass-word@db:5432/visavis with ${SECRET}`) });
  });
  expect(text).not.toMatch(/quoted|two lines|c2lnbmF0dXJl|pass-word/);
  expect(text).toContain('postgresql://ann:[hidden]@db:5432/visavis');
});

it('what is no secret stays as it is', () => {
  expect(logged(log => log.info({ url: 'http://a.example:8080/x@y' }, 'short words'))).toMatch(
    /http:\/\/a\.example:8080\/x@y.*short words/,
  );
});

it('knows by their names which variables hold secrets', () => {
  expect(
    secretsOf({
      VISAVIS_API_KEY: 'name of the key',
      VISAVIS_API_SECRET: 'a',
      VISAVIS_HOST_SECRET: 'b',
      VISAVIS_METRICS_TOKEN: 'c',
      OPENAI_API_KEY: 'd',
      SDWEBUI_AUTH: 'e',
      VISAVIS_TOOL_SHOP: 'f',
      PATH: '/usr/bin',
      VISAVIS_HOST_SECRETS_FOLDER: undefined,
    }),
  ).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});
