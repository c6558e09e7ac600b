import { expect, it } from 'vitest';
import { Settings } from '../../settings/settings.ts';
import { hostnameOf, namesUs } from './hostnames.ts';

const names = (settings: object = {}) => namesUs(Settings.parse(settings), () => ['192.0.2.7', 'fd00::7']);

it.each([
  'localhost',
  'localhost:3000',
  'LOCALHOST:3000',
  'localhost.',
  'talk.localhost:3000',
  '127.0.0.1:3000',
  '127.9.8.7',
  '[::1]:3000',
  '192.0.2.7',
  '[fd00::7]:3000',
])('[S1] %s is this machine', host => expect(names()(host)).toBe(true));

it.each([
  undefined,
  '',
  'evil.example',
  'evil.example:3000',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'evil.example#localhost',
  'evil.example@localhost',
  'localhost evil.example',
  '127.0.0.1:3000:3000',
  '2130706433',
  '0x7f.1',
  '192.0.2.8',
  '[::1',
  'x'.repeat(5000),
])('[S1] %j is a foreign name, or none', host => expect(names()(host)).toBe(false));

it('names that are configured are this server’s, as are its host and its announced address', () => {
  const isOurs = names({
    hostnames: ['Talk.example'],
    host: 'inner.example',
    media: { announcedAddress: 'calls.example' },
  });
  for (const host of ['talk.example:443', 'TALK.EXAMPLE', 'inner.example', 'calls.example'])
    expect(isOurs(host)).toBe(true);
  expect(isOurs('sub.talk.example')).toBe(false);
});

it('a name is read without its port', () => {
  expect(hostnameOf('[2001:DB8::1]:80')).toBe('2001:db8::1');
  expect(hostnameOf('a.example:80')).toBe('a.example');
});
