import type dns from 'node:dns';
import { describe, expect, it } from 'vitest';
import { json, type ToolService } from '../testing/tool-service.ts';
import { serviceForEach } from '../testing/tool-turns.ts';
import { mayReach, reachOf } from './addresses.ts';

let service: ToolService;
const { order, booking, turn } = serviceForEach(each => {
  service = each;
});

/** A name server that answers with these. */
const naming = (...addresses: string[]) =>
  ((_name: string, _options: object, answer: (error: null, found: { address: string; family: number }[]) => void) =>
    answer(
      null,
      addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
    )) as unknown as typeof dns.lookup;
/** The service, by a name. */
const called = (name: string) => service.origin.replace('127.0.0.1', name);
const ask = async (name: string, allow: string, lookup = naming('127.0.0.1')) => {
  const { run, outcomes } = turn([order({ url: `${called(name)}/orders/{id}` })], { allow: [allow], lookup });
  const [told] = await run(['order', { id: '1' }]);
  return { told, outcome: outcomes[0]! };
};

describe('a name that the operator lists', () => {
  it('leads to no private address, whatever it stood for when it was listed', async () => {
    const { told, outcome } = await ask('api.example.com', called('api.example.com'));
    expect(told).toBe('The tool failed: the service is at an address where no tool may go.');
    expect(outcome).toBe('order: network');
    expect(service.calls).toHaveLength(0);
  });

  it('is looked up for the connection that is made, each time', async () => {
    const addresses = ['203.0.113.1', '127.0.0.1'];
    const lookup = ((...args: Parameters<typeof dns.lookup>) => {
      (naming(addresses.shift() ?? '127.0.0.1') as (...args: unknown[]) => void)(...args);
    }) as unknown as typeof dns.lookup;
    const { run } = turn([order({ url: `${called('api.example.com')}/orders/{id}` })], {
      allow: [called('api.example.com')],
      lookup,
    });
    for (let i = 0; i < 3; i++) expect((await run(['order', { id: '1' }]))[0]).toContain('where no tool may go');
    expect(service.calls).toHaveLength(0);
  });

  it('leads there where the list says that it is private', async () => {
    expect(await ask('api.example.com', `private ${called('api.example.com')}`)).toMatchObject({
      outcome: 'order: ok',
    });
  });

  it.each(['shop', 'shop.internal', 'localhost'])('leads there where nobody else gives such names: %s', async name => {
    expect(await ask(name, called(name))).toMatchObject({ outcome: 'order: ok' });
  });

  it.each([
    ['localhost', '10.0.0.1'],
    ['shop', '169.254.169.254'],
    ['shop.internal', 'fe80::1'],
    ['shop.internal', '0.0.0.0'],
  ])('leads nowhere else all the same: %s to %s', async (name, address) => {
    expect((await ask(name, called(name), naming(address))).told).toContain('where no tool may go');
  });

  it('is not called at those of its addresses where no tool may go', async () => {
    const { outcome } = await ask('shop', called('shop'), naming('169.254.169.254', '127.0.0.1'));
    expect(outcome).toBe('order: ok');
  });

  it('does nothing where it is refused', async () => {
    const { run } = turn([booking({ url: `${called('api.example.com')}/tables` })], {
      allow: [called('api.example.com')],
      lookup: naming('127.0.0.1'),
    });
    expect((await run(['book', { at: 'noon' }]))[0]).not.toContain('may have been done');
  });
});

it('an address that the operator lists is called as it is', async () => {
  service.answer = response => json(response, {});
  expect((await ask('127.0.0.1', service.origin, naming())).outcome).toBe('order: ok');
});

describe('addresses within reach of a name', () => {
  it.each([
    '10.1.2.3',
    '127.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    'fe80::1',
    'fd00:ec2::254',
    'ff02::1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
  ])('are not %s, unless it is private', address => expect(mayReach(address, 'public')).toBe(false));

  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111'])('are %s', address =>
    expect(mayReach(address, 'public')).toBe(true));

  it.each([
    ['api.example.com', 'public'],
    ['localhost.example.com', 'public'],
    ['a.internal.example.com', 'public'],
    ['shop', 'private'],
    ['shop.internal', 'private'],
    ['api.localhost', 'loopback'],
  ])('are told by it: %s', (name, reach) => expect(reachOf(name)).toBe(reach));
});
