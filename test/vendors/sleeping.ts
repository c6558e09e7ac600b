import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What it does with a request: holds it, sends it on with a ticket, … ; undefined: the endpoint behind it answers. */
export type Sleeping =
  | 'hold'
  | 'ticket'
  | 'not yet'
  | 'elsewhere'
  | 'drop'
  | 'gone'
  | { status: number; retryAfter: string };

export interface Knocked {
  method: string;
  url: string;
  authorization: string | undefined;
  type: string | undefined;
  body: string;
}

/**
 * What stands before an endpoint that is started when somebody asks: it holds requests, hands out tickets under which
 * their answers are waited for with GET, drops them, or says when to come again.
 */
export class SleepingEndpoint {
  /** For each request, in order; then what `usual` says. */
  script: Sleeping[] = [];
  usual: Sleeping | undefined;
  readonly knocked: Knocked[] = [];
  readonly problems: string[] = [];
  hungUp = 0;
  connections = 0;
  #tickets = 0;
  /** What the endpoint behind it answers. */
  answer: (response: http.ServerResponse, asked: Knocked) => void = response =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[]}');
  readonly #asked = new Map<string, Knocked>();
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));

  async open(): Promise<void> {
    this.#server.on('connection', socket => {
      this.connections += 1;
      socket.on('close', () => {
        this.connections -= 1;
      });
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }
  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    response.on('close', () => {
      if (!response.writableEnded) this.hungUp += 1;
    });
    let body = '';
    for await (const part of request) body += part;
    const { method = '', url = '', headers } = request;
    const now = { method, url, authorization: headers.authorization, type: headers['content-type'], body };
    this.knocked.push(now);
    const ticket = new URL(url, this.origin).searchParams.get('__function_call_id');
    const asked = ticket === null ? now : this.#asked.get(ticket);
    if (asked === undefined) return this.#refuse(response, `an unknown ticket ${ticket}`);
    if (ticket !== null && (method !== 'GET' || body !== '' || now.type !== undefined))
      return this.#refuse(response, `bad redirect method ${method}`);
    const does = this.script.shift() ?? this.usual;
    if (does === undefined) this.answer(response, asked);
    else if (does === 'drop') response.destroy();
    else if (does === 'not yet') response.writeHead(408).end();
    else if (does === 'gone') response.writeHead(404).end();
    else if (does === 'elsewhere') response.writeHead(303, { location: 'http://127.0.0.1:9/x' }).end();
    else if (does === 'ticket') {
      const id = `fc-${++this.#tickets}`;
      this.#asked.set(id, asked);
      // As it is written there: without the origin.
      response.writeHead(303, { location: `${new URL(url, this.origin).pathname}?__function_call_id=${id}` }).end();
    } else if (does !== 'hold') response.writeHead(does.status, { 'retry-after': does.retryAfter }).end('{}');
  }

  #refuse(response: http.ServerResponse, problem: string): void {
    this.problems.push(problem);
    response.writeHead(400).end('modal-http: bad redirect method');
  }
}
