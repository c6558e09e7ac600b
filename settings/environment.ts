/** Environment variables that override the file: each with the setting it stands for, and what its text means. */

type Path = readonly [string, ...string[]];
/** Undefined: it says nothing. */
type Meaning = (text: string) => unknown;

const number: Meaning = text => (text.trim() === '' ? Number.NaN : Number(text));
const flag: Meaning = text => ({ true: true, '1': true, false: false, '0': false })[text.toLowerCase()] ?? text;
/** Switches something off; what does not switch it off leaves it as the file has it. */
const off: Meaning = text => {
  const meant = flag(text);
  return meant === true ? false : meant === false ? undefined : meant;
};
const text: Meaning = value => value;
/** As it stands where it is no JSON: the schema says what is wrong. */
const json: Meaning = value => {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
};
const list = (value: string) => value.split(',').map(each => each.trim());
/** A flag, how many proxies, or which. */
const proxies: Meaning = value =>
  typeof flag(value) === 'boolean' ? flag(value) : /^\d+$/.test(value) ? Number(value) : list(value);

const SERVER: readonly [string, Path, Meaning][] = [
  ['PORT', ['port'], number],
  ['VISAVIS_HOST', ['host'], text],
  ['VISAVIS_BASE_PATH', ['basePath'], text],
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
  ['LIVEKIT_URL', ['livekit', 'url'], text],
  ['LIVEKIT_API_KEY', ['livekit', 'apiKey'], text],
  ['LIVEKIT_API_SECRET', ['livekit', 'apiSecret'], text],
  ['LIVEKIT_AGENT_NAME', ['livekit', 'agentName'], text],
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

const AGENT: readonly [string, Path, Meaning][] = [
  ['VISAVIS_HOST_MEDIA_IP', ['agent', 'mediaIp'], text],
  ['VISAVIS_PORTRAITS', ['agent', 'portraits'], text],
  ['VISAVIS_RECORDINGS', ['agent', 'recordings', 'folder'], text],
  ['VISAVIS_CACHE', ['agent', 'cache', 'folder'], text],
  ['VISAVIS_NO_CACHE', ['agent', 'cache', 'enabled'], off],
];

/** Whose variables count: an agent host on another machine has nothing to do with those of a server. */
const OF = { server: [...SERVER, ...AGENT], agent: AGENT } as const;
export type Process = keyof typeof OF;

/**
 * Puts the environment over what the file says. Empty variables say nothing.
 * @returns the variable behind each setting that one has set, by the setting's keys joined with dots
 */
export function applyEnvironment(
  values: Record<string, unknown>,
  env: NodeJS.ProcessEnv,
  process: Process,
): Map<string, string> {
  const applied = new Map<string, string>();
  for (const [name, where, meaning] of OF[process]) {
    const value = env[name];
    const meant = value === undefined || value === '' ? undefined : meaning(value);
    if (meant !== undefined && put(values, where, meant)) applied.set(where.join('.'), name);
  }
  return applied;
}

/** False where something else than a section stands in the way: the schema says so. */
function put(target: Record<string, unknown>, [head, ...rest]: readonly string[], value: unknown): boolean {
  if (head === undefined) return false;
  if (rest.length === 0) {
    target[head] = value;
    return true;
  }
  target[head] ??= {};
  const inner = target[head];
  return typeof inner === 'object' && inner !== null && put(inner as Record<string, unknown>, rest, value);
}
