import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export type ComfyFault = 'no model' | 'fails' | 'no picture' | 'never' | 'down' | 'page' | 'busy' | 'auth';

interface Job {
  prompt: Record<string, { class_type: string; inputs: Record<string, unknown> }>;
  looks: number;
}

/** ComfyUI's server: jobs are queued, one runs, pictures are fetched by name. What it does not know it refuses. */
export class ComfyServer {
  /** Of the next job. */
  fault: ComfyFault | undefined;
  /** Looks at a job until it is done. */
  looks = 2;
  readonly picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 9, 9]);
  readonly prompts: Job['prompt'][] = [];
  readonly problems: string[] = [];
  readonly deleted: string[] = [];
  readonly interrupted: string[] = [];
  /** What runs now, beside ours. */
  running: string[] = [];
  connections = 0;
  readonly #jobs = new Map<string, Job>();
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
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  /** Jobs that are not done. */
  get waiting(): string[] {
    return [...this.#jobs.keys()];
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request) text += part;
    const { method = '', url = '' } = request;
    const { pathname, searchParams } = new URL(url, this.baseUrl);
    if (request.headers.authorization !== 'Bearer secret') return this.#refuse(response, 'no token');
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    if (method === 'POST' && pathname === '/prompt') return this.#prompt(response, body);
    if (method === 'GET' && pathname.startsWith('/history/')) return this.#history(response, pathname.slice(9));
    if (method === 'GET' && pathname === '/queue')
      return json(response, 200, {
        queue_running: [...this.running, ...this.waiting].map((id, i) => [i, id, {}, {}, []]),
        queue_pending: [],
      });
    if (method === 'POST' && pathname === '/queue') {
      if (!known(body, ['delete', 'clear'])) return this.#refuse(response, `queue ${text}`);
      this.deleted.push(...(body.delete as string[]));
      response.writeHead(200).end();
      return;
    }
    if (method === 'POST' && pathname === '/interrupt') {
      if (!known(body, ['prompt_id'])) return this.#refuse(response, `interrupt ${text}`);
      this.interrupted.push(String(body.prompt_id));
      this.#jobs.delete(String(body.prompt_id));
      response.writeHead(200).end();
      return;
    }
    const view = [...searchParams.keys()].toSorted().join();
    if (method === 'GET' && pathname === '/view' && view === 'filename,subfolder,type') {
      response.writeHead(200, { 'content-type': 'image/png' });
      response.write(this.picture.subarray(0, 3));
      response.end(this.picture.subarray(3));
      return;
    }
    this.#refuse(response, `${method} ${url}`);
  }

  #prompt(response: http.ServerResponse, body: Record<string, unknown>): void {
    const prompt = body.prompt as Job['prompt'];
    const nodes = Object.values(prompt ?? {});
    const whole = nodes.every(({ class_type, inputs }) => typeof class_type === 'string' && typeof inputs === 'object');
    const placed = !/"\{(?:prompt|avoid|seed|steps|size)\}"/.test(JSON.stringify(prompt));
    if (
      !known(body, ['prompt', 'client_id', 'extra_data', 'front', 'number']) ||
      nodes.length === 0 ||
      !whole ||
      !placed
    )
      this.#refuse(response, `prompt ${Object.keys(body)}`);
    else if (this.fault === 'down') response.writeHead(502).end('<html>down</html>');
    else if (this.fault === 'page') response.writeHead(200).end('<html>hello</html>');
    else if (this.fault === 'busy') json(response, 429, { error: 'busy' });
    else if (this.fault === 'auth') json(response, 401, { error: 'no' });
    else if (this.fault === 'no model') json(response, 400, NO_MODEL);
    else this.#take(response, prompt);
  }

  #take(response: http.ServerResponse, prompt: Job['prompt']): void {
    this.prompts.push(prompt);
    const id = `job-${this.prompts.length}`;
    this.#jobs.set(id, { prompt, looks: this.looks });
    json(response, 200, { prompt_id: id, number: this.prompts.length, node_errors: {} });
  }

  #history(response: http.ServerResponse, id: string): void {
    const job = this.#jobs.get(id);
    if (job === undefined || this.fault === 'never' || job.looks-- > 0) {
      json(response, 200, {});
      return;
    }
    this.#jobs.delete(id);
    const images = [{ filename: 'a b.png', subfolder: 'x/y', type: 'temp' }];
    const failed = this.fault === 'fails';
    json(response, 200, {
      [id]: {
        prompt: [1, id, job.prompt, {}, []],
        outputs: failed || this.fault === 'no picture' ? {} : { 9: { text: ['seen'] }, 7: { images } },
        status: { status_str: failed ? 'error' : 'success', completed: !failed, messages: [] },
      },
    });
  }

  #refuse(response: http.ServerResponse, problem: string): void {
    this.problems.push(problem);
    json(response, 400, { error: { type: 'invalid', message: problem, details: '' }, node_errors: {} });
  }
}

const NO_MODEL = {
  error: { type: 'prompt_outputs_failed_validation', message: 'Prompt outputs failed validation', details: '' },
  node_errors: { 1: { errors: [{ type: 'value_not_in_list', message: 'Value not in list', details: 'ckpt_name' }] } },
};

const known = (body: object, keys: readonly string[]): boolean => Object.keys(body).every(key => keys.includes(key));

function json(response: http.ServerResponse, status: number, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json' });
  response.write(bytes.subarray(0, 5));
  response.end(bytes.subarray(5));
}
