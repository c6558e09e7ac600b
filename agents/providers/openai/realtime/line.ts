import { untilAborted } from '../../../base/cancellation.ts';
import { Channel } from '../../../base/channel.ts';
import type { Clock } from '../../../base/clock.ts';
import { ProviderError } from '../../../base/errors.ts';
import { JsonSocket } from '../../../base/json-socket.ts';
import { LISTEN_RATE } from '../../../base/rates.ts';
import { Samples } from '../../../base/samples.ts';
import type { LineEvents, LinePiece, ModelLine, Role, Told } from '../../../respond/live/port.ts';
import { Resampler } from '../../../speak/resample.ts';
import {
  changesOf,
  type Dialect,
  RATE,
  readingOf,
  type SessionSettings,
  sessionOf,
  TRAITS,
  tellingOf,
} from './dialect.ts';
import type { ServerEvent } from './events.ts';
import { ofProblem, ofResponse, usageOf } from './problems.ts';

export interface RealtimeConfig {
  url: string;
  headers: Record<string, string>;
  dialect: Dialect;
  session: Omit<SessionSettings, 'instructions' | 'tools'>;
  clock: Clock;
  /** A session ends after so long where its server does not say when, ms. */
  sessionMs: number;
}

/** Less than this cannot be committed, s. */
const LEAST_COMMIT_S = 0.1;
/** Sound is sent in pieces of at least this length, s. */
const SEND_S = 0.04;

/** An answer that is being made. */
interface Making {
  pieces: Channel<LinePiece>;
  /** Known once the server has begun it. */
  id?: string;
  item: string;
  samples: Samples;
  calls: { id: string; name: string; arguments: string }[];
  /** Nobody waits for it any more: what still comes of it is left out. */
  over: boolean;
}

/** A session of OpenAI's Realtime API, or of a server that speaks like it. Who is done is decided on our side. */
export class RealtimeLine implements ModelLine {
  readonly rate = RATE;
  readonly over: Promise<ProviderError | undefined>;
  endsMs: number;
  readonly #config: RealtimeConfig;
  readonly #events: LineEvents;
  readonly #socket: JsonSocket;
  readonly #traits: (typeof TRAITS)[Dialect];
  readonly #resampler: Resampler | undefined;
  #waiting: Int16Array[] = [];
  #waitingSamples = 0;
  #uncommitted = 0;
  #role: string;
  #making: Making | undefined;
  /** Answers by the server's name for them; those that were called off still end. */
  readonly #made = new Map<string, Making>();
  readonly #asked: Making[] = [];
  /** What is asked next: a server makes one answer at a time, and one that was called off is not over at once. */
  #next: { making: Making; how: object } | undefined;

