import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message of a chat request, as an endpoint sees it. */
export interface ChatMessage {
  role: string;
  content: unknown;
  [more: string]: unknown;
}

export interface ChatRequest {
  model: string;
  messages: ChatMessage[];
  stream?: boolean;
  [more: string]: unknown;
}

/**
 * What the scripted endpoint answers: text, a message with tool calls, a status with a problem, or a beginning that it
 * never goes on from.
 */
export type ChatAnswer =
  | string
  | { message: Record<string, unknown> }
  | { status: number; problem: string }
  | { stalled: string };

/** An OpenAI-compatible chat endpoint on this machine that says what it is told to say and keeps what it was asked. */
export class ChatEndpoint {
  readonly requests: ChatRequest[] = [];
  answer: (request: ChatRequest) => ChatAnswer | Promise<ChatAnswer> = () => 'Yes.';
  readonly #server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const asked = JSON.parse(body) as ChatRequest;
    this.requests.push(asked);
    const answer = await this.answer(asked);
    if (response.destroyed) return;
    if (typeof answer === 'object' && 'status' in answer) {
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: answer.problem } }));
      return;
    }
    if (typeof answer === 'object' && 'stalled' in answer) {
      streamed(response, { content: answer.stalled }, false);
      return;
    }
    const message = typeof answer === 'string' ? { role: 'assistant', content: answer } : answer.message;
    if (asked.stream === true) streamed(response, message);
    else {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...ENVELOPE, object: 'chat.completion', choices: [{ index: 0, message }] }));
    }
  });

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** What the last request's system message says. */
  get instructions(): string {
    return String(this.requests.at(-1)?.messages.find(({ role }) => role === 'system')?.content ?? '');
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const ENVELOPE = { id: 'chatcmpl-1', created: 1, model: 'm' };

function streamed(response: http.ServerResponse, message: Record<string, unknown>, whole = true): void {
  const event = (delta: object, finish: string | null = null) =>
    response.write(
      `data: ${JSON.stringify({ ...ENVELOPE, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
    );
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const { content, tool_calls: calls } = message as { content?: string | null; tool_calls?: object[] };
  for (const word of (content ?? '').split(/(?<= )/)) event({ content: word });
  for (const [index, call] of (calls ?? []).entries()) event({ tool_calls: [{ index, ...call }] });
  if (!whole) return;
  event({}, calls === undefined ? 'stop' : 'tool_calls');
  response.end('data: [DONE]\n\n');
}
