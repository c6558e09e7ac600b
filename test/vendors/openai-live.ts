import type { ClientEvent, ServerEvent, SessionConfig } from 'openai/resources/live/live';
import type { WebSocket } from 'ws';
import { SocketServer } from './socket-server.ts';
import { soundOf } from './sound-of.ts';

type Keys<T> = T extends unknown ? keyof T : never;
/** What a client may send, by the vendor's own types. */
const FIELDS: { [K in ClientEvent['type']]?: Keys<Extract<ClientEvent, { type: K }>>[] } = {
  'session.start': ['type', 'event_id', 'session'],
  'session.input_audio.append': ['type', 'event_id', 'audio'],
  'session.instructions.append': ['type', 'event_id', 'content', 'delegation_id'],
  'session.thinking.append': ['type', 'event_id', 'content', 'delegation_id'],
  'session.commentary.append': ['type', 'event_id', 'content', 'delegation_id'],
  'session.close': ['type', 'event_id'],
};
const SESSION: (keyof SessionConfig)[] = [
  'model',
  'audio',
  'client',
  'delegation',
  'input',
  'instructions',
  'store',
  'triggers',
];
/** About 500 tokens. */
const MOST_ADDED = 2000;
/** It speaks in pieces that end in the middle of a sample, bytes. */
const PIECE_BYTES = 4799;
/** Each is sent so long after the one before, ms: quicker than it is heard, so that tests are. */
const PIECE_EVERY_MS = 5;
const VOICED = 200;
/** It falls silent once somebody has talked over it for so long, ms. */
const YIELDS_MS = 700;

/** One session as its server sees it. */
export class LiveSession {
  readonly problems: string[] = [];
  readonly received: ClientEvent[] = [];
  settings: SessionConfig | undefined;
  /** All that was sent, and what of it was somebody's voice. */
  hearsMs = 0;
  voiceMs = 0;
  /** What it was told in words. */
  readonly told: string[] = [];
  saidMs = 0;
  speaking = false;
  readonly socket: WebSocket;
  constructor(socket: WebSocket) {
    this.socket = socket;
  }
}

/** OpenAI's Live API: strict about what it is told. When it speaks is scripted: nothing that it is sent makes it. */
export class OpenAiLiveServer {
  readonly sessions: LiveSession[] = [];
  /** Sessions end after so long, s. */
  lastsS = 3600;
  readonly #server = new SocketServer(socket => this.#serve(socket));
  #ids = 0;

  open = () => this.#server.open();
  close = () => this.#server.close();
  kill = () => this.#server.kill();
  get baseUrl(): string {
    return `http://127.0.0.1:${this.#server.port}/v1`;
  }
  get connections(): number {
    return this.#server.connections;
  }
  get upgrades() {
    return this.#server.upgrades;
  }
  set refuse(status: number | undefined) {
    this.#server.refuse = status;
  }
  get last(): LiveSession {
    return this.sessions.at(-1)!;
  }

