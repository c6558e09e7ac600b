/**
 * A server of tools (MCP, revision 2025-06-18) as small as tests need it: `node agents/testing/tool-server.ts` speaks
 * over its standard input and output; {@link RemoteToolServer} the same over HTTP on this machine.
 */
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import readline from 'node:readline';

interface Message {
  id?: number | string;
  method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: what tests send is what they look for
  params?: any;
}

const text = (words: string, more: object = {}) => ({ content: [{ type: 'text', text: words }], ...more });
const tool = (name: string, more: object = {}) => ({
  name,
  description: `Does ${name}.`,
  inputSchema: { type: 'object', properties: { id: { type: 'string' } } },
  ...more,
});
const STATE = { type: 'object', properties: { state: { enum: ['sent', 'packed'] } }, required: ['state'] };

/** What a server does, and remembers. */
export class FakeTools {
  reserved = 0;
  /** Ids of requests that were called off. */
  readonly cancelled: unknown[] = [];
  tools: object[];
  readonly #write: (message: object) => void;

  /** @param tools in the place of the usual ones */
  constructor(write: (message: object) => void, tools?: object[]) {
    this.#write = write;
    this.tools = tools ?? [
      tool('find', { annotations: { readOnlyHint: true } }),
      tool('reserve', { annotations: { readOnlyHint: true } }),
      tool('erase', { annotations: { readOnlyHint: false } }),
      tool('state', { outputSchema: STATE }),
      tool('wrong', { outputSchema: STATE }),
      ...['fail', 'picture', 'long', 'never', 'die', 'hang', 'grow', 'environment', 'complain', 'unknown'].map(name =>
        tool(name),
      ),
    ];
  }

  take({ id, method, params }: Message): void {
    const answer = (result: object) => this.#write({ jsonrpc: '2.0', id, result });
    const refuse = (code: number, message: string) => this.#write({ jsonrpc: '2.0', id, error: { code, message } });
    if (method === 'notifications/cancelled') this.cancelled.push(params.requestId);
    if (id === undefined) return;
    if (method === 'initialize')
      answer({
        protocolVersion: '2025-06-18',
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: 'fake', version: '1' },
      });
    else if (method === 'tools/list') answer({ tools: this.tools });
    else if (method === 'ping') answer({});
    else if (method === 'tools/call') this.#call(params.name, params.arguments ?? {}, answer, refuse);
    else refuse(-32601, 'there is no such method');
  }

  #call(
    name: string,
    args: { id?: string },
    answer: (result: object) => void,
    refuse: (code: number, message: string) => void,
  ): void {
    const does: Record<string, () => void> = {
      reserve: () => {
        this.reserved++;
        answer(text(`reserved ${args.id}, ${this.reserved} in all`));
      },
      state: () => answer(text('as text', { structuredContent: { state: 'sent' } })),
      wrong: () => answer(text('as text', { structuredContent: { state: 'eaten' } })),
      fail: () => answer(text('no such\norder', { isError: true })),
      picture: () =>
        answer({ content: [{ type: 'image', data: 'AAAA', mimeType: 'image/png' }, ...text('a teapot').content] }),
      long: () => answer(text('x'.repeat(5000))),
      never: () => {},
      die: () => process.exit(3),
      hang: () => {
        for (;;);
      },
      grow: () => {
        this.tools = [...this.tools, tool('late')];
        this.#write({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
        answer(text('grown'));
      },
      environment: () => answer(text(JSON.stringify(process.env))),
      complain: () => {
        process.stderr.write(`they said ${args.id}\n`);
        answer(text('written'));
      },
      unknown: () => refuse(-32602, 'nobody knows that'),
    };
    (does[name] ?? (() => answer(text(`${name} ${args.id}`))))();
  }
}

/** The same over streamable HTTP, each answer as one message; what is asked is kept. */
export class RemoteToolServer {
  readonly asked: { method: string; headers: http.IncomingHttpHeaders; message?: Message }[] = [];
  /** In the place of its answers: a status, with a location perhaps. */
  instead: { status: number; location?: string } | undefined;
  readonly tools = new FakeTools(message => this.#answers.get((message as Message).id)?.(message));
  readonly #answers = new Map<unknown, (message: object) => void>();
  readonly #server = http.createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const message: Message | undefined = body === '' ? undefined : JSON.parse(body);
    this.asked.push({ method: request.method!, headers: request.headers, ...(message && { message }) });
    if (this.instead !== undefined) {
      const { status, location } = this.instead;
      response.writeHead(status, location === undefined ? {} : { location }).end();
    } else if (message === undefined) response.writeHead(405).end();
    else if (message.id === undefined) response.writeHead(202).end();
    else
      this.#answers.set(message.id, answer =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)),
      );
    if (message !== undefined && this.instead === undefined) this.tools.take(message);
  });

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mcp`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

if (import.meta.main) {
  const { TOOLS, GREETING, DEAF } = process.env;
  if (GREETING !== undefined) process.stderr.write(`${GREETING}\n`);
  if (DEAF !== undefined) process.on('SIGTERM', () => {});
  const write = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
  const fake = new FakeTools(write, TOOLS === undefined ? undefined : JSON.parse(fs.readFileSync(TOOLS, 'utf8')));
  for await (const line of readline.createInterface({ input: process.stdin })) fake.take(JSON.parse(line));
  // Whoever is deaf stays when nobody speaks any more.
  if (DEAF !== undefined) setInterval(() => {}, 1000);
}
