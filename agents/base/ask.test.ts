import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { ask, jsonLines } from './ask.ts';

describe('a question over HTTP', () => {
  let server: http.Server;
  let clock: VirtualClock;
  beforeEach(async () => {
    clock = new VirtualClock();
    server = http.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const open = () =>
    ask(
      { name: 'acme', baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, clock, patienceMs: 4000 },
      '/x',
      { body: {}, mostBytes: 1000, signal: new AbortController().signal },
    );

  it('is waited for a minute in all, however often a piece comes; the reader’s time does not count', async () => {
    const answer = open();
    const asked = once(server, 'request');
    const first = answer.next();
    const [, response] = (await asked) as [unknown, http.ServerResponse];
    response.write('a');
    expect((await first).done).toBe(false);
    await clock.advance(3_600_000);
    let pieces = 0;
    const rest = (async () => {
      for await (const _ of answer) {
        pieces += 1;
        response.write('b');
      }
    })();
    response.write('b');
    const ended = expect(rest).rejects.toMatchObject({ category: 'network', message: 'acme takes too long' });
    for (let n = 1; n <= 16; n++) {
      const before = pieces;
      await clock.advance(3900);
      await vi.waitUntil(() => pieces > before || clock.pending === 0);
    }
    await ended;
    expect(pieces).toBeGreaterThanOrEqual(1);
    await vi.waitUntil(() => response.destroyed);
  });

  it('follows no redirect: what was said goes nowhere else', async () => {
    server.on('request', (_request, response) => response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end());
    await expect(open().next()).rejects.toMatchObject({ category: 'network' });
  });
});

describe('lines of JSON', () => {
  it('are read wherever they are cut, without empty ones', async () => {
    const bytes = new TextEncoder().encode('{"a":"é"}\n\n {"a":"b"}');
    for (const size of [1, 3, 100]) {
      const source = (async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
      })();
      const read: unknown[] = [];
      for await (const line of jsonLines(source, z.object({ a: z.string() }))) read.push(line.a);
      expect(read).toEqual(['é', 'b']);
    }
  });
});
