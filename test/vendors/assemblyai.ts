import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { wordsIn } from './hearing.ts';
import { HearingServer } from './vendor-server.ts';

const QUERY = ['sample_rate', 'encoding', 'speech_model', 'format_turns', 'min_turn_silence', 'max_turn_silence'];
/** It refuses pieces that are shorter or longer, bytes. */
const [LEAST, MOST] = [1600, 32_000];

/** AssemblyAI's streaming recognition, strict about what it is told. */
export class AssemblyAiServer extends HearingServer {
  protected serve(socket: WebSocket, request: IncomingMessage): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const unknown = [...searchParams.keys()].filter(key => !QUERY.includes(key));
    if (pathname !== '/v3/ws' || unknown.length > 0) this.problems.push(`${request.url}`);
    let open = Buffer.alloc(0);
    let turn_order = 0;
    const send = (message: object) => socket.send(JSON.stringify(message));
    const tell = (more: object) => {
      const transcript = wordsIn(open);
      if (transcript !== '') send({ type: 'Turn', turn_order, transcript, end_of_turn: false, words: [], ...more });
      return transcript !== '';
    };
    send({ type: 'Begin', id: 'x', expires_at: Math.round(Date.now() / 1000) + 3600 });
    socket.on('message', (data, isBinary) => {
      if (this.hangs) return;
      if (this.complaint !== undefined) {
        send({ type: 'Error', error: 'something is wrong', error_code: Number(this.complaint) });
        return;
      }
      if (isBinary) {
        const bytes = data as Buffer;
        if (bytes.length < LEAST || bytes.length > MOST) this.problems.push(`a piece of ${bytes.length} bytes`);
        this.heardBytes += bytes.length;
        open = Buffer.concat([open, bytes]);
        tell({});
        return;
      }
      const { type } = JSON.parse(String(data)) as { type: string };
      if (type === 'ForceEndpoint') {
        tell({ end_of_turn: true, turn_is_formatted: false });
        if (tell({ end_of_turn: true, turn_is_formatted: true })) turn_order++;
        open = Buffer.alloc(0);
      } else if (type === 'Terminate') socket.close(1000);
      else if (type !== 'KeepAlive') this.problems.push(type);
    });
  }
}
