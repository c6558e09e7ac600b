import { Counter, type Registry } from 'prom-client';

/** Why a connection was closed before it served anything. */
export type ConnectionFault = 'silent' | 'slow' | 'stalled' | 'too-many' | 'too-many-of-one';
/** Why somebody who says they are an agent host was not let in. */
export type HostRefusal = 'secret' | 'version' | 'malformed' | 'too-often';

export type LimitMetrics = ReturnType<typeof limitMetrics>;

/** Who came too often. */
export function limitMetrics(registers: Registry[]) {
  const limited = new Counter({
    name: 'visavis_rate_limited_total',
    help: 'Requests refused because somebody came too often, by whom the limit counts',
    labelNames: ['scope', 'surface'],
    registers,
  });
  const connections = new Counter({
    name: 'visavis_connections_closed_total',
    help: 'Connections closed because they said nothing, were too slow, or were too many',
    labelNames: ['reason'],
    registers,
  });
  const misdirected = new Counter({
    name: 'visavis_misdirected_requests_total',
    help: 'Requests for names that this server does not serve',
    registers,
  });
  const hosts = new Counter({
    name: 'visavis_agent_hosts_refused_total',
    help: 'Agent hosts that were not let in',
    labelNames: ['reason'],
    registers,
  });
  return {
    refused: ({ scope, surface }: { scope: string; surface: string }) => limited.inc({ scope, surface }),
    connectionClosed: (reason: ConnectionFault) => connections.inc({ reason }),
    misdirected: () => misdirected.inc(),
    hostRefused: (reason: HostRefusal) => hosts.inc({ reason }),
  };
}
