import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const PATH = /^\/v1beta\/models\/([^:]+):streamGenerateContent\?alt=sse$/;
const FIELDS = ['systemInstruction', 'contents', 'generationConfig', 'tools', 'toolConfig', 'safetySettings'];

export interface GeminiAsked {
  model: string;
  key: string | undefined;
  body: { contents: { role: string; parts: Record<string, unknown>[] }[]; [more: string]: unknown };
}
export type GeminiAnswer =
  | { text: string; reason?: string; stops?: true }
  | { parts: object[] }
  | { blocked: string }
  | { status: number; text: string }
  | { hang: true };

/** Gemini's `streamGenerateContent`, strict about what it is asked. */
export class GeminiServer {
  readonly asked: GeminiAsked[] = [];
  readonly problems: string[] = [];
  answer: (asked: GeminiAsked) => GeminiAnswer = () => ({ text: 'I am here. How are you?' });
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
    let text = '';
    for await (const part of request) text += part;
    const model = PATH.exec(request.url ?? '')?.[1];
    const body = JSON.parse(text) as GeminiAsked['body'];
    const unknown = Object.keys(body).find(key => !FIELDS.includes(key));
    const roles = body.contents.map(({ role }) => role);
    // It takes turns in turn only, and somebody must have the last word.
    if (
      model === undefined ||
      unknown !== undefined ||
      roles.some((role, i) => role === roles[i + 1]) ||
      roles.at(-1) !== 'user'
    )
      this.problems.push(`${request.url} ${unknown} ${roles}`);
    const asked = { model: model ?? '', key: request.headers['x-goog-api-key'] as string | undefined, body };
    this.asked.push(asked);
    const answer = this.answer(asked);
    if ('status' in answer) {
      const error = { code: answer.status, message: answer.text, status: 'INVALID_ARGUMENT' };
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
    } else if (!('hang' in answer)) await this.#stream(response, answer);
  }

  async #stream(response: http.ServerResponse, answer: Exclude<GeminiAnswer, { status: number } | { hang: true }>) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = async (chunk: object) => {
      const bytes = Buffer.from(`data: ${JSON.stringify(chunk)}\r\n\r\n`);
      const middle = bytes.length >> 1;
      response.write(bytes.subarray(0, middle));
      await new Promise(resolve => setImmediate(resolve));
      response.write(bytes.subarray(middle));
    };
    const candidate = (parts: object[], more: object = {}) => ({
      candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
    });
    if ('blocked' in answer) await send({ promptFeedback: { blockReason: answer.blocked } });
    else {
      const pieces = 'parts' in answer ? answer.parts : answer.text.match(/\S+\s*/g)!.map(text => ({ text }));
      await send(candidate([{ text: 'Let me think.', thought: true }]));
      for (const part of pieces) await send(candidate([part]));
      if ('stops' in answer) return;
      const usageMetadata = { promptTokenCount: 12, candidatesTokenCount: 5, thoughtsTokenCount: 3 };
      await send({
        ...candidate([], { finishReason: ('reason' in answer && answer.reason) || 'STOP' }),
        usageMetadata,
      });
    }
    response.end();
  }
}
