import type { IncomingMessage } from 'node:http';
import type {
  RealtimeClientEvent,
  RealtimeTranscriptionSessionCreateRequest,
} from 'openai/resources/realtime/realtime';
import type { WebSocket } from 'ws';
import { wordsIn } from './hearing.ts';
import { HearingServer } from './vendor-server.ts';

const FIELDS: { [K in RealtimeClientEvent['type']]?: string[] } = {
  'session.update': ['type', 'event_id', 'session'],
  'input_audio_buffer.append': ['type', 'event_id', 'audio'],
  'input_audio_buffer.commit': ['type', 'event_id'],
  'input_audio_buffer.clear': ['type', 'event_id'],
};
const SESSION: (keyof RealtimeTranscriptionSessionCreateRequest)[] = ['type', 'audio', 'include'];
/** Bytes of a tenth of a second: less cannot be committed. */
const LEAST_COMMIT = 4800;
/** It hears at 24 kHz; what is counted is counted at 16. */
const FASTER = 1.5;

/** OpenAI's Realtime API as a recognizer, strict about what it is told. */
export class RealtimeHearingServer extends HearingServer {
  #items = 0;

  protected serve(socket: WebSocket, request: IncomingMessage): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    if (pathname !== '/v1/realtime' || searchParams.toString() !== 'intent=transcription')
      this.problems.push(`${request.url}`);
    let item = `item_${++this.#items}`;
    let open = Buffer.alloc(0);
    let told = '';
    let heard = 0;
    const send = (type: string, more: object) => socket.send(JSON.stringify({ type, event_id: 'e', ...more }));
    send('session.created', { session: { type: 'transcription' } });
    socket.on('message', data => {
      const event = JSON.parse(String(data)) as Record<string, unknown>;
      const fields = FIELDS[event.type as RealtimeClientEvent['type']];
      const strange = Object.keys(event).find(key => fields?.includes(key) !== true);
      if (strange !== undefined) this.problems.push(`${String(event.type)} ${strange}`);
      if (event.type === 'session.update') {
        const session = event.session as Record<string, unknown>;
        const unknown = Object.keys(session).find(key => !SESSION.includes(key as (typeof SESSION)[number]));
        if (unknown !== undefined || session.type !== 'transcription') this.problems.push(`session.${unknown}`);
        send('session.updated', { session });
      }
      if (this.hangs) return;
      if (event.type === 'input_audio_buffer.append') {
        const bytes = Buffer.from(String(event.audio), 'base64');
        heard += bytes.length;
        this.heardBytes = Math.round(heard / FASTER);
        open = Buffer.concat([open, bytes]);
        const words = wordsIn(open);
        const delta = words.slice(told.length);
        told = words;
        if (delta !== '') send('conversation.item.input_audio_transcription.delta', { item_id: item, delta });
      } else if (event.type === 'input_audio_buffer.commit') {
        if (open.length < LEAST_COMMIT) this.problems.push('committed less than 100 ms');
        send('input_audio_buffer.committed', { item_id: item });
        const usage = { type: 'duration', seconds: open.length / 48_000 };
        const done = { item_id: item, content_index: 0, transcript: wordsIn(open), usage };
        send('conversation.item.input_audio_transcription.completed', done);
        [open, told, item] = [Buffer.alloc(0), '', `item_${++this.#items}`];
      }
    });
  }
}
