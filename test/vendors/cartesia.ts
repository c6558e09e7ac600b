import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { speaking } from './speaking.ts';
import { VendorServer } from './vendor-server.ts';

const FIELDS = [
  'context_id',
  'model_id',
  'transcript',
  'voice',
  'language',
  'output_format',
  'add_timestamps',
  'continue',
  'generation_config',
  'max_buffer_delay_ms',
];
const QUERY = ['cartesia_version', 'api_key', 'cartesia_client'];
const PIECE_SAMPLES = 4801;

export type CartesiaFault = { status: number } | 'hang' | 'hang later' | 'die';

/** Cartesia's speech over a WebSocket, strict about what it is told. */
export class CartesiaServer extends VendorServer {
  fault: CartesiaFault | undefined;
  readonly asked: Record<string, unknown>[] = [];
  readonly cancelled: string[] = [];

  protected serve(socket: WebSocket, request: IncomingMessage): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    // Browsers, and its own client here, say in the address what others say in headers.
    const known = searchParams.has('cartesia_version') || request.headers['cartesia-version'] !== undefined;
    const unknown = [...searchParams.keys()].filter(key => !QUERY.includes(key));
    if (pathname !== '/tts/websocket' || !known || unknown.length > 0) this.problems.push(`${request.url}`);
    socket.on('message', data => {
      const message = JSON.parse(String(data)) as Record<string, unknown>;
      if (message.cancel === true) {
        this.cancelled.push(String(message.context_id));
        return;
      }
      const unknown = Object.keys(message).find(key => !FIELDS.includes(key));
      if (unknown !== undefined) this.problems.push(unknown);
      this.asked.push(message);
      void this.#speak(socket, message);
    });
  }

  async #speak(socket: WebSocket, message: Record<string, unknown>): Promise<void> {
    const context_id = String(message.context_id);
    const send = (more: object) => {
      if (socket.readyState === 1) socket.send(JSON.stringify({ context_id, status_code: 206, done: false, ...more }));
    };
    const { fault } = this;
    if (fault === 'hang') return;
    if (typeof fault === 'object') {
      send({ type: 'error', status_code: fault.status, error: 'something is wrong', done: true });
      return;
    }
    const text = String(message.transcript);
    const { sample_rate: rate } = message.output_format as { sample_rate: number };
    const said = await speaking(text, rate).catch(() => undefined);
    if (said === undefined) {
      send({ type: 'error', status_code: 400, error: 'the transcript cannot be said', done: true });
      return;
    }
    const { pcm, characters } = said;
    let at = 0;
    const words = [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
      word,
      start: characters[[...text.slice(0, index)].length]!.startS,
      end: characters[[...text.slice(0, index + word.length)].length - 1]!.endS,
    }));
    while (at < pcm.length) {
      if (this.cancelled.includes(context_id) || socket.readyState !== 1) return;
      const part = pcm.slice(at, at + PIECE_SAMPLES);
      at += part.length;
      send({ type: 'chunk', data: Buffer.from(part.buffer).toString('base64') });
      const heard = words.splice(0, words.filter(({ end }) => end <= at / rate).length);
      if (heard.length > 0)
        send({
          type: 'timestamps',
          word_timestamps: {
            words: heard.map(({ word }) => word),
            start: heard.map(({ start }) => start),
            end: heard.map(({ end }) => end),
          },
        });
      await new Promise(resolve => setImmediate(resolve));
      if (fault === 'hang later') return;
      if (fault === 'die') socket.terminate();
    }
    send({ type: 'done', status_code: 200, done: true });
  }
}
