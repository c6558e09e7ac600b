import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { wordsIn } from './hearing.ts';
import { HearingServer } from './vendor-server.ts';

const QUERY = ['model_id', 'audio_format', 'commit_strategy', 'language_code'];
const FIELDS = ['message_type', 'audio_base_64', 'commit', 'sample_rate', 'previous_text'];
/** Less cannot be committed, bytes. */
const LEAST_COMMIT = 9600;

/** ElevenLabs' Scribe, live, strict about what it is told. */
export class ScribeServer extends HearingServer {
  protected serve(socket: WebSocket, request: IncomingMessage): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const unknown = [...searchParams.keys()].filter(key => !QUERY.includes(key));
    if (pathname !== '/v1/speech-to-text/realtime' || unknown.length > 0) this.problems.push(`${request.url}`);
    let open = Buffer.alloc(0);
    const send = (message_type: string, more: object) => socket.send(JSON.stringify({ message_type, ...more }));
    send('session_started', { session_id: 'x', config: {} });
    socket.on('message', data => {
      if (this.hangs) return;
      if (this.complaint !== undefined) {
        send(this.complaint, { error: 'something is wrong' });
        return;
      }
      const message = JSON.parse(String(data)) as Record<string, unknown>;
      const strange = Object.keys(message).find(key => !FIELDS.includes(key));
      if (strange !== undefined || message.message_type !== 'input_audio_chunk') this.problems.push(`${strange}`);
      const bytes = Buffer.from(String(message.audio_base_64), 'base64');
      this.heardBytes += bytes.length;
      open = Buffer.concat([open, bytes]);
      const text = wordsIn(open);
      if (message.commit !== true) {
        send('partial_transcript', { text });
        return;
      }
      if (open.length < LEAST_COMMIT) this.problems.push('too little was committed');
      open = Buffer.alloc(0);
      send('final_transcript', { text });
      send('committed_transcript', { text });
    });
  }
}
