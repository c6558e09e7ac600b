import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import type { Settings } from '../../settings/settings.ts';

export type Trust = (address: string, hop: number) => boolean;

/**
 * Which proxies are believed about whom they speak for. `true` is the one that is next to the server: what stands
 * further left in its header is what the caller says of themself, and is never believed.
 */
export function trustOf(setting: Settings['trustProxy']): Trust {
  if (Array.isArray(setting)) return proxyAddr.compile(setting);
  const hops = Number(setting);
  return (_address, hop) => hop < hops;
}

/** Where a request comes from. */
export const addressOf = (request: IncomingMessage, trust: Trust): string => proxyAddr(request, trust);
