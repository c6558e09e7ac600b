import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const FIELDS = [
  'model',
  'instructions',
  'input',
  'stream',
  'store',
  'max_output_tokens',
  'reasoning',
  'temperature',
  'tools',
  'tool_choice',
  'include',
];
const TOOL = ['type', 'name', 'description', 'parameters', 'strict'];

type Item = Record<string, unknown>;
export interface ResponsesAsked {
  key: string | undefined;
  body: { input: Item[]; instructions?: string; tools?: Item[]; include?: string[]; [more: string]: unknown };
}
export type ResponsesAnswer =
  | { text: string; stops?: true; incomplete?: true; refuses?: true }
  /** @param whole the arguments come in one piece, at the end */
  | { calls: { name: string; arguments: string }[]; text?: string; thinks?: true; whole?: true }
  | { failed: { code: string; message: string } }
  | { error: { code: string; message: string } }
  | { status: number; text: string; param?: string; code?: string }
  | { plain: string }
  | { hang: true };

/** OpenAI's `/v1/responses`, strict about what it is asked. */
export class ResponsesServer {
  readonly asked: ResponsesAsked[] = [];
  readonly problems: string[] = [];
  hungUp = 0;
  /** Sends an event that nobody knows yet, too. */
  isAhead = true;
  answer: (asked: ResponsesAsked) => ResponsesAnswer = () => ({ text: 'I am here. How are you?' });
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request) text += part;
    response.on('close', () => {
      if (!response.writableEnded) this.hungUp++;
    });
    const body = JSON.parse(text) as ResponsesAsked['body'];
    const wrong = request.url === '/v1/responses' ? problemOf(body) : `${request.url}`;
    if (wrong !== undefined) {
      this.problems.push(wrong);
      refuse(response, 400, { message: wrong, type: 'invalid_request_error', param: null, code: null });
      return;
    }
    const asked = { key: request.headers.authorization, body };
    this.asked.push(asked);
    const answer = this.answer(asked);
    if ('status' in answer) {
      const { status, text: message, param = null, code = null } = answer;
      refuse(response, status, { message, type: 'error', param, code });
    } else if ('plain' in answer) {
      const content = [{ type: 'output_text', text: answer.plain, annotations: [] }];
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ...envelope('completed'), output: [{ type: 'message', role: 'assistant', content }] }));
    } else if (!('hang' in answer)) await new Streamed(response).send(answer, this.isAhead);
  }
}

/** What OpenAI would refuse; undefined: nothing. */
function problemOf(body: ResponsesAsked['body']): string | undefined {
  const unknown = Object.keys(body).find(key => !FIELDS.includes(key));
  if (unknown !== undefined) return `unknown parameter ${unknown}`;
  if (body.stream !== true || body.store !== false || !Array.isArray(body.input)) return 'not streamed, or kept';
  const strange = (body.tools ?? []).flatMap(Object.keys).find(key => !TOOL.includes(key));
  if (strange !== undefined) return `unknown parameter tools.${strange}`;
  const called = new Set<unknown>();
  for (const [i, item] of body.input.entries()) {
    if (item.type === 'function_call') called.add(item.call_id);
    else if (item.type === 'function_call_output') {
      if (!called.delete(item.call_id)) return 'no tool call found for function call output';
    } else if (item.type === 'reasoning') {
      if (typeof item.encrypted_content !== 'string') return 'a thought that is not kept';
      if (body.input[i + 1] === undefined) return 'a thought without the item that follows';
    } else if (item.role === 'user' && Array.isArray(item.content)) {
      const kinds = item.content.map(({ type }: Item) => type);
      if (kinds.some(kind => kind !== 'input_text' && kind !== 'input_image')) return `content of kind ${kinds}`;
    } else if (!['user', 'assistant'].includes(String(item.role)) || typeof item.content !== 'string')
      return `an item of kind ${JSON.stringify(item).slice(0, 100)}`;
  }
  return called.size > 0 ? 'no output found for function call' : undefined;
}

