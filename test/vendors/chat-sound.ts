import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type OpenAI from 'openai';
import { wavOf } from '../../agents/speak/wav.ts';
import { soundOf } from './sound-of.ts';

const RATE = 24_000;
type Params = OpenAI.ChatCompletionCreateParamsStreaming;
const FIELDS: (keyof Params)[] = [
  'model',
  'messages',
  'modalities',
  'audio',
  'max_completion_tokens',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
];
/** Of sound, in bytes: it is sent in pieces that end in the middle of a sample. */
const PIECE_BYTES = 9601;

export type ChatSoundDoes =
  | { say: string; pcm?: Int16Array; stopAfterPieces?: number; finally?: 'hang' | 'die' }
  | { call: { name: string; arguments: object } }
  | { status: number; code?: string; html?: true }
  | { hang: true };

/**
 * A chat endpoint that takes sound and answers in it, strict about what it is asked; as OpenAI does (`pcm16`, words beside
 * the sound), or as servers for Qwen-Omni do (`wav`, words as the message's text).
 */
export class ChatSoundServer {
  readonly asked: Params[] = [];
  readonly problems: string[] = [];
  does: (asked: Params) => ChatSoundDoes | Promise<ChatSoundDoes> = () => ({ say: 'Hello there.' });
  readonly #format: 'pcm16' | 'wav';
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));

  constructor(format: 'pcm16' | 'wav') {
    this.#format = format;
  }

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
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const asked = JSON.parse(String(Buffer.concat(parts))) as Params;
    const problem = request.url === '/v1/chat/completions' ? this.#problemOf(asked) : `no ${request.url}`;
    if (problem !== undefined) this.problems.push(problem);
    this.asked.push(asked);
    const does = await this.does(asked);
    if ('status' in does) {
      const error = { code: does.code ?? null, message: 'no', type: 'error', param: null };
      const body = does.html === true ? '<html>Bad gateway</html>' : JSON.stringify({ error });
      response.writeHead(does.status, { 'content-type': does.html === true ? 'text/html' : 'application/json' });
      response.end(body);
    } else if (!('hang' in does)) {
      await this.#stream(response, does);
    }
  }

  #problemOf(asked: Params): string | undefined {
    const unknown = Object.keys(asked).find(key => !FIELDS.includes(key as keyof Params));
    if (unknown !== undefined) return `unknown parameter ${unknown}`;
    if (asked.audio?.format !== this.#format) return `streams ${this.#format} only`;
    if (asked.modalities?.join() !== 'text,audio') return 'both modalities';
    for (const { content } of asked.messages)
      for (const part of Array.isArray(content) ? content : [])
        if (part.type === 'input_audio' && !/^(?:data:;base64,)?UklGR/.test(part.input_audio.data)) return 'no WAV';
    return undefined;
  }

  async #stream(response: http.ServerResponse, does: Extract<ChatSoundDoes, { say: string } | { call: object }>) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const write = async (bytes: Buffer) => {
      response.write(bytes);
      await new Promise(resolve => setImmediate(resolve));
    };
    const send = async (delta: object, more: object = {}) => {
      const bytes = Buffer.from(`data: ${JSON.stringify({ choices: [{ index: 0, delta, ...more }] })}\n\n`);
      await write(bytes.subarray(0, 100));
      if (bytes.length > 100) await write(bytes.subarray(100));
    };
    await write(Buffer.from(': keep alive\n\n'));
    await send({ role: 'assistant', content: null });
    if ('call' in does) {
      const { name, arguments: given } = does.call;
      const call = { index: 0, id: 'call_1', type: 'function', function: { name, arguments: JSON.stringify(given) } };
      await send({ tool_calls: [call] });
    } else if ((await this.#say(response, does, send)) === 'stopped') return;
    await send({}, { finish_reason: 'stop' });
    const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
    await write(Buffer.from(`data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`));
    response.end();
  }

  async #say(
    response: http.ServerResponse,
    {
      say,
      pcm = soundOf(say, RATE),
      stopAfterPieces = Number.POSITIVE_INFINITY,
      finally: end,
    }: Extract<ChatSoundDoes, { say: string }>,
    send: (delta: object) => Promise<void>,
  ): Promise<'whole' | 'stopped'> {
    const bytes = this.#format === 'wav' ? wavOf(pcm, RATE) : Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    const words = say.match(/\S+\s*/g) ?? [];
    for (let at = 0, index = 0; at < bytes.length; at += PIECE_BYTES, index++) {
      if (index >= stopAfterPieces) {
        if (end === 'die') response.destroy();
        return 'stopped';
      }
      for (const word of words.splice(0, 3))
        await send(this.#format === 'wav' ? { content: word } : { audio: { id: 'audio_1', transcript: word } });
      await send({ audio: { data: bytes.subarray(at, at + PIECE_BYTES).toString('base64') } });
      if (response.destroyed) return 'stopped';
    }
    return 'whole';
  }
}
