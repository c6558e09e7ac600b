import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { JsonSocket } from '../../base/json-socket.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import { type SpeechLineEvents, StreamedRecognizer } from '../../listen/streamed.ts';
import { type SpeechTurn, TurnByTurn } from '../../listen/turn-by-turn.ts';

export interface FunAsrConfig {
  baseUrl: string;
  hotwords: Readonly<Record<string, number>>;
  itn: boolean;
  timeoutMs: number;
  clock: Clock;
}

/** What of its messages is looked at; all of it may be missing. */
interface Message {
  mode?: string;
  text?: string;
  wav_name?: string;
}

/** How its stream is cut, in 60 ms: what is looked back at, what is read at once, what is looked ahead at. */
const CHUNKS = { chunk_size: [5, 10, 5], chunk_interval: 10 };
/**
 * It does not say which of its corrections is the last (`is_final` means different things in its servers): after the end
 * of the sound, so much silence after one is taken for it.
 */
const AFTER_LAST_MS = 200;
/** Where it has heard nothing, some of its servers say nothing. */
const SILENT_MS = 1200;

/**
 * FunASR's server in its mode of two passes: quick words while somebody speaks, better ones once they pause. Who is done
 * is decided on our side. Its protocol: runtime/docs/websocket_protocol.md of FunASR.
 */
export function funAsrRecognizer(config: FunAsrConfig): StreamedRecognizer {
  const { baseUrl, timeoutMs, clock } = config;
  const url = baseUrl.replace(/\/$/, '').replace(/^http/, 'ws');
  return new StreamedRecognizer({
    clock,
    patienceMs: timeoutMs,
    async open(events, signal) {
      let turn: Turn | undefined;
      const message = (each: Message) => turn?.hear(each);
      const socket = await JsonSocket.open(url, { headers: {}, signal, message });
      const turns = new TurnByTurn(over => {
        turn = new Turn(socket, config, events, over);
        return turn;
      }, events);
      return {
        over: socket.over,
        push: pcm => turns.push(pcm),
        flush: () => turns.flush(),
        close: () => {
          turn?.close();
          socket.close();
        },
      };
    },
  });
}

class Turn implements SpeechTurn {
  readonly #name = randomUUID();
  readonly #socket: JsonSocket;
  readonly #clock: Clock;
  readonly #events: SpeechLineEvents;
  readonly #over: () => void;
  /** Of the first pass, what the second has not corrected yet. */
  #quick = '';
  #hasEnded = false;
  #stopWaiting = () => {};

  constructor(socket: JsonSocket, { hotwords, itn, clock }: FunAsrConfig, events: SpeechLineEvents, over: () => void) {
    this.#socket = socket;
    this.#clock = clock;
    this.#events = events;
    this.#over = over;
    const sound = { wav_name: this.#name, wav_format: 'pcm', audio_fs: LISTEN_RATE, is_speaking: true };
    socket.send({ mode: '2pass', ...CHUNKS, ...sound, hotwords: JSON.stringify(hotwords), itn });
  }

  sound(pcm: Int16Array): void {
    this.#socket.sendSound(pcm);
  }

  end(): void {
    this.#hasEnded = true;
    this.#socket.send({ is_speaking: false });
    this.#wait(SILENT_MS);
  }

  close(): void {
    this.#stopWaiting();
  }

  hear({ mode, text = '', wav_name = this.#name }: Message): void {
    if (wav_name !== this.#name) return;
    const words = untagged(text);
    if (mode === '2pass-online') {
      this.#quick = joined(this.#quick, words);
      this.#events.partial(this.#quick);
    } else if (mode === '2pass-offline' || mode === 'offline') {
      this.#quick = '';
      this.#events.final(words);
      if (this.#hasEnded) this.#wait(AFTER_LAST_MS);
    }
  }

  #wait(ms: number): void {
    this.#stopWaiting();
    this.#stopWaiting = this.#clock.after(ms, this.#over);
  }
}

/** SenseVoice puts language, feeling and kind of sound before the words: `<|en|><|HAPPY|><|Speech|><|withitn|>`. */
const untagged = (text: string): string => text.replace(/<\|\w{1,30}\|>/g, '').trim();

/** Its pieces come without spaces between them, which Chinese has none of. */
const joined = (before: string, more: string): string =>
  /[\p{Script=Latin}\d]$/u.test(before) && /^[\p{Script=Latin}\d]/u.test(more) ? `${before} ${more}` : before + more;
