import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { addressOf, trustOf } from './proxies.ts';

const from = (remoteAddress: string, forwarded?: string) =>
  ({
    headers: { ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) },
    socket: { remoteAddress },
  }) as unknown as IncomingMessage;

it.each([
  ['nobody is believed unless the settings say so', false, '10.0.0.1', '127.0.0.1', '10.0.0.1'],
  ['the proxy next to the server is', true, '10.0.0.1', '203.0.113.7', '203.0.113.7'],
  ['what a caller adds in front is not', true, '10.0.0.1', '127.0.0.1, 203.0.113.7', '203.0.113.7'],
  ['two in a row', 2, '10.0.0.1', '127.0.0.1, 203.0.113.7, 10.0.0.2', '203.0.113.7'],
  ['by address, those only', ['10.0.0.0/8'], '10.0.0.1', '127.0.0.1, 203.0.113.7, 10.0.0.2', '203.0.113.7'],
  ['somebody else who says so', ['10.0.0.0/8'], '192.0.2.1', '127.0.0.1', '192.0.2.1'],
  ['a proxy that says nothing', true, '10.0.0.1', undefined, '10.0.0.1'],
])('[S1] %s', (_, setting, remote, forwarded, address) => {
  expect(addressOf(from(remote, forwarded), trustOf(setting))).toBe(address);
});
