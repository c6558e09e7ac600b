import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export type VoicesFault = 'auth' | 'quota' | 'plan' | 'full' | 'busy' | 'down' | 'hang' | 'page' | 'verification';

const FIELDS = ['name', 'files', 'description', 'labels', 'remove_background_noise'];
const MOST_BYTES = 11 * 2 ** 20;
const REFUSALS: Record<string, [status: number, detail: object]> = {
  auth: [401, { status: 'invalid_api_key', message: 'no' }],
  quota: [402, { type: 'payment_required', code: 'paid_plan_required', message: 'no' }],
  plan: [400, { type: 'payment_required', status: 'can_not_use_instant_voice_cloning', message: 'no' }],
  full: [400, { status: 'voice_limit_reached', message: 'no' }],
  busy: [429, { status: 'too_many_concurrent_requests', message: 'no' }],
};

/** ElevenLabs' voices: added, listed, deleted. What it is asked and does not know it refuses, and keeps in `problems`. */
export class ElevenLabsVoices {
  /** Of each request, in order; undefined, or none left: it does as it is asked. */
  faults: (VoicesFault | undefined)[] = [];
  readonly voices = new Map<string, { name: string; wav: Buffer; noise: string }>();
  readonly asked: string[] = [];
  readonly problems: string[] = [];
  connections = 0;
  hungUp = 0;
  #added = 0;
  readonly #server = http.createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableEnded) this.hungUp += 1;
    });
    this.#serve(request, response).catch(error => this.#refuse(response, String(error)));
  });

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
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    const { method = '', url = '' } = request;
    this.asked.push(`${method} ${url}`);
    const fault = this.faults.shift();
    if (request.headers['xi-api-key'] !== 'secret') return this.#refuse(response, 'the key');
    if (fault === 'hang') return;
    if (fault === 'down') return void response.writeHead(500).end('<html>down</html>');
    if (fault === 'page') return void response.writeHead(200).end('<html>hello</html>');
    if (fault !== undefined && fault !== 'verification') return json(response, ...detailed(REFUSALS[fault]!));
    if (method === 'POST' && url === '/v1/voices/add') return this.#add(request, body, response, fault);
    if (body.length > 0) return this.#refuse(response, `${method} with a body`);
    if (method === 'GET' && url === '/v1/voices') {
      const voices = [...this.voices].map(([voice_id, { name }]) => ({ voice_id, name, category: 'cloned' }));
      // Those of the house have no name of ours.
      return json(response, 200, { voices: [{ voice_id: 'house', name: null }, ...voices] });
    }
    const id = /^\/v1\/voices\/([^/?]+)$/.exec(url)?.[1];
    if (method !== 'DELETE' || id === undefined) return this.#refuse(response, `${method} ${url}`);
    if (this.voices.delete(decodeURIComponent(id))) return json(response, 200, { status: 'ok' });
    json(response, 400, { detail: { status: 'voice_does_not_exist', message: 'no' } });
  }

  async #add(
    request: http.IncomingMessage,
    body: Buffer,
    response: http.ServerResponse,
    fault: 'verification' | undefined,
  ): Promise<void> {
    const type = request.headers['content-type'] ?? '';
    if (!type.startsWith('multipart/form-data; boundary=')) return this.#refuse(response, type);
    if (body.length > MOST_BYTES) return this.#refuse(response, 'too large');
    const form = await new Response(body as Uint8Array<ArrayBuffer>, { headers: { 'content-type': type } }).formData();
    const unknown = [...form.keys()].filter(key => !FIELDS.includes(key));
    const [name, noise, files] = [form.get('name'), form.get('remove_background_noise'), form.getAll('files')];
    const [file] = files;
    if (unknown.length > 0 || files.length !== 1 || !(file instanceof File) || typeof name !== 'string')
      return this.#refuse(response, `fields ${[...form.keys()]}`);
    const wav = Buffer.from(await file.arrayBuffer());
    if (file.type !== 'audio/wav' || wav.toString('latin1', 0, 4) !== 'RIFF')
      return this.#refuse(response, `a file of ${file.type}`);
    const voice_id = `voice-${++this.#added}`;
    this.voices.set(voice_id, { name, wav, noise: String(noise) });
    json(response, 200, { voice_id, requires_verification: fault === 'verification' });
  }

  #refuse(response: http.ServerResponse, problem: string): void {
    this.problems.push(problem);
    json(response, 422, { detail: [{ msg: problem }] });
  }
}

const detailed = ([status, detail]: [number, object]): [number, object] => [status, { detail }];

function json(response: http.ServerResponse, status: number, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json' });
  // Cut anywhere.
  response.write(bytes.subarray(0, 7));
  response.end(bytes.subarray(7));
}
