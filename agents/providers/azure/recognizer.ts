import type { Clock } from '../../base/clock.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import { bytesOf } from '../../base/samples.ts';
import { type SpeechLine, type SpeechLineEvents, StreamedRecognizer } from '../../listen/streamed.ts';
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
      let turns: Turns | undefined;
      const message = (each: AzureMessage) => turns?.message(each);
      const socket = await AzureSocket.open(url.href, { apiKey, signal, message });
      turns = new Turns(socket, language, events);
      return turns;
    },
  });
}

/** The sound of a turn begins with a WAV header, and ends with nothing. */
const HEADER = wavOf(new Int16Array(0), LISTEN_RATE);

/** Turns on one connection, one after the other: sound that comes while one ends waits for the next. */
class Turns implements SpeechLine {
  readonly #socket: AzureSocket;
  readonly #language: string;
  readonly #events: SpeechLineEvents;
  #waiting: (Int16Array | 'flush')[] = [];
  #turn: string | undefined;
  #isEnding = false;

  constructor(socket: AzureSocket, language: string, events: SpeechLineEvents) {
    this.#socket = socket;
    this.#language = language;
    this.#events = events;
  }

  get over() {
    return this.#socket.over;
  }

  push(pcm: Int16Array): void {
    this.#waiting.push(pcm);
    this.#go();
  }

  flush(): void {
    this.#waiting.push('flush');
    this.#go();
  }

  close(): void {
    this.#socket.close();
  }

  message(message: AzureMessage): void {
    if (message.requestId !== this.#turn) return;
    const { Text, RecognitionStatus, DisplayText } = jsonOf(message);
    if (message.path === 'speech.hypothesis') this.#events.partial(String(Text ?? ''));
    else if (message.path === 'speech.phrase' && RecognitionStatus === 'Success')
      this.#events.final(String(DisplayText ?? ''));
    else if (message.path === 'turn.end') {
      this.#turn = undefined;
      if (this.#isEnding) this.#events.settled();
      this.#isEnding = false;
      this.#go();
    }
  }

  #go(): void {
    while (!this.#isEnding && this.#waiting.length > 0) {
      const next = this.#waiting.shift()!;
      if (next !== 'flush') this.#socket.sendSound(this.#begun(), bytesOf(next));
      else if (this.#turn === undefined) this.#events.settled();
      else {
        this.#isEnding = true;
        this.#socket.sendSound(this.#turn, Buffer.alloc(0));
      }
    }
  }

  #begun(): string {
    if (this.#turn !== undefined) return this.#turn;
    this.#turn = requestId();
    const phraseDetection = { mode: 'Conversation', language: this.#language };
    this.#socket.send('speech.context', this.#turn, { phraseDetection });
    this.#socket.sendSound(this.#turn, HEADER, 'audio/x-wav');
    return this.#turn;
  }
}
