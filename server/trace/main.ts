/** `npm run trace -- …`: where the time of each turn of a conversation went, asked of a running server. */
import { parseArgs } from 'node:util';
import { AccessToken } from 'livekit-server-sdk';
import type { ConversationList, TraceList } from '../../protocol/conversations.ts';
import type { WireError } from '../../protocol/errors.ts';
import { SettingsError } from '../../settings/file.ts';
import { developmentKeys } from '../auth/tokens.ts';
import { loadConfig } from '../config/load.ts';
import { waterfallText } from './waterfall.ts';

const USAGE = `npm run trace -- [CONVERSATION] [--url URL] [--token TOKEN] [--json]
  CONVERSATION   its id; without, the latest
  --url URL      the server (by default the one with the settings of this machine)
  --token TOKEN  of who may read it (by default one is made with this server's key)
  --json         as data`;

const COLUMNS = 100;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string' },
    token: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

async function ownToken(): Promise<string> {
  const { auth, dataDir } = loadConfig(process.env);
  const { apiKey, apiSecret } =
    auth.apiKey !== undefined && auth.apiSecret !== undefined
      ? { apiKey: auth.apiKey, apiSecret: auth.apiSecret }
      : developmentKeys(dataDir);
  const token = new AccessToken(apiKey, apiSecret, { identity: 'trace', ttl: '1m' });
  token.addGrant({ roomList: true });
  return token.toJwt();
}

function ownUrl(): string {
  const { host, port, https } = loadConfig(process.env);
  if (https.selfSigned || https.certFile !== undefined)
    fail('this server speaks HTTPS: name its address with --url, as its certificate has it');
  const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

async function ask<T>(base: string, path: string, token: string): Promise<T> {
  const response = await fetch(new URL(path, base), { headers: { authorization: `Bearer ${token}` } }).catch(() =>
    fail(`no server answers at ${base}: start it, or name another with --url`),
  );
  const body = (await response.json().catch(() => ({}))) as T & { error?: WireError };
  if (!response.ok) fail(body.error?.message ?? `the server answered ${response.status}`);
  return body;
}

async function main(): Promise<void> {
  const base = values.url ?? ownUrl();
  const token = values.token ?? (await ownToken());
  let [id] = positionals;
  if (id === undefined) {
    const { conversations } = await ask<ConversationList>(base, '/api/conversations?limit=1', token);
    id = conversations[0]?.id ?? fail('nothing has been said yet');
  }
  const { turns } = await ask<TraceList>(base, `/api/conversations/${encodeURIComponent(id)}/turns`, token);
  if (values.json) console.log(JSON.stringify(turns, null, 2));
  else if (turns.length === 0) console.log('It has no turns that were traced.');
  else {
    console.log('Start and duration in ms, from the end of speech (│) on; the second │ is the first sound.\n');
    console.log(turns.map(trace => waterfallText(trace, process.stdout.columns ?? COLUMNS)).join('\n\n'));
  }
}

if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
try {
  await main();
} catch (error) {
  if (error instanceof SettingsError) fail(error.message);
  throw error;
}
