import type { Clock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import { JsonSocket } from '../../base/json-socket.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import { SoundPieces } from '../../listen/sound-pieces.ts';
import { type SpeechLine, type SpeechLineEvents, StreamedRecognizer } from '../../listen/streamed.ts';

export interface FluxConfig {
  apiKey: string;
  baseUrl: string;
  /** `flux-general-en`, `flux-general-multi`. */
  model: string;
  timeoutMs: number;
  clock: Clock;
}

/** What of its messages is looked at; all of it may be missing. */
interface Message {
  type?: string;
  event?: string;
  turn_index?: number;
  transcript?: string;
  end_of_turn_confidence?: number;
  audio_window_end?: number;
  trigger?: string;
  code?: string;
}

/** It likes pieces of 80 ms. */
const PIECE = 0.08 * LISTEN_RATE;
/** It tells of an end of which it is half sure, so that it counts early, and takes it back. */
const EAGER = '0.4';
/** Where it has not come so far on its own, no sound follows: it is given silence then. */
const WAITS_MS = 300;
const SILENCE = new Int16Array(0.4 * LISTEN_RATE);
/** What it says when an end was none. */
const RESUMED = 0.05;

/**
 * Deepgram's Flux, which hears the ends of turns. What it says of them is one witness of ours. It cannot be told to
 * finish what it has heard: its words are taken once they reach as far as the sound.
 */
export function fluxRecognizer(config: FluxConfig): StreamedRecognizer {
  const { apiKey, baseUrl, model, timeoutMs, clock } = config;
  const url = new URL(`${baseUrl.replace(/\/$/, '').replace(/^http/, 'ws')}/v2/listen`);
  const asked = { model, encoding: 'linear16', sample_rate: String(LISTEN_RATE), eager_eot_threshold: EAGER };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  return new StreamedRecognizer({
    clock,
    patienceMs: timeoutMs,
    async open(events, signal) {
      let line: FluxLine | undefined;
      const headers = { authorization: `Token ${apiKey}` };
      const message = (each: Message) => line?.message(each);
      line = new FluxLine(await JsonSocket.open(url.href, { headers, signal, message }), clock, events);
      return line;
    },
  });
}

class FluxLine implements SpeechLine {
  readonly #socket: JsonSocket;
  readonly #clock: Clock;
  readonly #events: SpeechLineEvents;
  readonly #pieces: SoundPieces;
  #sent = 0;
  /** How far its words reach, samples. */
  #reached = 0;
  /** Up to where words were asked for, oldest first. */
  #flushes: number[] = [];
  #turn = 0;
  #words: string[] = [];
  /** Of the turn's words, so many were told as final. */
  #told = 0;
  #isIdle = false;
  #stopWaiting = () => {};

  constructor(socket: JsonSocket, clock: Clock, events: SpeechLineEvents) {
    this.#socket = socket;
    this.#clock = clock;
    this.#events = events;
    this.#pieces = new SoundPieces(
      pcm => {
        socket.sendSound(pcm);
        this.#sent += pcm.length;
      },
      { usual: PIECE },
    );
  }

  get over() {
    return this.#socket.over;
  }

  push(pcm: Int16Array): void {
    this.#isIdle = false;
    this.#pieces.push(pcm);
  }

  flush(): void {
    this.#pieces.flush();
    this.#flushes.push(this.#sent);
    this.#settle();
    if (this.#flushes.length > 0) this.#hurry();
  }

  /** It closes what is silent for long, and knows no other sign of life. */
  keepAlive(): void {
    if (this.#isIdle) this.#pieces.push(new Int16Array(PIECE));
    this.#isIdle = true;
  }

  close(): void {
    this.#stopWaiting();
    this.#socket.send({ type: 'CloseStream' });
    this.#socket.close();
  }

  message(message: Message): void {
    const { type, event, turn_index = 0, transcript = '', audio_window_end = 0 } = message;
    if (type === 'Error')
      this.#events.failed(new ProviderError('network', `deepgram says ${message.code}`, { retryable: true }));
    if (type !== 'TurnInfo' || turn_index < this.#turn) return;
    if (turn_index > this.#turn) this.#begin(turn_index);
    this.#words = transcript.split(/\s+/).filter(Boolean);
    this.#reached = Math.max(this.#reached, Math.round(audio_window_end * LISTEN_RATE));
    this.#events.partial(this.#words.slice(this.#told).join(' '));
    if (event === 'TurnResumed') this.#events.done(RESUMED);
    const hasEnded = event === 'EndOfTurn';
    // That nothing was said for long is known here, too.
    if ((hasEnded && message.trigger !== 'timeout') || event === 'EagerEndOfTurn')
      this.#events.done(message.end_of_turn_confidence ?? 0);
    if (hasEnded) this.#final();
    this.#settle();
    if (hasEnded) this.#begin(turn_index + 1);
  }

  #begin(turn: number): void {
    this.#turn = turn;
    this.#words = [];
    this.#told = 0;
  }

  #final(): void {
    this.#events.final(this.#words.slice(this.#told).join(' '));
    this.#told = this.#words.length;
  }

  #settle(): void {
    while (this.#flushes.length > 0 && this.#flushes[0]! <= this.#reached) {
      this.#flushes.shift();
      this.#final();
      this.#events.settled();
    }
    if (this.#flushes.length === 0) this.#stopWaiting();
  }

  #hurry(): void {
    this.#stopWaiting();
    this.#stopWaiting = this.#clock.after(WAITS_MS, () => {
      this.#pieces.push(SILENCE);
      this.#hurry();
    });
  }
}
