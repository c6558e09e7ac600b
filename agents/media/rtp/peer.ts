import type { RemoteInfo } from 'node:dgram';
import { isIPv6, SocketAddress } from 'node:net';

/** Where one's media goes, and the only place where anything for one comes from. */
export class Peer {
  readonly ip: string;
  readonly port: number;
  readonly #addresses: readonly string[];

  /** @param ip an address; one that stands for all of this machine's is answered from its loopback */
  constructor(ip: string, port: number) {
    this.ip = ip;
    this.port = port;
    const plain = plainly(ip);
    this.#addresses = plain === '0.0.0.0' || plain === '::' ? ['127.0.0.1', '::1'] : [plain];
  }

  /** Whether a packet came from there. A program on the same machine can send from everywhere but this port. */
  sent({ address, port }: Pick<RemoteInfo, 'address' | 'port'>): boolean {
    return port === this.port && this.#addresses.includes(plainly(address));
  }
}

/** One address is written in one way: without a zone, IPv4 as IPv4. */
function plainly(ip: string): string {
  const address = ip.split('%', 1)[0]!.toLowerCase();
  if (!isIPv6(address)) return address;
  const short = new SocketAddress({ address, family: 'ipv6' }).address;
  return short.startsWith('::ffff:') && short.includes('.') ? short.slice('::ffff:'.length) : short;
}
