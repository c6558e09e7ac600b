import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { isLoopback } from './loopback.ts';
import { OperatorError } from './operator-error.ts';
import { ServerConfig } from './schema.ts';

/** The configuration is wrong; `message` says where and what to do. */
export class ConfigError extends OperatorError {
  override name = 'ConfigError';
}

type Path = readonly [string, ...string[]];
const number = (text: string) => (text.trim() === '' ? Number.NaN : Number(text));
const flag = (text: string) => ({ true: true, '1': true, false: false, '0': false })[text.toLowerCase()] ?? text;
const text = (value: string) => value;
/** As it stands where it is no JSON: the schema says what is wrong. */
const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
const list = (text: string) => text.split(',').map(each => each.trim());
/** A flag, how many proxies, or which. */
const proxies = (text: string) =>
  typeof flag(text) === 'boolean' ? flag(text) : /^\d+$/.test(text) ? Number(text) : list(text);

/** Environment variables that override the file. */
const ENVIRONMENT: readonly [string, Path, (value: string) => unknown][] = [
  ['PORT', ['port'], number],
  ['VISAVIS_HOST', ['host'], text],
  ['VISAVIS_HOSTNAMES', ['hostnames'], list],
  ['VISAVIS_HTTPS', ['https', 'selfSigned'], flag],
  ['VISAVIS_HTTPS_CERT', ['https', 'certFile'], text],
  ['VISAVIS_HTTPS_KEY', ['https', 'keyFile'], text],
  ['VISAVIS_API_KEY', ['auth', 'apiKey'], text],
  ['VISAVIS_API_SECRET', ['auth', 'apiSecret'], text],
  ['VISAVIS_OPEN_ROOMS', ['auth', 'openRooms'], flag],
  ['VISAVIS_RTC_PORT', ['media', 'rtcPort'], number],
  ['VISAVIS_MEDIA_IP', ['media', 'listenIp'], text],
  ['VISAVIS_ANNOUNCED_ADDRESS', ['media', 'announcedAddress'], text],
  ['VISAVIS_MEDIA_WORKERS', ['media', 'workers'], number],
  ['VISAVIS_ICE_SERVERS', ['media', 'iceServers'], json],
  ['VISAVIS_HOST_SECRET', ['agents', 'hostSecret'], text],
  ['VISAVIS_AGENTS_MEDIA_IP', ['agents', 'mediaIp'], text],
  ['VISAVIS_AGENTS_HOST', ['agents', 'host'], text],
  ['VISAVIS_AGENTS_PORT', ['agents', 'port'], number],
  ['VISAVIS_AGENTS', ['agents', 'spawn'], number],
  ['VISAVIS_STANDBY_AGENTS', ['agents', 'standby'], number],
  ['VISAVIS_TRUST_PROXY', ['trustProxy'], proxies],
  ['VISAVIS_CORS_ORIGINS', ['corsOrigins'], list],
  ['VISAVIS_METRICS_TOKEN', ['metricsToken'], text],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', ['otlpEndpoint'], text],
  ['DATABASE_URL', ['databaseUrl'], text],
  ['VISAVIS_DATA_DIR', ['dataDir'], text],
  ['VISAVIS_LOG_LEVEL', ['logLevel'], text],
];

function readFile(file: string): unknown {
  let source: string;
  try {
    source = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`cannot read ${file}: ${(error as Error).message}`);
  }
  try {
    return parse(source) ?? {};
  } catch (error) {
    throw new ConfigError(`${file} is not valid YAML: ${(error as Error).message}`);
  }
}

function put(target: Record<string, unknown>, [head, ...rest]: readonly string[], value: unknown): void {
  if (head === undefined) return;
  if (rest.length === 0) target[head] = value;
  else {
    target[head] ??= {};
    const inner = target[head];
    if (typeof inner === 'object' && inner !== null) put(inner as Record<string, unknown>, rest, value);
  }
}

/**
 * Reads the YAML file (`VISAVIS_CONFIG`, else `visavis.config.yaml` if present), applies the environment and
 * checks the result. Throws {@link ConfigError}.
 */
export function loadConfig(env: NodeJS.ProcessEnv, cwd = process.cwd()): ServerConfig {
  const named = env.VISAVIS_CONFIG;
  const file = path.resolve(cwd, named ?? 'visavis.config.yaml');
  const raw = named !== undefined || fs.existsSync(file) ? readFile(file) : {};
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new ConfigError(`${file} must hold settings, one "key: value" each`);
  // A section whose keys are all commented out is none.
  const merged = structuredClone(Object.fromEntries(Object.entries(raw).filter(([, section]) => section !== null)));
  for (const [name, where, convert] of ENVIRONMENT) {
    const value = env[name];
    if (value !== undefined && value !== '') put(merged, where, convert(value));
  }
  const result = ServerConfig.safeParse(merged);
  if (!result.success) {
    const lines = result.error.issues.map(issue => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`);
    throw new ConfigError(`the configuration is wrong:\n${lines.join('\n')}`);
  }
  return checkTogether(result.data, [env.NODE_ENV, env.VISAVIS_ENV].includes('production'));
}

/** Rules between settings. */
function checkTogether(config: ServerConfig, production: boolean): ServerConfig {
  const { apiKey, apiSecret } = config.auth;
  if ((apiKey === undefined) !== (apiSecret === undefined))
    throw new ConfigError('set both VISAVIS_API_KEY and VISAVIS_API_SECRET, or neither');
  if (apiKey === undefined && production)
    throw new ConfigError(
      'in production the server signs with keys of your own: set VISAVIS_API_KEY to a name and VISAVIS_API_SECRET to 32 characters or more, ' +
        'e.g. of "openssl rand -hex 32" (or unset NODE_ENV and VISAVIS_ENV to try it on this machine)',
    );
  if (apiKey === undefined && !(isLoopback(config.host) && isLoopback(config.media.listenIp)))
    throw new ConfigError(
      `without an API key the server serves this machine only, but host is ${config.host} and media.listenIp is ${config.media.listenIp}; ` +
        'set VISAVIS_API_KEY and VISAVIS_API_SECRET (32 characters or more)',
    );
  if ((config.https.certFile === undefined) !== (config.https.keyFile === undefined))
    throw new ConfigError('https needs both certFile and keyFile');
  for (const key of ['mediaIp', 'host'] as const)
    if (!isLoopback(config.agents[key]) && config.agents.hostSecret === undefined)
      throw new ConfigError(`agents.${key} is not loopback: set VISAVIS_HOST_SECRET`);
  // Tokens, words and passwords of TURN go over the network only encrypted, unless a proxy or the operator says so.
  config.https.selfSigned ??=
    !isLoopback(config.host) && config.trustProxy === false && config.https.certFile === undefined;
  return config;
}
