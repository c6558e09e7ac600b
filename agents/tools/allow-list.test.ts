import { describe, expect, it } from 'vitest';
import { AgentSettings } from '../../settings/agent.ts';
import { UrlTemplate } from '../think/tools/url-template.ts';
import { AllowList, allowEntryProblem } from './allow-list.ts';

const allows = (entry: string, url: string) => new AllowList([entry]).allows(new UrlTemplate(url));

describe('the list of allowed targets', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com/orders/{id}'],
    ['https://api.example.com/', 'https://api.example.com/'],
    ['https://API.example.com:443', 'https://api.example.com/x'],
    ['https://api.example.com/v1', 'https://api.example.com/v1/orders/{id}?q={q}'],
    ['https://api.example.com/v1', 'https://api.example.com/v1'],
    ['https://api.example.com/v1/', 'https://api.example.com/v1/orders'],
    ['private https://api.example.com/v1', 'https://api.example.com/v1/orders'],
  ])('%s lets %s through', (entry, url) => expect(allows(entry, url)).toBe(true));

  it.each([
    ['https://api.example.com', 'http://api.example.com/'],
    ['https://api.example.com', 'https://api.example.com:8443/'],
    ['https://api.example.com', 'https://api.example.com.evil.example/'],
    ['https://example.com', 'https://api.example.com/'],
    ['https://api.example.com/v1', 'https://api.example.com/v10/orders'],
    ['https://api.example.com/v1', 'https://api.example.com/'],
    ['https://api.example.com/v1/', 'https://api.example.com/v1'],
    ['https://api.example.com/v1/orders', 'https://api.example.com/v1/{kind}'],
    ['https://api.example.com/v1', 'https://api.example.com/%761'],
  ])('%s does not let %s through', (entry, url) => expect(allows(entry, url)).toBe(false));

  it('is empty unless the settings say otherwise', () => {
    expect(AgentSettings.parse({}).tools).toEqual({
      allow: [],
      commands: [],
      waitingMs: 1500,
      stillWaitingMs: 9000,
      perTurn: 4,
      maxResultBytes: 16_384,
    });
    expect(new AllowList([]).allows({ origin: 'http://127.0.0.1', path: '/' })).toBe(false);
  });

  it.each([
    '*',
    'example.com',
    'ftp://example.com',
    'https://*.example.com',
    'https://example.com?x=1',
    'https://me:secret@example.com',
    'https://example.com/{id}',
    'https://example.com/a/../b',
    'https://example.com:99999',
    'public https://example.com',
    'private',
    'private private https://example.com',
  ])('cannot hold %s', entry => {
    expect(allowEntryProblem(entry)).toEqual(expect.any(String));
    expect(AgentSettings.safeParse({ tools: { allow: [entry] } }).error?.issues[0]?.path).toEqual([
      'tools',
      'allow',
      0,
    ]);
  });
});
