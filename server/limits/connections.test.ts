import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { descriptorLimit, guardConnections, SERVER_TIMES } from './connections.ts';
import { standBefore } from './front.ts';
import { limitMetrics } from './metrics.ts';
import { trustOf } from './proxies.ts';

let registry: Registry;
let server: http.Server;
let sockets: Socket[];
let upgraded = 0;
beforeEach(() => {
  registry = new Registry();
  sockets = [];
  // Sockets are real; only the guard's own timers are the test's.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  vi.useRealTimers();
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});

async function serve(
  limits: { connections?: number; connectionsPerAddress?: number } = {},
  { proxy = false, descriptors }: { proxy?: boolean; descriptors?: number } = {},
): Promise<void> {
  server = http.createServer(SERVER_TIMES, (request, response) => {
    request.resume().on('end', () => response.end('hello'));
  });
  server.on('upgrade', () => (upgraded += 1));
  const metrics = limitMetrics([registry]);
  guardConnections(
    server,
    { connections: 100, connectionsPerAddress: 100, ...limits },
    { trust: trustOf(proxy), metrics, descriptors },
  );
  standBefore(server, {
    isMeant: host => host !== 'evil.example',
    headers: { 'X-Test': 'of every answer' },
    refused: metrics.misdirected,
    slow: () => metrics.connectionClosed('slow'),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

async function open(from = '127.0.0.1'): Promise<Socket> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}
const closed = (socket: Socket) => (socket.closed ? Promise.resolve() : once(socket.resume(), 'close'));
async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [data = ''] = (await Promise.race([once(socket, 'data'), once(socket, 'end')])) as [Buffer?];
  return data.toString();
}
const counted = async (reason: string) =>
  expect(await registry.metrics()).toContain(`visavis_connections_closed_total{reason="${reason}"}`);
const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe('[S1] connections', () => {
  it('of one address are so many, and others still get in', async () => {
    await serve({ connectionsPerAddress: 2 });
    const held = [await open(), await open()];
    await closed(await open());
    await counted('too-many-of-one');
    expect(await ask(await open('127.0.0.2'), GET)).toContain('200 OK');
    held[0]!.destroy();
    await vi.waitUntil(async () => (await ask(await open(), GET).catch(() => '')).includes('200 OK'), {
      timeout: 30_000,
    });
  });

  it('of a trusted proxy are everybody’s', async () => {
    await serve({ connectionsPerAddress: 1 }, { proxy: true });
    await open();
    expect(await ask(await open(), GET)).toContain('200 OK');
  });

  it('are never more in all than the server’s descriptors allow', async () => {
    await serve({}, { descriptors: 3 });
    await open('127.0.0.2');
    await open('127.0.0.3');
    await closed(await open('127.0.0.4'));
    await counted('too-many');
  });

  it('that say nothing are closed, those that spoke are not', async () => {
    await serve();
    const [silent, spoke] = [await open(), await open()];
    expect(await ask(spoke, GET)).toContain('200 OK');
    vi.advanceTimersByTime(10_000);
    await closed(silent);
    await counted('silent');
    expect(spoke.destroyed).toBe(false);
  });

  it('whose message does not come to its end are closed', async () => {
    await serve();
    const socket = await open();
    const begun = once(server, 'request');
    socket.write('POST /api/rooms/red/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"na');
    await begun;
    vi.advanceTimersByTime(15_000);
    await closed(socket);
    await counted('slow');
  });

  it('whose message is answered before it is all here are closed soon', async () => {
    await serve();
    server.removeAllListeners('request');
    standBefore(
      server.on('request', (_request, response: http.ServerResponse) => response.end('too early')),
      {
        isMeant: () => true,
        headers: {},
        refused: () => {},
        slow: () => {},
      },
    );
    const socket = await open();
    expect(await ask(socket, 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx')).toContain('200 OK');
    vi.advanceTimersByTime(5000);
    await closed(socket);
  });

  it('with a large picture have longer', async () => {
    await serve();
    const socket = await open();
    const begun = once(server, 'request');
    socket.write('POST /api/portraits HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n12');
    await begun;
    vi.advanceTimersByTime(15_000);
    expect(await ask(socket, '34')).toContain('200 OK');
  });
});

describe('[S1] a foreign name', () => {
  it('is refused before anything is served, as is its socket', async () => {
    await serve();
    expect(await ask(await open(), 'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n')).toMatch(
      /^HTTP\/1.1 421 Misdirected Request\r\nX-Test: of every answer.*"code":"misdirected"/s,
    );
    const upgrade =
      'GET /socket.io/ HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const socket = await open();
    socket.write(upgrade);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 421 Misdirected Request/);
    expect(upgraded).toBe(0);
    expect(await registry.metrics()).toContain('visavis_misdirected_requests_total 2');
  });
});

it('the descriptors that a process may have are read where the system says so', () => {
  const limits =
    'Limit  Soft Limit  Hard Limit  Units\nMax open files            900                  524288               files     \n';
  expect(descriptorLimit(() => limits)).toBe(900);
  expect(descriptorLimit(() => 'nothing of the kind')).toBeUndefined();
  expect(
    descriptorLimit(() => {
      throw new Error('no such file');
    }),
  ).toBeUndefined();
});
