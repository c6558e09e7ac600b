import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { wordsIn } from './hearing.ts';
import { HearingServer } from './vendor-server.ts';

const QUERY = [
  'model',
  'language',
  'encoding',
  'sample_rate',
  'channels',
  'interim_results',
  'smart_format',
  'endpointing',
  'keyterm',
];
/** So much sound is told about while it comes, bytes. */
const PARTIAL_BYTES = 8000;

/** Deepgram's live recognition, strict about what it is told. */
export class DeepgramServer extends HearingServer {
  protected serve(socket: WebSocket, request: IncomingMessage): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const unknown = [...searchParams.keys()].filter(key => !QUERY.includes(key));
    if (pathname !== '/v1/listen' || unknown.length > 0 || !request.headers.authorization?.startsWith('Token '))
      this.problems.push(`${request.url}`);
    let open = Buffer.alloc(0);
    let told = 0;
    const tell = (is_final: boolean, from_finalize = false) => {
      const alternatives = [{ transcript: wordsIn(open), confidence: 0.9, words: [] }];
      const message = { type: 'Results', channel_index: [0, 1], is_final, speech_final: false, from_finalize };
      socket.send(JSON.stringify({ ...message, channel: { alternatives } }));
      if (is_final) open = Buffer.alloc(0);
      told = open.length;
    };
    socket.on('message', (data, isBinary) => {
      if (this.hangs) return;
      if (isBinary) {
        this.heardBytes += (data as Buffer).length;
        open = Buffer.concat([open, data as Buffer]);
        if (open.length - told >= PARTIAL_BYTES) tell(false);
        return;
      }
      const { type } = JSON.parse(String(data)) as { type: string };
      if (type === 'Finalize') tell(true, true);
      else if (type === 'CloseStream') socket.close(1000);
      else if (type !== 'KeepAlive') this.problems.push(type);
    });
    socket.send(JSON.stringify({ type: 'Metadata', request_id: 'x' }));
  }
}
