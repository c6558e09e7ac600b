import { randomUUID } from 'node:crypto';
import { untilAborted } from '../../base/cancellation.ts';
import { Channel } from '../../base/channel.ts';
import type { Clock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import { JsonSocket } from '../../base/json-socket.ts';
import { Patience } from '../../base/patience.ts';
import { Samples } from '../../base/samples.ts';
import { Growing } from '../../speak/growing.ts';
import { pieces } from '../../speak/pieces.ts';
import type { Prosody, Speech, TextToSpeech, TimedText } from '../../speak/ports.ts';

export interface CartesiaConfig {
  apiKey: string;
  baseUrl: string;
  version: string;
  model: string;
  voice: string;
  language: string;
  /** For the first sound, and between pieces of it. */
  firstSoundTimeoutMs: number;
  clock: Clock;
}

const RATE = 24_000;
const MAX_CHARACTERS = 2000;
/** All of a sentence's sound is waited for no longer than this. */
const SOUND_MS = 60_000;

/** What of its messages is looked at; all of it may be missing. */
interface Message {
  type?: string;
  context_id?: string;
  data?: string;
  word_timestamps?: { words?: string[]; start?: number[]; end?: number[] };
  status_code?: number;
  error?: string;
}

/** Cartesia's speech over one connection for all sentences, with the time of each word. */
export class CartesiaSpeech implements TextToSpeech {
  readonly capabilities: TextToSpeech['capabilities'];
  readonly #config: CartesiaConfig;
  readonly #closed = new AbortController();
  readonly #contexts = new Map<string, Channel<Message>>();
  #socket: Promise<JsonSocket> | undefined;

  constructor(config: CartesiaConfig) {
    this.#config = config;
    this.capabilities = {
      phones: false,
      prosody: false,
      voices: { known: [config.voice], closed: false },
      reads: 'written',
    };
  }

  async *speak(
    sentence: string,
    { voice, prosody, signal }: { voice: string; prosody: Prosody; signal: AbortSignal },
  ): AsyncGenerator<Speech> {
    signal.throwIfAborted();
    this.#closed.signal.throwIfAborted();
    for (const text of pieces(sentence, MAX_CHARACTERS))
      if (text !== '') yield* this.#say(text, voice, prosody, signal);
  }

  async close(): Promise<void> {
    this.#closed.abort(new ProviderError('internal', 'the voice is closed', { retryable: false }));
    (await this.#socket?.catch(() => undefined))?.close();
  }

  async *#say(text: string, voice: string, prosody: Prosody, signal: AbortSignal): AsyncGenerator<Speech> {
    const { clock, firstSoundTimeoutMs } = this.#config;
    const patience = new Patience(firstSoundTimeoutMs, SOUND_MS, clock);
    const ending = AbortSignal.any([signal, this.#closed.signal, patience.signal]);
    const context = randomUUID();
    const messages = new Channel<Message>();
    this.#contexts.set(context, messages);
    const samples = new Samples();
    const growing = new Growing(text, RATE);
    let socket: JsonSocket | undefined;
    let over = false;
    patience.wait();
    try {
      socket = await this.#connected(ending);
      socket.send(this.#question(context, text, voice, prosody));
      for await (const message of untilAborted(messages, ending)) {
        patience.rest();
        if (message.type === 'error') throw problem(message);
        if (message.type === 'done') {
          over = true;
          break;
        }
        growing.add(samples.add(Buffer.from(message.data ?? '', 'base64')), wordsOf(message.word_timestamps));
        const speech = growing.take();
        if (speech !== undefined) yield speech;
        patience.wait();
      }
      const rest = growing.rest();
      if (rest !== undefined) yield rest;
      else if (growing.taken === 0) throw new ProviderError('internal', 'cartesia sent no sound', { retryable: true });
    } catch (error) {
      signal.throwIfAborted();
      this.#closed.signal.throwIfAborted();
      if (patience.signal.aborted) throw new ProviderError('network', 'cartesia takes too long', { retryable: true });
      throw error;
    } finally {
      patience.end();
      this.#contexts.delete(context);
      if (!over) socket?.send({ context_id: context, cancel: true });
    }
  }

  #question(context_id: string, transcript: string, voice: string, prosody: Prosody): object {
    const { model, language } = this.#config;
    return {
      context_id,
      model_id: model,
      transcript,
      voice: { mode: 'id', id: voice },
      language,
      output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: RATE },
      add_timestamps: true,
      continue: false,
      ...(prosody.rate !== 1 && { generation_config: { speed: Math.min(1.5, Math.max(0.6, prosody.rate)) } }),
    };
  }

  async #connected(signal: AbortSignal): Promise<JsonSocket> {
    this.#socket ??= this.#connect();
    const opening = this.#socket;
    const stop = Promise.withResolvers<never>();
    stop.promise.catch(() => {});
    const onAbort = () => stop.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([opening, stop.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #connect(): Promise<JsonSocket> {
    const { apiKey, baseUrl, version } = this.#config;
    const url = `${baseUrl.replace(/\/$/, '').replace(/^http/, 'ws')}/tts/websocket`;
    try {
      const socket = await JsonSocket.open(url, {
        headers: { 'x-api-key': apiKey, 'cartesia-version': version },
        signal: this.#closed.signal,
        message: message => this.#contexts.get(String((message as Message).context_id))?.push(message as Message),
      });
      void socket.over.then(error => {
        this.#socket = undefined;
        const failure = error ?? new ProviderError('network', 'the line was closed', { retryable: true });
        for (const messages of this.#contexts.values()) messages.fail(failure);
      });
      return socket;
    } catch (error) {
      this.#socket = undefined;
      throw error;
    }
  }
}

/** Words by their samples, each with the space behind it. */
function wordsOf(times: Message['word_timestamps']): TimedText[] {
  const at = (seconds: number | undefined) => Math.round((seconds ?? 0) * RATE);
  return (times?.words ?? []).flatMap((text, i) => {
    const [startSample, endSample] = [at(times?.start?.[i]), at(times?.end?.[i])];
    return [
      { text, startSample, endSample },
      { text: ' ', startSample: endSample, endSample },
    ];
  });
}

function problem({ status_code: status = 500, error = '' }: Message): ProviderError {
  const message = `cartesia answers with ${status}`;
  if (status === 402 || /quota|credit/i.test(error)) return new ProviderError('quota', message, { retryable: false });
  if (status === 429) return new ProviderError('quota', message, { retryable: true });
  if (status === 401 || status === 403) return new ProviderError('auth', message, { retryable: false });
  if (status === 404) return new ProviderError('model', message, { retryable: false });
  return status < 500
    ? new ProviderError('bad-input', message, { retryable: false })
    : new ProviderError('network', message, { retryable: true });
}
