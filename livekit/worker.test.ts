import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Job, ServerMessage, WorkerMessage, WorkerStatus } from '@livekit/protocol';
import { TokenVerifier } from 'livekit-server-sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { AgentWorker, type WorkerEvents } from './worker.ts';

const KEYS = { apiKey: 'key', apiSecret: 'a-secret-of-at-least-32-characters' };

/** The agents' side of a LiveKit server, as far as a worker needs it. */
class FakeLiveKit {
  readonly received: WorkerMessage['message'][] = [];
  readonly #http = http.createServer();
  readonly #sockets = new WebSocketServer({ noServer: true });
  registers = true;
  refuses: number | undefined;

  async open(): Promise<string> {
    this.#http.on('upgrade', async (request, socket, head) => {
      const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const claims = await new TokenVerifier(KEYS.apiKey, KEYS.apiSecret).verify(bearer).catch(() => undefined);
      const status = this.refuses ?? (claims?.video?.agent === true ? undefined : 401);
      if (status !== undefined || request.url !== '/agent?protocol=1') {
        socket.end(`HTTP/1.1 ${status ?? 404} No\r\ncontent-length: 9\r\n\r\nnot today`);
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, line => {
        line.on('message', (data: Buffer) => {
          const { message } = WorkerMessage.fromBinary(data);
          this.received.push(message);
          if (message.case === 'register' && this.registers) this.send({ case: 'register', value: { workerId: 'W' } });
        });
      });
    });
    await once(this.#http.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`;
  }
  send(message: { case: string; value: object }): void {
    const data = new ServerMessage({ message: message as ServerMessage['message'] }).toBinary();
    for (const line of this.#sockets.clients) line.send(data);
  }
  /** Something that is no message. */
  babble(): void {
    for (const line of this.#sockets.clients) line.send(Buffer.alloc(9, 0xff));
  }
  get lines(): WebSocket[] {
    return [...this.#sockets.clients];
  }
  of<C extends WorkerMessage['message']['case']>(name: C) {
    return this.received.flatMap(message =>
      message.case === name ? [message.value as Extract<WorkerMessage['message'], { case: C }>['value']] : [],
    );
  }
  async close(): Promise<void> {
    for (const line of this.lines) line.terminate();
    this.#http.closeAllConnections();
    await new Promise(resolve => this.#http.close(resolve));
  }
}

let server: FakeLiveKit;
let worker: AgentWorker | undefined;
beforeEach(() => {
  server = new FakeLiveKit();
});
afterEach(async () => {
  worker?.close();
  await server.close();
});

async function start({
  offered = () => ({ identity: 'avatar', name: 'Ollie', attributes: { a: 'b' } }),
  keys = {},
}: {
  offered?: WorkerEvents['offered'];
  keys?: Partial<typeof KEYS>;
} = {}) {
  const url = await server.open();
  const events = {
    offered,
    assigned: vi.fn<WorkerEvents['assigned']>(),
    terminated: vi.fn<WorkerEvents['terminated']>(),
    connected: vi.fn<WorkerEvents['connected']>(),
    load: () => ({ load: 0.25, jobs: 3 }),
  };
  worker = new AgentWorker({ url, ...KEYS, ...keys }, 'visavis', events);
  await worker.start();
  return events;
}
const job = new Job({ id: 'J', room: { name: 'red' }, metadata: '{}' });

describe('an agent worker', () => {
  it('registers under its name, and says how much it has to do', async () => {
    const { connected } = await start();
    expect(connected).toHaveBeenCalledWith(true);
    expect(server.of('register')[0]).toMatchObject({ agentName: 'visavis', allowedPermissions: { agent: true } });
    await vi.waitUntil(() => server.of('updateWorker').length > 0);
    expect(server.of('updateWorker')[0]).toMatchObject({ load: 0.25, jobCount: 3, status: WorkerStatus.WS_AVAILABLE });
  });

  it('takes what it is offered under the name that it is told, and is given its token', async () => {
    const { assigned, terminated } = await start();
    server.send({ case: 'availability', value: { job } });
    await vi.waitUntil(() => server.of('availability').length > 0);
    expect(server.of('availability')[0]).toMatchObject({
      jobId: 'J',
      available: true,
      participantIdentity: 'avatar',
      participantName: 'Ollie',
      participantAttributes: { a: 'b' },
    });
    server.send({ case: 'assignment', value: { job, token: 'token' } });
    await vi.waitUntil(() => assigned.mock.calls.length > 0);
    expect(assigned.mock.calls[0]![1]).toBe('token');
    server.send({ case: 'termination', value: { jobId: 'J' } });
    await vi.waitUntil(() => terminated.mock.calls.length > 0);
  });

  it('says no where it has no place, and once it drains', async () => {
    const offered = vi.fn<WorkerEvents['offered']>(() => undefined);
    await start({ offered });
    server.send({ case: 'availability', value: { job } });
    await vi.waitUntil(() => server.of('availability').length === 1);
    worker!.drain();
    server.send({ case: 'availability', value: { job } });
    await vi.waitUntil(() => server.of('availability').length === 2);
    expect(server.of('availability').map(({ available }) => available)).toEqual([false, false]);
    expect(offered).toHaveBeenCalledTimes(1);
    expect(server.of('updateWorker').at(-1)?.status).toBe(WorkerStatus.WS_FULL);
  });

  it('comes back when the line was lost, or what came over it was no message', async () => {
    const { connected } = await start();
    server.babble();
    await vi.waitUntil(() => server.of('register').length === 2);
    for (const line of server.lines) line.terminate();
    await vi.waitUntil(() => server.of('register').length === 3);
    await vi.waitUntil(() => connected.mock.calls.filter(([up]) => up).length === 3);
    expect(connected.mock.calls.map(([up]) => up)).toEqual([true, false, true, false, true]);
  });

  it('says what to do where its key is refused, and what the server said', async () => {
    const { connected } = await start({ keys: { apiSecret: 'another-secret-of-at-least-32-chars' } });
    expect(connected.mock.calls[0]![1]?.message).toMatch(
      /401: not today.*check LIVEKIT_API_KEY and LIVEKIT_API_SECRET/,
    );
    expect(connected.mock.calls[0]![1]?.retryable).toBe(false);
  });

  it('leaves nothing behind when it is closed while it waits', async () => {
    server.refuses = 503;
    const { connected } = await start();
    expect(connected.mock.calls[0]).toEqual([false, expect.objectContaining({ retryable: true })]);
    worker!.close();
    server.refuses = undefined;
    expect(server.lines).toEqual([]);
  });
});