  #id(kind: string): string {
    return `${kind}_${++this.#ids}`;
  }

  #send(session: LiveSession, event: ServerEvent | { type: 'session.something.new' }): void {
    if (session.socket.readyState === 1) session.socket.send(JSON.stringify(event));
  }

  #serve(socket: WebSocket): void {
    const session = new LiveSession(socket);
    this.sessions.push(session);
    socket.on('message', data => {
      const event = JSON.parse(String(data)) as ClientEvent;
      session.received.push(event);
      const problem = this.#problemOf(session, event);
      if (problem === undefined) this.#take(session, event);
      else {
        session.problems.push(problem);
        this.#error(session, 'invalid_request_error', 'invalid_value', problem);
      }
    });
  }

  #error(session: LiveSession, type: string, code: string, message: string): void {
    this.#send(session, { type: 'error', event_id: this.#id('event'), error: { type, code, message } });
  }

  #problemOf(session: LiveSession, event: ClientEvent): string | undefined {
    const fields = FIELDS[event.type] as readonly string[] | undefined;
    if (fields === undefined) return `unknown event ${event.type}; known are ${Object.keys(FIELDS).join(', ')}`;
    const unknown = Object.keys(event).find(key => !fields.includes(key));
    if (unknown !== undefined) return `unknown parameter ${unknown}`;
    if (session.settings === undefined && event.type !== 'session.start') return 'the session has not started';
    if (event.type === 'session.start') {
      if (session.settings !== undefined) return 'the session has started already';
      const more = Object.keys(event.session).find(key => !SESSION.includes(key as keyof SessionConfig));
      if (more !== undefined) return `unknown parameter session.${more}`;
      const format = event.session.audio?.format;
      if (format?.type === 'audio/pcm' && ![16_000, 24_000].includes(format.rate)) return 'the rate is unknown';
    }
    if ('content' in event && event.content.length > MOST_ADDED) return 'too much is added at once';
    return undefined;
  }

  #take(session: LiveSession, event: ClientEvent): void {
    const event_id = this.#id('event');
    if (event.type === 'session.start') {
      session.settings = event.session;
      const expires_at = Math.round(Date.now() / 1000) + this.lastsS;
      const resource = { id: this.#id('sess'), expires_at, model: event.session.model, status: 'active' as const };
      this.#send(session, { type: 'session.started', event_id, session: resource });
    } else if (event.type === 'session.input_audio.append') this.#hear(session, event.audio);
    else if (event.type === 'session.close') this.#closed(session, 'close_requested');
    else if ('content' in event) {
      session.told.push(event.content);
      const times = { start_ms: session.hearsMs, end_ms: session.hearsMs };
      if (event.type === 'session.thinking.append')
        this.#send(session, { type: 'session.thinking.appended', event_id, ...times });
    }
  }

  #hear(session: LiveSession, audio: string): void {
    const bytes = Buffer.from(audio, 'base64');
    const ms = (bytes.length / 2 / this.#rate(session)) * 1000;
    session.hearsMs += ms;
    let sum = 0;
    for (let at = 0; at + 1 < bytes.length; at += 2) sum += Math.abs(bytes.readInt16LE(at));
    if (sum / (bytes.length / 2) > VOICED) session.voiceMs += ms;
  }

  #rate({ settings }: LiveSession): number {
    const format = settings?.audio?.format;
    return format?.type === 'audio/pcm' ? format.rate : 24_000;
  }

  /** It speaks, as long as it is not told to stop; `silence`: it sends silence afterwards, as some servers do. */
  async say(
    text: string,
    {
      stopAfterPieces = Number.POSITIVE_INFINITY,
      silence = true,
      pcm = soundOf(text, this.#rate(this.last)),
      everyMs = PIECE_EVERY_MS,
    }: { stopAfterPieces?: number; silence?: boolean; pcm?: Int16Array; everyMs?: number } = {},
  ): Promise<void> {
    const session = this.last;
    const rate = this.#rate(session);
    const pieces = silence ? [pcm, new Int16Array(1.2 * rate)] : [pcm];
    const words = text.match(/\S+\s*/g) ?? [];
    const letters = text.length;
    let [at, letter] = [session.saidMs, 0];
    const from = at;
    this.#send(session, { type: 'session.something.new' });
    session.speaking = true;
    const voiceMs = session.voiceMs;
    for (const [index, bytes] of pieces.flatMap(part => piecesOf(part)).entries()) {
      if (index >= stopAfterPieces || session.socket.readyState !== 1) break;
      if (session.voiceMs - voiceMs > YIELDS_MS) break;
      for (const delta of words.splice(0, 2)) {
        const start_ms = from + (letter / letters) * ((pcm.length * 1000) / rate);
        letter += delta.length;
        const times = { start_ms, end_ms: start_ms + 100 };
        this.#send(session, { type: 'session.output_transcript.delta', event_id: this.#id('event'), delta, ...times });
      }
      at += (bytes.length / 2 / rate) * 1000;
      this.#send(session, { type: 'session.output_audio.delta', delta: bytes.toString('base64') });
      await new Promise(resolve => setTimeout(resolve, everyMs));
    }
    session.speaking = false;
    session.saidMs = at;
  }

  /** It hands over what it cannot do itself. */
  delegate(): void {
    this.#send(this.last, {
      type: 'session.delegation.created',
      event_id: this.#id('event'),
      offset_ms: this.last.hearsMs,
      delegation: { id: this.#id('del'), target: 'client', type: 'delegation' },
    });
  }

  charge(seconds: number): void {
    const usage = { seconds };
    this.#send(this.last, { type: 'session.usage.updated', event_id: this.#id('event'), usage });
  }

  /** Ends the session as the vendor does when it is too old. */
  expire(): void {
    this.#closed(this.last, 'expired');
  }

  #closed(session: LiveSession, reason: 'close_requested' | 'expired'): void {
    const { settings } = session;
    const resource = { id: 'sess', expires_at: 0, model: settings?.model ?? '', status: 'active' as const };
    const usage = { seconds: session.hearsMs / 1000 };
    this.#send(session, { type: 'session.closed', event_id: this.#id('event'), reason, session: resource, usage });
    session.socket.close(1000);
  }
}

function piecesOf(pcm: Int16Array): Buffer[] {
  const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) pieces.push(bytes.subarray(at, at + PIECE_BYTES));
  return pieces;
}