const envelope = (status: string) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'm',
  status,
  error: null,
});
const USAGE = { input_tokens: 12, output_tokens: 5, total_tokens: 17 };

/** Events with their names, cut in their middle. */
class Streamed {
  readonly #response: http.ServerResponse;
  #sequence = 0;

  constructor(response: http.ServerResponse) {
    this.#response = response;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
  }

  async send(
    answer: Exclude<ResponsesAnswer, { status: number } | { plain: string } | { hang: true }>,
    isAhead: boolean,
  ): Promise<void> {
    await this.#event('response.created', { response: envelope('in_progress') });
    await this.#event('response.in_progress', { response: envelope('in_progress') });
    if (isAhead) await this.#event('response.something_new', { nobody: 'knows' });
    if ('error' in answer) await this.#event('error', { ...answer.error, param: null });
    else if ('failed' in answer)
      await this.#event('response.failed', { response: { ...envelope('failed'), error: answer.failed } });
    else {
      let output_index = 0;
      if ('thinks' in answer) await this.#thought(output_index++);
      if (answer.text !== undefined) await this.#text(output_index++, answer.text, 'refuses' in answer);
      if ('stops' in answer) return;
      for (const call of 'calls' in answer ? answer.calls : [])
        await this.#call(output_index++, call, 'whole' in answer);
      const status = 'incomplete' in answer ? 'incomplete' : 'completed';
      await this.#event(`response.${status}`, { response: { ...envelope(status), usage: USAGE } });
    }
    this.#response.end();
  }

  async #thought(output_index: number): Promise<void> {
    const item = { id: 'rs_1', type: 'reasoning', summary: [] };
    await this.#event('response.output_item.added', { output_index, item });
    const done = { ...item, encrypted_content: 'gAAA' };
    await this.#event('response.output_item.done', { output_index, item: done });
  }

  async #text(output_index: number, text: string, isRefusal: boolean): Promise<void> {
    const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
    const at = { item_id: 'msg_1', output_index, content_index: 0 };
    const kind = isRefusal ? 'refusal' : 'output_text';
    await this.#event('response.output_item.added', { output_index, item });
    await this.#event('response.content_part.added', { ...at, part: { type: kind, text: '', annotations: [] } });
    for (const delta of text.match(/\S+\s*/g) ?? [])
      await this.#event(`response.${kind}.delta`, { ...at, delta, logprobs: [], obfuscation: 'x' });
    await this.#event(`response.${kind}.done`, { ...at, text, logprobs: [] });
    const content = [{ type: kind, text, annotations: [] }];
    await this.#event('response.output_item.done', { output_index, item: { ...item, status: 'completed', content } });
  }

  async #call(output_index: number, { name, arguments: given }: { name: string; arguments: string }, whole: boolean) {
    const item = { id: `fc_${output_index}`, type: 'function_call', call_id: `call_${output_index}`, name };
    const at = { item_id: item.id, output_index };
    await this.#event('response.output_item.added', { output_index, item: { ...item, arguments: '' } });
    if (!whole) {
      const middle = given.length >> 1;
      for (const delta of [given.slice(0, middle), given.slice(middle)])
        await this.#event('response.function_call_arguments.delta', { ...at, delta });
    }
    await this.#event('response.function_call_arguments.done', { ...at, name, arguments: given });
    await this.#event('response.output_item.done', { output_index, item: { ...item, arguments: given } });
  }

  async #event(type: string, more: object): Promise<void> {
    const data = JSON.stringify({ type, sequence_number: this.#sequence++, ...more });
    const bytes = Buffer.from(`event: ${type}\ndata: ${data}\n\n`);
    const middle = (bytes.length >> 1) + 1;
    this.#response.write(bytes.subarray(0, middle));
    await new Promise(resolve => setImmediate(resolve));
    this.#response.write(bytes.subarray(middle));
  }
}

const refuse = (response: http.ServerResponse, status: number, error: object) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
