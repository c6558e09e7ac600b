import { describe, expect, it } from 'vitest';
import { Peer } from './peer.ts';

describe('the one that media is exchanged with', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['0:0:0:0::1', '::1'],
    ['2001:DB8::0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['10.0.0.1', '::ffff:10.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['::', '::1'],
  ])('is known by address and port: %s as %s', (ip, address) => {
    expect(new Peer(ip, 5000).sent({ address, port: 5000 })).toBe(true);
    expect(new Peer(ip, 5000).sent({ address, port: 5001 })).toBe(false);
  });

  it.each([
    ['127.0.0.1', '127.0.0.2'],
    ['10.0.0.1', '10.0.0.11'],
    ['::1', '127.0.0.1'],
    ['0.0.0.0', '10.0.0.1'],
  ])('is nobody else: %s is not %s', (ip, address) => {
    expect(new Peer(ip, 5000).sent({ address, port: 5000 })).toBe(false);
  });
});
