import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { readClient, type ServiceMessage, textOf, wrongAddress } from './azure-messages.ts';
import { wordsIn } from './hearing.ts';
import { HearingServer } from './vendor-server.ts';

const PATHS = [
  '/speech/recognition/conversation/cognitiveservices/v1',
  '/speech/recognition/interactive/cognitiveservices/v1',
  '/stt/speech/universal/v2',
];
const QUERY = ['language', 'format'];
const HEADER = 44;
/** So much sound is told about while it comes, bytes. */
const PARTIAL_BYTES = 8000;
/** A phrase with so many words is taken for whole. */
const PHRASE_WORDS = 3;

/** Azure's live recognition, strict about what it is told. */
export class AzureListeningServer extends HearingServer {
  protected serve(socket: WebSocket, request: IncomingMessage): void {
    const wrong = wrongAddress(request, PATHS, QUERY);
    if (wrong !== undefined) this.problems.push(wrong);
    let isConfigured = false;
    let context: string | undefined;
    let turn: Turn | undefined;
    const serve = (message: ServiceMessage) => {
      if (message.path === 'speech.config') isConfigured = true;
      else if (!isConfigured) throw new Error('no speech.config');
      else if (message.path === 'telemetry') return;
      else if (message.path === 'speech.context') {
        JSON.parse(String(message.body));
        context = message.requestId;
      } else if (message.path !== 'audio') throw new Error(message.path);
      else if (turn === undefined) {
        if (context !== message.requestId) throw new Error('sound of no context');
        if (message.body.length !== HEADER || message.body.toString('latin1', 0, 4) !== 'RIFF')
          throw new Error('sound without a header');
        turn = new Turn(socket, message.requestId);
      } else if (message.requestId !== turn.id) throw new Error('sound of another turn');
      else if (message.body.length > 0) {
        this.heardBytes += message.body.length;
        turn.hear(message.body);
      } else {
        turn.end();
        turn = undefined;
      }
    };
    socket.on('message', (data, isBinary) => {
      if (this.hangs) return;
      try {
        serve(readClient(data as Buffer, isBinary));
      } catch (error) {
        this.problems.push(String(error));
        socket.close(1002, 'what was sent cannot be read');
      }
    });
  }
}

class Turn {
  readonly id: string;
  readonly #socket: WebSocket;
  #open = Buffer.alloc(0);
  #told = 0;

  constructor(socket: WebSocket, id: string) {
    this.#socket = socket;
    this.id = id;
    this.#send('turn.start', { context: { serviceTag: 'x' } });
  }

  hear(bytes: Buffer): void {
    this.#open = Buffer.concat([this.#open, bytes]);
    if (this.#open.length - this.#told < PARTIAL_BYTES) return;
    this.#told = this.#open.length;
    const Text = wordsIn(this.#open);
    if (Text === '') return;
    this.#send('speech.hypothesis', { Id: 'x', Text, Offset: 0, Duration: 1 });
    if (Text.split(' ').length >= PHRASE_WORDS) this.#phrase();
  }

  end(): void {
    this.#phrase();
    this.#send('speech.endDetected', { Offset: 1 });
    this.#send('speech.phrase', { Id: 'x', RecognitionStatus: 'EndOfDictation', Offset: 1, Duration: 0 });
    this.#send('turn.end', {});
  }

  #phrase(): void {
    const DisplayText = wordsIn(this.#open);
    [this.#open, this.#told] = [Buffer.alloc(0), 0];
    const how = DisplayText === '' ? { RecognitionStatus: 'NoMatch' } : { RecognitionStatus: 'Success', DisplayText };
    this.#send('speech.phrase', { Id: 'x', ...how, Offset: 0, Duration: 1 });
  }

  #send(path: string, body: object): void {
    this.#socket.send(textOf(path, this.id, body));
  }
}
