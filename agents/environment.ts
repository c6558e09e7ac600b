import { OperatorError } from '../telemetry/operator-error.ts';
import { TOOL_VARIABLE_PREFIX } from './think/tools/declaration.ts';

/** What a host is told by its environment alone: where its server is, and secrets. */
export interface AgentEnvironment {
  serverUrl: string;
  hostSecret: string;
  /** Process to end with, when a server spawned this host. */
  parentPid?: number;
  /** The name by which that server knows it. */
  hostId?: string;
  /** Kept warm for when another host dies. */
  standby: boolean;
  logLevel: string;
}

/** Throws {@link OperatorError} when the server's address or the host secret is missing. */
export function readEnvironment(env: NodeJS.ProcessEnv): AgentEnvironment {
  const { VISAVIS_SERVER_URL: serverUrl, VISAVIS_HOST_SECRET: hostSecret } = env;
  if (!serverUrl || !hostSecret)
    throw new OperatorError('an agent host needs VISAVIS_SERVER_URL and VISAVIS_HOST_SECRET');
  return {
    serverUrl,
    hostSecret,
    logLevel: env.VISAVIS_LOG_LEVEL ?? 'info',
    standby: env.VISAVIS_STANDBY === '1',
    ...(env.VISAVIS_PARENT_PID && { parentPid: Number(env.VISAVIS_PARENT_PID) }),
    ...(env.VISAVIS_HOST_ID && { hostId: env.VISAVIS_HOST_ID }),
  };
}

/** Variables that the headers of tools may name. */
export const toolVariablesOf = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      name.startsWith(TOOL_VARIABLE_PREFIX) && value !== undefined ? [[name, value]] : [],
    ),
  );
