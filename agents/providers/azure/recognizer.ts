import type { Clock } from '../../base/clock.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import { bytesOf } from '../../base/samples.ts';
import { type SpeechLineEvents, StreamedRecognizer } from '../../listen/streamed.ts';
import { type SpeechTurn, TurnByTurn } from '../../listen/turn-by-turn.ts';
import { wavOf } from '../../speak/wav.ts';
import { type AzureMessage, AzureSocket, jsonOf, requestId } from './azure-socket.ts';

export interface AzureRecognizerConfig {
  apiKey?: string | undefined;
  baseUrl: string;
  language: string;
  timeoutMs: number;
  clock: Clock;
}

/** Azure's live recognition. Who is done is decided on our side: the sound of a turn is ended then. */
export function azureRecognizer(config: AzureRecognizerConfig): StreamedRecognizer {
  const { apiKey, baseUrl, language, timeoutMs, clock } = config;
  const path = '/speech/recognition/conversation/cognitiveservices/v1';
  const url = new URL(`${baseUrl.replace(/\/$/, '').replace(/^http/, 'ws')}${path}`);
  for (const [name, value] of Object.entries({ language, format: 'simple' })) url.searchParams.set(name, value);
  return new StreamedRecognizer({
    clock,
    patienceMs: timeoutMs,
    async open(events, signal) {
      let hear = (_: AzureMessage) => {};
      const socket = await AzureSocket.open(url.href, { apiKey, signal, message: message => hear(message) });
      const turns = new TurnByTurn(over => {
        const turn = new Turn(socket, language, events, over);
        hear = message => turn.hear(message);
        return turn;
      }, events);
      return {
        over: socket.over,
        push: pcm => turns.push(pcm),
        flush: () => turns.flush(),
        close: () => socket.close(),
      };
    },
  });
}

/** The sound of a turn begins with a WAV header, and ends with nothing. */
const HEADER = wavOf(new Int16Array(0), LISTEN_RATE);

class Turn implements SpeechTurn {
  readonly #id = requestId();
  readonly #socket: AzureSocket;
  readonly #events: SpeechLineEvents;
  readonly #over: () => void;

  constructor(socket: AzureSocket, language: string, events: SpeechLineEvents, over: () => void) {
    this.#socket = socket;
    this.#events = events;
    this.#over = over;
    socket.send('speech.context', this.#id, { phraseDetection: { mode: 'Conversation', language } });
    socket.sendSound(this.#id, HEADER, 'audio/x-wav');
  }

  sound(pcm: Int16Array): void {
    this.#socket.sendSound(this.#id, bytesOf(pcm));
  }

  end(): void {
    this.#socket.sendSound(this.#id, Buffer.alloc(0));
  }

  hear(message: AzureMessage): void {
    if (message.requestId !== this.#id) return;
    const { Text, RecognitionStatus, DisplayText } = jsonOf(message);
    if (message.path === 'speech.hypothesis') this.#events.partial(String(Text ?? ''));
    else if (message.path === 'speech.phrase' && RecognitionStatus === 'Success')
      this.#events.final(String(DisplayText ?? ''));
    else if (message.path === 'turn.end') this.#over();
  }
}