  static async open(
    config: RealtimeConfig,
    role: Role,
    events: LineEvents,
    signal: AbortSignal,
  ): Promise<RealtimeLine> {
    const ready = Promise.withResolvers<void>();
    ready.promise.catch(() => {});
    let line: RealtimeLine | undefined;
    const early: ServerEvent[] = [];
    const socket = await JsonSocket.open(config.url, {
      headers: config.headers,
      signal,
      message: message => {
        const event = message as unknown as ServerEvent;
        if (event.type === 'session.updated') ready.resolve();
        else if (event.type === 'error' && line?.isReady !== true)
          ready.reject(ofProblem(event.error) ?? new ProviderError('bad-input', 'refused', { retryable: false }));
        if (line === undefined) early.push(event);
        else line.#take(event);
      },
    });
    line = new RealtimeLine(config, role, events, socket);
    for (const event of early) line.#take(event);
    void socket.over.then(error => ready.reject(error ?? new ProviderError('network', 'closed', { retryable: true })));
    const stop = () => ready.reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await ready.promise;
      line.isReady = true;
      return line;
    } catch (error) {
      socket.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  isReady = false;
  readonly read?: (text: string, signal: AbortSignal) => AsyncIterable<LinePiece>;
  readonly cut?: (item: string, heardMs: number) => void;

  private constructor(config: RealtimeConfig, role: Role, events: LineEvents, socket: JsonSocket) {
    this.#config = config;
    this.#traits = TRAITS[config.dialect];
    const { listenRate, cuts, reads } = this.#traits;
    if (listenRate !== LISTEN_RATE) this.#resampler = new Resampler(LISTEN_RATE, listenRate);
    if (reads) this.read = (text, signal) => this.#create({ response: readingOf(config.dialect, text) }, signal);
    if (cuts) this.cut = (item, heardMs) => this.#cut(item, heardMs);
    this.#events = events;
    this.#socket = socket;
    this.endsMs = config.clock.nowMs() + config.sessionMs;
    this.over = socket.over;
    this.#role = JSON.stringify(role);
    this.#send('session.update', { session: sessionOf(config.dialect, { ...config.session, ...role }) });
    void socket.over.then(error => {
      this.#fail(error ?? new ProviderError('network', 'the line was closed', { retryable: true }));
    });
  }

  be(role: Role): void {
    const text = JSON.stringify(role);
    if (text === this.#role) return;
    this.#role = text;
    this.#send('session.update', { session: changesOf(this.#config.dialect, role) });
  }

  hear(pcm: Int16Array): void {
    const more = this.#resampler?.push(pcm) ?? pcm;
    this.#waiting.push(more);
    this.#waitingSamples += more.length;
    if (this.#waitingSamples >= SEND_S * this.#traits.listenRate) this.#flush();
  }

  unhear(): void {
    this.#waiting = [];
    this.#waitingSamples = 0;
    this.#uncommitted = 0;
    this.#send('input_audio_buffer.clear', {});
  }

  tell(told: readonly Told[]): void {
    for (const each of told) {
      const { type, more } = tellingOf(this.#config.dialect, each);
      // A picture that is part of what is heard needs something to be heard.
      if (type !== 'input_image_buffer.append' || this.#uncommitted > 0) this.#send(type, more);
    }
  }

  answer(signal: AbortSignal): AsyncIterable<LinePiece> {
    this.#flush();
    if (this.#uncommitted >= LEAST_COMMIT_S * this.#traits.listenRate) {
      this.#send('input_audio_buffer.commit', {});
      this.#uncommitted = 0;
    }
    return this.#create({}, signal);
  }

  results(results: readonly { id: string; output: string }[]): void {
    for (const { id, output } of results)
      this.#send('conversation.item.create', { item: { type: 'function_call_output', call_id: id, output } });
  }

  #cut(item: string, heardMs: number): void {
    // An item of which nothing was heard was never said.
    if (heardMs < 1) this.#send('conversation.item.delete', { item_id: item });
    else
      this.#send('conversation.item.truncate', {
        item_id: item,
        content_index: 0,
        audio_end_ms: Math.floor(heardMs),
      });
  }

  close(): void {
    this.#socket.close();
  }

  async *#create(how: object, signal: AbortSignal): AsyncGenerator<LinePiece, void, undefined> {
    const making: Making = {
      pieces: new Channel(),
      item: '',
      samples: new Samples(),
      calls: [],
      over: false,
    };
    this.#cancel();
    this.#making = making;
    this.#next = { making, how };
    this.#askNext();
    try {
      yield* untilAborted(making.pieces, signal);
    } finally {
      if (!making.over) this.#cancel(making);
    }
  }

  #askNext(): void {
    if (this.#next === undefined || this.#asked.length > 0 || this.#made.size > 0) return;
    const { making, how } = this.#next;
    this.#next = undefined;
    this.#asked.push(making);
    this.#send('response.create', how);
  }

  /** Local silence has come before it [T6]: the server is only told. */
  #cancel(making = this.#making): void {
    if (making === undefined || making.over) return;
    making.over = true;
    if (this.#making === making) this.#making = undefined;
    if (this.#next?.making === making) {
      this.#next = undefined;
      return;
    }
    this.#sendCancel(making.id);
  }

  #sendCancel(id: string | undefined): void {
    this.#send('response.cancel', id !== undefined && this.#traits.names ? { response_id: id } : {});
  }

