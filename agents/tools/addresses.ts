import dns from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Whether a name of the list may stand for an address of the operator's own network. */
export type Reach = 'public' | 'private' | 'loopback';

/** Of the operator's own network, or of this machine. */
const PRIVATE = ranges([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
  '::1/128',
]);
const LOOPBACK = ranges(['127.0.0.0/8', '::1/128']);
/** IPv4 that leads to no one on the internet (RFC 6890): private, link-local, tests, multicast, reserved. */
const SPECIAL = ranges(
  [
    ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
    ['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
    // Of IPv6: documentation, and what holds an IPv4 address.
    ['224.0.0.0/4', '240.0.0.0/4', '2001:db8::/32', '2001::/32', '2002::/16'],
  ].flat(),
);
/** Of IPv6, all that is given out on the internet. */
const GLOBAL_IPV6 = ranges(['2000::/3']);
/** Names that no public name server answers for: whoever runs the network gives them. */
const OWN_NAME = /^[^.]+$|\.(?:internal|local|lan|localdomain|home\.arpa|intranet|corp)$/i;

/** Where a name of the list may lead, if the list does not say it. */
export const reachOf = (hostname: string): Reach =>
  /(?:^|\.)localhost$/i.test(hostname) ? 'loopback' : OWN_NAME.test(hostname) ? 'private' : 'public';

/** No address of a name is one where a tool may go; nothing was sent. */
export class AddressRefused extends Error {
  override name = 'AddressRefused';
}

/**
 * Looks up a name for a connection, which is then made to no other address than these: what a name stood for when it
 * was listed says nothing of what it stands for now. Link-local addresses, where clouds keep their secrets, are no
 * name's.
 */
export function lookupWithin(reach: Reach, lookup: typeof dns.lookup = dns.lookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const addresses = found.filter(({ address }) => mayReach(address, reach));
      const [first] = addresses;
      if (first === undefined) return callback(new AddressRefused('its name leads where no tool may go'), []);
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** Whether an address is within reach. */
export function mayReach(address: string, reach: Reach): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (reach === 'loopback') return LOOPBACK.check(address, family);
  if (reach === 'private' && PRIVATE.check(address, family)) return true;
  return !SPECIAL.check(address, family) && (family === 'ipv4' || GLOBAL_IPV6.check(address, family));
}

function ranges(all: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of all) {
    const [address, bits] = range.split('/') as [string, string];
    list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}
