import os from 'node:os';
import type { Settings } from '../../settings/settings.ts';
import { isLoopback } from '../config/loopback.ts';

/** The name in a Host header, without its port; undefined where there is none that could be one. */
export function hostnameOf(header: string | undefined): string | undefined {
  if (header === undefined || header.length > 300) return undefined;
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/i.exec(header)?.[1];
  const name = bracketed ?? /^([a-z0-9_.-]+)(?::\d{1,5})?$/i.exec(header)?.[1];
  // A dot at the end means the same name.
  return name?.toLowerCase().replace(/\.$/, '');
}

/** Addresses of this machine's interfaces. */
const interfaceAddresses = (): string[] =>
  Object.values(os.networkInterfaces()).flatMap(each => (each ?? []).map(({ address }) => address.toLowerCase()));

/**
 * Tells whether a Host header names this server: localhost, an address of this machine, or a name that is configured.
 * A page of a foreign name that is made to resolve to this machine (DNS rebinding) is of the same origin as what it
 * then reads: only this header gives it away.
 */
export function namesUs(
  { host, hostnames, media }: Pick<Settings, 'host' | 'hostnames' | 'media'>,
  addresses = interfaceAddresses,
): (header: string | undefined) => boolean {
  const ours = new Set(
    [...hostnames, host, ...(media.announcedAddress === undefined ? [] : [media.announcedAddress])].map(name =>
      name.toLowerCase(),
    ),
  );
  return header => {
    const name = hostnameOf(header);
    if (name === undefined) return false;
    return isLoopback(name) || name.endsWith('.localhost') || ours.has(name) || addresses().includes(name);
  };
}
