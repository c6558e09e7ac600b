import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { speaking } from './speaking.ts';
import { VendorServer } from './vendor-server.ts';

const QUERY = ['model', 'encoding', 'sample_rate', 'speed', 'mip_opt_out'];
const RATES = [8000, 16_000, 24_000, 32_000, 48_000];
/** Samples are cut in their middle. */
const PIECE_BYTES = 9601;
const LONGEST = 2000;

export type AuraFault = 'hang' | 'hang later' | 'die' | 'error';

/** Deepgram's speech, strict about what it is told. */
export class AuraServer extends VendorServer {
  fault: AuraFault | undefined;
  readonly asked: string[] = [];
  readonly voices: string[] = [];
  cleared = 0;

  protected serve(socket: WebSocket, request: IncomingMessage): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const unknown = [...searchParams.keys()].filter(key => !QUERY.includes(key));
    const rate = Number(searchParams.get('sample_rate'));
    const isSound = searchParams.get('encoding') === 'linear16' && RATES.includes(rate);
    const hasKey = /^(?:Token|Bearer) /.test(request.headers.authorization ?? '');
    if (pathname !== '/v1/speak' || unknown.length > 0 || !isSound || !hasKey) this.problems.push(`${request.url}`);
    this.voices.push(searchParams.get('model') ?? '');
    let text = '';
    let sequence_id = 0;
    let sentence = 0;
    const send = (message: object) => socket.readyState === 1 && socket.send(JSON.stringify(message));
    send({ type: 'Metadata', request_id: 'x', model_name: 'aura', model_version: '1', model_uuid: 'x' });
    socket.on('message', data => {
      const message = JSON.parse(String(data)) as { type: string; text?: string };
      const known = message.type === 'Speak' ? ['type', 'text'] : ['type'];
      const strange = Object.keys(message).find(key => !known.includes(key));
      if (strange !== undefined) this.problems.push(strange);
      if (message.type === 'Speak') text += message.text ?? '';
      else if (message.type === 'Flush') {
        const mine = sentence;
        this.asked.push(text);
        if (text.length > LONGEST) this.problems.push(`${text.length} characters`);
        void this.#speak(socket, text, { rate, isCalledOff: () => sentence !== mine }).then(isWhole => {
          if (isWhole) send({ type: 'Flushed', sequence_id: sequence_id++ });
        });
        text = '';
      } else if (message.type === 'Clear') {
        this.cleared++;
        text = '';
        sentence++;
        // What was on its way still comes.
        if (socket.readyState === 1) socket.send(Buffer.alloc(301, 1));
        send({ type: 'Cleared', sequence_id: sequence_id++ });
      } else if (message.type === 'Close') socket.close(1000);
      else this.problems.push(message.type);
    });
  }

  async #speak(
    socket: WebSocket,
    text: string,
    { rate, isCalledOff }: { rate: number; isCalledOff(): boolean },
  ): Promise<boolean> {
    const { fault } = this;
    if (fault === 'hang') return false;
    if (fault === 'error') {
      socket.send(JSON.stringify({ type: 'Error', code: 'NET-0001', description: 'something is wrong' }));
      socket.close(1011, 'something is wrong');
      return false;
    }
    const said = await speaking(text, rate).catch(() => undefined);
    if (said === undefined) socket.send(JSON.stringify({ type: 'Warning', code: 'EMPTY', description: 'no words' }));
    const pcm = said?.pcm ?? new Int16Array(0);
    const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      if (isCalledOff() || socket.readyState !== 1) return false;
      socket.send(bytes.subarray(at, at + PIECE_BYTES));
      await new Promise(resolve => setImmediate(resolve));
      if (fault === 'hang later') return false;
      if (fault === 'die') socket.terminate();
    }
    return !isCalledOff();
  }
}
