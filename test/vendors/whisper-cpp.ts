import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { wordsIn } from './hearing.ts';

const FIELDS = ['file', 'response_format', 'temperature', 'temperature_inc', 'language', 'prompt'];
const HEADER = 44;

/** The server of whisper.cpp, strict about what it is told. */
export class WhisperCppServer {
  status = 200;
  does: 'hears' | 'hangs' | 'refuses' = 'hears';
  readonly problems: string[] = [];
  readonly forms: FormData[] = [];
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));

  async open(): Promise<void> {
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
    for await (const part of request) parts.push(part as Buffer);
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const form = await new Response(Buffer.concat(parts), { headers }).formData();
    const unknown = [...form.keys()].filter(key => !FIELDS.includes(key));
    if (request.url !== '/inference' || unknown.length > 0 || !(form.get('file') instanceof File))
      this.problems.push(`${request.url} ${unknown}`);
    this.forms.push(form);
    if (this.does === 'hangs') return;
    response.writeHead(this.status, { 'content-type': 'application/json' });
    const bytes = Buffer.from(await (form.get('file') as File).arrayBuffer());
    const words = wordsIn(bytes.subarray(HEADER));
    // What it cannot read it says with a status that is fine.
    const answer =
      this.does === 'refuses' ? { error: 'failed to read WAV file' } : { text: ` ${words || '[BLANK_AUDIO]'}\n` };
    response.end(JSON.stringify(answer));
  }
}
