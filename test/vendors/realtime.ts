import type { IncomingMessage } from 'node:http';
import type { RealtimeServerEvent } from 'openai/resources/realtime/realtime';
import type { WebSocket } from 'ws';
import { type Dialect, problemOf } from './realtime-rules.ts';
import { SocketServer } from './socket-server.ts';
import { soundOf } from './sound-of.ts';

const RATE = 24_000;
/** Of sound, in bytes: it is sent in pieces that end in the middle of a sample. */
const PIECES = [9601, 4799, 14_401, 19_199];
/** As many pieces of an answer still come after it was called off. */
const LATE_PIECES = 2;

type Content = { type: string; text?: string; transcript?: string; audioMs?: number; image_url?: string };
export interface Item {
  id: string;
  type: string;
  role?: string;
  content: Content[];
  call_id?: string;
  name?: string;
  arguments?: string;
  output?: string;
}

/** What the model does when it is asked; sound that is missing is made of the words. */
export type Does =
  | { say: string; pcm?: Int16Array; stopAfterPieces?: number; finally?: 'hang' | 'die' }
  | { call: { name: string; arguments: object } }
  | { fail: 'rate_limit_exceeded' | 'insufficient_quota' | 'server_error' }
  | { hang: true };

interface Response {
  id: string;
  item: string;
  cancelled: boolean;
}

/** One session as its server sees it. */
export class Session {
  readonly items: Item[] = [];
  /** What it was told that it should not have been. */
  readonly problems: string[] = [];
  readonly received: Record<string, unknown>[] = [];
  settings: Record<string, unknown> = {};
  /** Of sound that was sent and not committed. */
  bufferMs = 0;
  heardMs = 0;
  pictures = 0;
  response: Response | undefined;
  readonly socket: WebSocket;
  constructor(socket: WebSocket) {
    this.socket = socket;
  }
}

/**
 * OpenAI's Realtime API as far as a client without server-side turns sees it, in its own dialect, the beta's or
 * DashScope's; strict
 * about what it is told. Its answers are scripted.
 */
export class RealtimeServer {
  readonly sessions: Session[] = [];
  does: (session: Session, asked: Record<string, unknown>) => Does | Promise<Does> = () => ({ say: 'Hello there.' });
  /** Sessions end after so long, s. */
  lastsS = 3600;
  speak: (text: string) => Int16Array = text => soundOf(text, RATE);
  readonly #dialect: Dialect;
  readonly #beta: boolean;
  /** Samples per second of what it hears. */
  readonly #hears: number;
  readonly #server: SocketServer;
  readonly #scheme: 'http' | 'https';
  #ids = 0;

  constructor(dialect: Dialect = 'ga', tls?: { key: string; cert: string }) {
    this.#dialect = dialect;
    this.#beta = dialect !== 'ga';
    this.#hears = dialect === 'dashscope' ? 16_000 : RATE;
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#server = new SocketServer((socket, request) => this.#serve(socket, request), tls);
  }

  open = () => this.#server.open();
  close = () => this.#server.close();
  kill = () => this.#server.kill();
  get baseUrl(): string {
    return `${this.#scheme}://127.0.0.1:${this.#server.port}/v1`;
  }
  get connections(): number {
    return this.#server.connections;
  }
  get upgrades(): readonly IncomingMessage[] {
    return this.#server.upgrades;
  }
  set refuse(status: number | undefined) {
    this.#server.refuse = status;
  }
  get last(): Session {
    return this.sessions.at(-1)!;
  }

  /** Ends a session as the vendor does when it is too old. */
  expire(session: Session): void {
    this.#error(session, 'invalid_request_error', 'session_expired', 'Your session hit the maximum duration.');
    session.socket.close(1001, 'Your session hit the maximum duration of 60 minutes.');
  }

