import { SettingsError } from '../../settings/file.ts';
import { loadSettings } from '../../settings/load.ts';
import type { Settings } from '../../settings/settings.ts';
import { usable } from '../../settings/stages.ts';
import { isLoopback } from './loopback.ts';

/** All settings, those of the agent hosts too, as a server needs them. Throws {@link SettingsError}. */
export function loadConfig(env: NodeJS.ProcessEnv, cwd = process.cwd()): Settings {
  const config = loadSettings(env, 'server', cwd);
  // The hosts that it starts have its environment; those elsewhere have keys of their own.
  const means = { env, models: config.agent.models };
  if (config.agents.spawn > 0)
    for (const kind of ['dialogue', 'speech', 'recognition'] as const) usable(kind, config.agent[kind], means);
  usable('images', config.agent.images, means);
  return checkTogether(config, [env.NODE_ENV, env.VISAVIS_ENV].includes('production'));
}

/** Rules between settings. */
function checkTogether(config: Settings, production: boolean): Settings {
  const { apiKey, apiSecret } = config.auth;
  if ((apiKey === undefined) !== (apiSecret === undefined))
    throw new SettingsError('set both VISAVIS_API_KEY and VISAVIS_API_SECRET, or neither');
  if (apiKey === undefined && production)
    throw new SettingsError(
      'in production the server signs with keys of your own: set VISAVIS_API_KEY to a name and VISAVIS_API_SECRET to 32 characters or more, ' +
        'e.g. of "openssl rand -hex 32" (or unset NODE_ENV and VISAVIS_ENV to try it on this machine)',
    );
  if (apiKey === undefined && !(isLoopback(config.host) && isLoopback(config.media.listenIp)))
    throw new SettingsError(
      `without an API key the server serves this machine only, but host is ${config.host} and media.listenIp is ${config.media.listenIp}; ` +
        'set VISAVIS_API_KEY and VISAVIS_API_SECRET (32 characters or more)',
    );
  if ((config.https.certFile === undefined) !== (config.https.keyFile === undefined))
    throw new SettingsError('https needs both certFile and keyFile');
  for (const key of ['mediaIp', 'host'] as const)
    if (!isLoopback(config.agents[key]) && config.agents.hostSecret === undefined)
      throw new SettingsError(`agents.${key} is not loopback: set VISAVIS_HOST_SECRET`);
  // Tokens, words and passwords of TURN go over the network only encrypted, unless a proxy or the operator says so.
  config.https.selfSigned ??=
    !isLoopback(config.host) && config.trustProxy === false && config.https.certFile === undefined;
  return config;
}
