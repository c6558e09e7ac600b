import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { readPersona } from '../think/persona-file.ts';
import type { Persona } from '../think/ports.ts';

/** A call as a service sees it. */
export interface ServiceCall {
  method: string;
  /** As it came over the line, nothing decoded. */
  target: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** An HTTP service on this machine that tools call; keeps what it was asked, answers what it is told to. */
export class ToolService {
  readonly calls: ServiceCall[] = [];
  /** How many callers hung up before they had their answer. */
  hungUp = 0;
  answer: (response: http.ServerResponse, call: ServiceCall) => void = response => json(response, { ok: true });
  #waiting: (() => void)[] = [];
  readonly #server = http.createServer(async (request, response) => {
    response.once('close', () => {
      if (!response.writableFinished) this.hungUp++;
      this.#notify();
    });
    let body = '';
    for await (const part of request) body += part;
    const call = { method: request.method!, target: request.url!, headers: request.headers, body };
    this.calls.push(call);
    this.#notify();
    this.answer(response, call);
  });

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when that is so; looked at whenever a call comes or ends. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>(resolve => this.#waiting.push(resolve));
  }

  /** Connections that are open. */
  get connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #notify(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export const json = (response: http.ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};

/** A persona as a file has it, with these tools (none: the key is absent); `place` names keys only. */
export function personaWith(
  tools: object[],
  more: object = {},
): { persona: Persona; files: []; place(...keys: string[]): string } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-tools-'));
  try {
    const file = path.join(folder, 'kim.yaml');
    fs.writeFileSync(path.join(folder, 'kim.rive'), '+ *\n- Hm.\n');
    const base = { name: 'Kim', description: 'A clerk.', avatar: 'ollie', voice: 'slt', greeting: 'Hi.' };
    // JSON is YAML.
    fs.writeFileSync(
      file,
      JSON.stringify({
        ...base,
        instructions: 'Be a clerk.',
        script: 'kim.rive',
        ...more,
        ...(tools.length > 0 && { tools }),
      }),
    );
    return { persona: readPersona(file).persona, files: [], place: (...keys) => keys.join('.') };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
