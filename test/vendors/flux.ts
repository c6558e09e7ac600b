import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { wordsIn } from './hearing.ts';
import { HearingServer } from './vendor-server.ts';

const QUERY = ['model', 'encoding', 'sample_rate', 'eager_eot_threshold', 'eot_threshold', 'eot_timeout_ms', 'keyterm'];
const RATE = 16_000;
const BYTES_PER_S = 2 * RATE;
/** It tells what it has heard so often, s. */
const UPDATE_S = 0.25;
/** So much silence makes it half sure, and sure, that a turn is over, s. */
const [EAGER_S, END_S] = [0.3, 0.6];

/** Deepgram's Flux, which hears the ends of turns, strict about what it is told. */
export class FluxServer extends HearingServer {
  protected serve(socket: WebSocket, request: IncomingMessage): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const unknown = [...searchParams.keys()].filter(key => !QUERY.includes(key));
    const eager = Number(searchParams.get('eager_eot_threshold') ?? 0.5);
    const hasKey = /^(?:Token|Bearer) /.test(request.headers.authorization ?? '');
    if (pathname !== '/v2/listen' || unknown.length > 0 || eager < 0.3 || eager > 0.9 || !hasKey)
      this.problems.push(`${request.url}`);
    const turns = new Turns(message => socket.send(JSON.stringify(message)), searchParams.has('eager_eot_threshold'));
    socket.on('message', (data, isBinary) => {
      if (this.hangs) return;
      if (this.complaint !== undefined) {
        socket.send(JSON.stringify({ type: 'Error', sequence_id: 1, code: this.complaint, description: 'no' }));
        return;
      }
      if (isBinary) {
        const bytes = data as Buffer;
        // Silence that is sent to keep a line, or to have it go on, is nobody's speech.
        this.heardBytes += bytes.every(byte => byte === 0) ? 0 : bytes.length;
        turns.hear(bytes);
        return;
      }
      const { type } = JSON.parse(String(data)) as { type: string };
      if (type === 'CloseStream') socket.close(1000);
      else {
        this.problems.push(type);
        socket.send(JSON.stringify({ type: 'Error', sequence_id: 1, code: 'UNPARSABLE_CLIENT_MESSAGE' }));
        socket.close(1008);
      }
    });
  }
}

class Turns {
  readonly #send: (message: object) => void;
  readonly #isEager: boolean;
  #sequence = 0;
  #turn = 0;
  #open = Buffer.alloc(0);
  #heardS = 0;
  #startS = 0;
  #toldS = 0;
  #silentS = 0;
  #state: 'waits' | 'speaks' | 'pauses' = 'waits';

  constructor(send: (message: object) => void, isEager: boolean) {
    this.#send = send;
    this.#isEager = isEager;
    this.#tell({ type: 'Connected', request_id: 'x' });
  }

  hear(bytes: Buffer): void {
    // By pieces as long as between two of its messages, at most.
    for (let at = 0; at < bytes.length; at += UPDATE_S * BYTES_PER_S)
      this.#piece(bytes.subarray(at, at + UPDATE_S * BYTES_PER_S));
  }

  #piece(bytes: Buffer): void {
    this.#open = Buffer.concat([this.#open, bytes]);
    this.#heardS += bytes.length / BYTES_PER_S;
    this.#silentS = bytes.every(byte => byte === 0) ? this.#silentS + bytes.length / BYTES_PER_S : 0;
    if (this.#silentS === 0) {
      if (this.#state === 'waits') this.#info('StartOfTurn', 0.01);
      if (this.#state === 'pauses') this.#info('TurnResumed', 0.02);
      this.#state = 'speaks';
    } else if (this.#state === 'speaks' && this.#silentS >= EAGER_S && this.#isEager) {
      this.#info('EagerEndOfTurn', 0.5);
      this.#state = 'pauses';
    }
    if (this.#state !== 'waits' && this.#silentS >= END_S) {
      this.#info('EndOfTurn', 0.9);
      this.#state = 'waits';
      this.#turn++;
      this.#open = Buffer.alloc(0);
      this.#startS = this.#heardS;
    } else if (this.#heardS - this.#toldS >= UPDATE_S) this.#info('Update', 0.1);
  }

  #info(event: string, end_of_turn_confidence: number): void {
    this.#toldS = this.#heardS;
    this.#tell({
      type: 'TurnInfo',
      request_id: 'x',
      event,
      turn_index: this.#turn,
      audio_window_start: this.#startS,
      audio_window_end: this.#heardS,
      transcript: wordsIn(this.#open),
      words: [],
      end_of_turn_confidence,
      ...(event === 'EndOfTurn' && { trigger: 'model' }),
    });
  }

  #tell(message: object): void {
    this.#send({ ...message, sequence_id: this.#sequence++ });
  }
}