  #take(event: ServerEvent): void {
    const names = this.#traits;
    if (event.type === 'session.created' || event.type === 'session.updated') {
      const expires = event.session?.expires_at;
      if (typeof expires === 'number' && expires > 0) {
        const leftMs = expires * 1000 - this.#config.clock.unixMs();
        if (leftMs > 0) this.endsMs = this.#config.clock.nowMs() + leftMs;
      }
      return;
    }
    if (event.type === 'error') {
      this.#problem(event);
      return;
    }
    if (event.type === 'response.created') {
      const making = this.#asked.shift();
      const id = event.response?.id;
      if (making === undefined || id === undefined) return;
      making.id = id;
      this.#made.set(id, making);
      // Called off before it had a name.
      if (making.over) this.#sendCancel(id);
      return;
    }
    const making = this.#made.get(event.response_id ?? event.response?.id ?? '');
    if (making === undefined) return;
    if (event.type === 'response.done') this.#done(making, event);
    else if (making.over) {
      // What was still said of it is no part of the conversation.
      if (event.type === names.sound && event.item_id !== undefined && making.item !== event.item_id) {
        making.item = event.item_id;
        this.cut?.(event.item_id, 0);
      }
    } else if (event.type === names.sound && typeof event.delta === 'string') this.#sound(making, event);
    else if (event.type === names.words && typeof event.delta === 'string')
      making.pieces.push({ type: 'words', text: event.delta });
    else if (event.type === 'response.output_item.done' && event.item?.type === 'function_call') {
      const { call_id = '', name = '', arguments: text = '' } = event.item;
      making.calls.push({ id: call_id, name, arguments: text });
    }
  }

  #sound(making: Making, { item_id = '', delta }: ServerEvent): void {
    making.item = item_id;
    const pcm = making.samples.add(Buffer.from(String(delta), 'base64'));
    if (pcm.length > 0) making.pieces.push({ type: 'sound', item: item_id, pcm });
  }

  #done(making: Making, event: ServerEvent): void {
    this.#made.delete(making.id ?? '');
    if (this.#making === making) this.#making = undefined;
    const usage = usageOf(event.response?.usage);
    if (usage !== undefined) this.#events.used(usage);
    this.#askNext();
    if (making.over) return;
    making.over = true;
    const problem = ofResponse(event.response);
    if (problem !== undefined) {
      making.pieces.fail(problem);
      return;
    }
    making.pieces.push({ type: 'whole' });
    if (making.calls.length > 0) making.pieces.push({ type: 'calls', calls: making.calls });
    making.pieces.end();
  }

  #problem({ error }: ServerEvent): void {
    const problem = ofProblem(error);
    // It says so of what has ended by itself meanwhile.
    if (problem === undefined) return;
    if (this.isReady) this.#fail(problem);
  }

  #fail(error: ProviderError): void {
    const next = this.#next === undefined ? [] : [this.#next.making];
    this.#next = undefined;
    for (const making of new Set([...this.#asked, ...this.#made.values(), ...next])) {
      if (making.over) continue;
      making.over = true;
      making.pieces.fail(error);
    }
    this.#asked.length = 0;
    this.#making = undefined;
  }

  #flush(): void {
    if (this.#waitingSamples === 0) return;
    const bytes = Buffer.concat(this.#waiting.map(pcm => Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)));
    this.#waiting = [];
    this.#uncommitted += this.#waitingSamples;
    this.#waitingSamples = 0;
    this.#send('input_audio_buffer.append', { audio: bytes.toString('base64') });
  }

  #send(type: string, more: object): void {
    this.#socket.send({ type, ...more });
  }
}