  #id(kind: string): string {
    return `${kind}_${++this.#ids}`;
  }

  #send(session: Session, type: string, more: object): void {
    if (session.socket.readyState === 1)
      session.socket.send(JSON.stringify({ type, event_id: this.#id('event'), ...more }));
  }

  #serve(socket: WebSocket, request: IncomingMessage): void {
    const session = new Session(socket);
    this.sessions.push(session);
    const model = new URL(request.url ?? '', 'http://localhost').searchParams.get('model');
    if (model === null || request.headers['openai-beta'] !== undefined) {
      this.#error(session, 'invalid_request_error', 'beta_api_shape_disabled', 'Use the API as it is now.');
      socket.close(4000, 'invalid_request_error.beta_api_shape_disabled');
      return;
    }
    const expires_at = Math.round(Date.now() / 1000) + this.lastsS;
    this.#send(session, 'session.created', { session: { id: this.#id('sess'), type: 'realtime', model, expires_at } });
    socket.on('message', data => {
      const event = JSON.parse(String(data)) as Record<string, unknown>;
      session.received.push(event);
      const problem = problemOf(event, this.#dialect);
      if (problem === undefined) this.#take(session, event);
      else {
        session.problems.push(problem);
        this.#error(session, 'invalid_request_error', 'unknown_parameter', problem);
      }
    });
  }

  #error(session: Session, type: string, code: string, message: string): void {
    const event_id = this.#id('event');
    const event: RealtimeServerEvent = { type: 'error', event_id, error: { type, code, message, param: null } };
    this.#send(session, 'error', event);
  }

  #take(session: Session, event: Record<string, unknown>): void {
    switch (event.type) {
      case 'session.update': {
        Object.assign(session.settings, event.session);
        const expires_at = Math.round(Date.now() / 1000) + this.lastsS;
        this.#send(session, 'session.updated', { session: { ...session.settings, expires_at } });
        return;
      }
      case 'input_audio_buffer.append':
        session.bufferMs += (Buffer.from(event.audio as string, 'base64').length / 2 / this.#hears) * 1000;
        return;
      case 'input_image_buffer.append':
        // It is shown something only while it hears something.
        if (session.bufferMs === 0) session.problems.push('a picture before any sound');
        else session.pictures++;
        return;
      case 'input_audio_buffer.clear':
        session.bufferMs = 0;
        this.#send(session, 'input_audio_buffer.cleared', {});
        return;
      case 'input_audio_buffer.commit':
        this.#commit(session);
        return;
      case 'conversation.item.create': {
        const item = event.item as Item;
        item.id ??= this.#id('item');
        this.#add(session, item);
        return;
      }
      case 'conversation.item.delete':
        this.#delete(session, event.item_id as string);
        return;
      case 'conversation.item.truncate':
        this.#truncate(session, event.item_id as string, event.audio_end_ms as number);
        return;
      case 'response.create':
        if (session.response === undefined)
          void this.#respond(session, (event.response ?? {}) as Record<string, unknown>);
        else
          this.#error(session, 'invalid_request_error', 'conversation_already_has_active_response', 'One at a time.');
        return;
      case 'response.cancel':
        if (session.response === undefined)
          this.#error(session, 'invalid_request_error', 'response_cancel_not_active', 'There is none.');
        else session.response.cancelled = true;
        return;
    }
  }

  #commit(session: Session): void {
    if (session.bufferMs < 100) {
      session.problems.push('committed less than 100 ms');
      this.#error(session, 'invalid_request_error', 'input_audio_buffer_commit_empty', 'buffer too small');
      return;
    }
    const item: Item = {
      id: this.#id('item'),
      type: 'message',
      role: 'user',
      content: [{ type: 'input_audio', audioMs: session.bufferMs }],
    };
    session.heardMs += session.bufferMs;
    session.bufferMs = 0;
    this.#send(session, 'input_audio_buffer.committed', { item_id: item.id, previous_item_id: null });
    this.#add(session, item);
  }

  #add(session: Session, item: Item): void {
    session.items.push(item);
    this.#send(session, this.#beta ? 'conversation.item.created' : 'conversation.item.added', { item });
    if (!this.#beta) this.#send(session, 'conversation.item.done', { item });
  }

  #delete(session: Session, id: string): void {
    const at = session.items.findIndex(item => item.id === id);
    if (at < 0) {
      this.#error(session, 'invalid_request_error', 'item_delete_invalid_item_id', 'There is no such item.');
      return;
    }
    session.items.splice(at, 1);
    this.#send(session, 'conversation.item.deleted', { item_id: id });
  }

  #truncate(session: Session, id: string, ms: number): void {
    const content = session.items.find(item => item.id === id)?.content[0];
    if (content?.audioMs === undefined || ms > content.audioMs) {
      session.problems.push(`truncated ${id} at ${ms} of ${content?.audioMs}`);
      this.#error(session, 'invalid_request_error', 'invalid_value', `Audio content is already shorter than ${ms}ms`);
      return;
    }
    content.audioMs = ms;
    delete content.transcript;
    this.#send(session, 'conversation.item.truncated', { item_id: id, content_index: 0, audio_end_ms: ms });
  }

  async #respond(session: Session, asked: Record<string, unknown>): Promise<void> {
    const response: Response = { id: this.#id('resp'), item: this.#id('item'), cancelled: false };
    session.response = response;
    this.#send(session, 'response.created', { response: { id: response.id, status: 'in_progress' } });
    this.#send(session, 'rate_limits.updated', { rate_limits: [] });
    const does = await this.does(session, asked);
    if ('hang' in does) {
      await this.#until(() => response.cancelled || session.socket.readyState !== 1);
      this.#done(session, response, 'cancelled');
    } else if ('fail' in does) {
      this.#done(session, response, 'failed', { error: { type: 'error', code: does.fail } });
    } else if ('call' in does) this.#call(session, response, does.call);
    else await this.#say(session, response, does, asked.conversation === 'none');
  }

  #call(session: Session, response: Response, call: { name: string; arguments: object }): void {
    const item: Item = {
      id: response.item,
      type: 'function_call',
      call_id: this.#id('call'),
      name: call.name,
      arguments: JSON.stringify(call.arguments),
      content: [],
    };
    const response_id = response.id;
    this.#send(session, 'response.output_item.added', { response_id, item: { ...item, arguments: '' } });
    session.items.push(item);
    this.#send(session, 'response.function_call_arguments.done', { response_id, item_id: item.id, ...item });
    this.#send(session, 'response.output_item.done', { response_id, item });
    this.#done(session, response, 'completed');
  }

  async #say(
    session: Session,
    response: Response,
    {
      say,
      pcm = this.speak(say),
      stopAfterPieces = Number.POSITIVE_INFINITY,
      finally: end,
    }: Extract<Does, { say: string }>,
    beside: boolean,
  ): Promise<void> {
    const names = this.#beta
      ? { sound: 'response.audio.delta', done: 'response.audio.done', words: 'response.audio_transcript.delta' }
      : {
          sound: 'response.output_audio.delta',
          done: 'response.output_audio.done',
          words: 'response.output_audio_transcript.delta',
        };
    const at = { response_id: response.id, item_id: response.item, output_index: 0, content_index: 0 };
    const item: Item = {
      id: response.item,
      type: 'message',
      role: 'assistant',
      content: [{ type: this.#beta ? 'audio' : 'output_audio', audioMs: 0, transcript: '' }],
    };
    this.#send(session, 'response.output_item.added', { response_id: response.id, item });
    if (!beside) this.#add(session, item);
    this.#send(session, 'response.content_part.added', { ...at, part: { type: 'audio' } });
    this.#send(session, 'response.something.new', at);
    const words = say.match(/\S+\s*/g) ?? [];
    const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    let sent = 0;
    let late = LATE_PIECES;
    for (let i = 0; sent < bytes.length; i++) {
      if (i >= stopAfterPieces) {
        if (end === 'die') session.socket.terminate();
        else await this.#until(() => response.cancelled || session.socket.readyState !== 1);
        break;
      }
      if (response.cancelled && late-- === 0) break;
      for (const word of words.splice(0, 3)) {
        if (item.content[0]!.transcript !== undefined) item.content[0]!.transcript += word;
        this.#send(session, names.words, { ...at, delta: word });
      }
      const piece = bytes.subarray(sent, sent + PIECES[i % PIECES.length]!);
      sent += piece.length;
      // What was cut stays cut.
      if (item.content[0]!.transcript !== undefined) item.content[0]!.audioMs = Math.floor((sent / 2 / RATE) * 1000);
      this.#send(session, names.sound, { ...at, delta: piece.toString('base64') });
      await new Promise(resolve => setImmediate(resolve));
    }
    this.#send(session, names.done, at);
    this.#done(session, response, response.cancelled ? 'cancelled' : 'completed');
  }

  #done(session: Session, response: Response, status: string, details: object = {}): void {
    session.response = undefined;
    const usage = { total_tokens: 30, input_tokens: 10, output_tokens: 20 };
    const reason = status === 'cancelled' ? { type: 'cancelled', reason: 'client_cancelled' } : {};
    const status_details = { ...reason, ...details };
    this.#send(session, 'response.done', { response: { id: response.id, status, status_details, usage } });
  }

  async #until(check: () => boolean): Promise<void> {
    while (!check()) await new Promise(resolve => setTimeout(resolve, 5));
  }
}
