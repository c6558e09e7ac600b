import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { speaking } from './speaking.ts';
import { VendorServer } from './vendor-server.ts';

const QUERY = ['speaker', 'modelId', 'lang', 'audioFormat', 'samplingRate', 'segment', 'timeScaleFactor'];
const LONGEST = 500;
/** Samples are cut in their middle. */
const PIECE_BYTES = 9601;

export type RimeFault = 'hang' | 'hang later' | 'die' | { error: string };

/** Rime's speech over a WebSocket, strict about what it is told. */
export class RimeServer extends VendorServer {
  fault: RimeFault | undefined;
  readonly asked: string[] = [];
  readonly voices: string[] = [];

  protected serve(socket: WebSocket, request: IncomingMessage): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const unknown = [...searchParams.keys()].filter(key => !QUERY.includes(key));
    const isSound = searchParams.get('audioFormat') === 'pcm' && searchParams.get('segment') === 'never';
    const hasKey = request.headers.authorization?.startsWith('Bearer ') === true;
    if (pathname !== '/ws3' || unknown.length > 0 || !isSound || !hasKey) this.problems.push(`${request.url}`);
    this.voices.push(`${searchParams.get('speaker')} ${searchParams.get('modelId')}`);
    const rate = Number(searchParams.get('samplingRate'));
    let text = '';
    let contextId: string | null = null;
    socket.on('message', data => {
      const message = JSON.parse(String(data)) as { text?: string; contextId?: string; operation?: string };
      const unknown = Object.keys(message).find(key => !['text', 'contextId', 'operation'].includes(key));
      if (unknown !== undefined) this.problems.push(unknown);
      if (message.text !== undefined) {
        text += message.text;
        contextId = message.contextId ?? null;
        if (text.length > LONGEST) this.problems.push(`${text.length} characters`);
      } else if (message.operation === 'clear') text = '';
      else if (message.operation === 'eos') socket.close(1000);
      else if (message.operation === 'flush') {
        this.asked.push(text);
        void this.#speak(socket, text, rate, contextId);
        text = '';
      } else this.problems.push(JSON.stringify(message));
    });
  }

  async #speak(socket: WebSocket, text: string, rate: number, contextId: string | null): Promise<void> {
    const { fault } = this;
    const send = (message: object) => socket.readyState === 1 && socket.send(JSON.stringify({ contextId, ...message }));
    if (fault === 'hang') return;
    if (typeof fault === 'object') {
      send({ type: 'error', message: fault.error });
      return;
    }
    const said = await speaking(text, rate).catch(() => undefined);
    const { pcm, characters } = said ?? { pcm: new Int16Array(0), characters: [] };
    // Words come as they are said, without the signs around them.
    const words = [...text.matchAll(/[\p{L}\p{N}']+/gu)].map(({ 0: word, index }) => ({
      word: word.toLowerCase(),
      start: characters[[...text.slice(0, index)].length]?.startS ?? 0,
      end: characters[[...text.slice(0, index + word.length)].length - 1]?.endS ?? 0,
    }));
    const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const heard = words.splice(0, words.filter(({ start }) => start * 2 * rate <= at + PIECE_BYTES).length);
      if (heard.length > 0)
        send({
          type: 'timestamps',
          word_timestamps: {
            words: heard.map(({ word }) => word),
            start: heard.map(({ start }) => start),
            end: heard.map(({ end }) => end),
          },
        });
      send({ type: 'chunk', data: bytes.subarray(at, at + PIECE_BYTES).toString('base64') });
      await new Promise(resolve => setImmediate(resolve));
      if (fault === 'hang later' || socket.readyState !== 1) return;
      if (fault === 'die') socket.terminate();
    }
    send({ type: 'done', done: true });
  }
}
