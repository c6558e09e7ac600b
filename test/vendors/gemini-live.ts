import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { SocketServer } from './socket-server.ts';
import { soundOf } from './sound-of.ts';

const RATE = 24_000;
const PATH = /^\/+ws\/google\.ai\.generativelanguage\.v1(?:alpha|beta)?\.GenerativeService\.BidiGenerateContent/;
/** Of sound, in bytes. */
const PIECE = 9601;
const LATE_PIECES = 2;

/** What it takes; anything else ends the connection with 1007. */
const SETUP = [
  'model',
  'generationConfig',
  'systemInstruction',
  'tools',
  'realtimeInputConfig',
  'inputAudioTranscription',
  'outputAudioTranscription',
  'sessionResumption',
  'contextWindowCompression',
  'historyConfig',
  'proactivity',
];
const INPUT = ['audio', 'video', 'text', 'audioStreamEnd', 'activityStart', 'activityEnd'];
const MESSAGES = ['realtimeInput', 'clientContent', 'toolResponse', 'contextUpdate'];

/** What the model does when somebody is done. */
export type GeminiDoes =
  | { say: string; pcm?: Int16Array; stopAfterPieces?: number; finally?: 'hang' | 'die' }
  | { call: { name: string; args: object } }
  | { hang: true };

interface Turn {
  interrupted: boolean;
}

export class GeminiSession {
  setup: Record<string, unknown> = {};
  readonly received: Record<string, unknown>[] = [];
  readonly problems: string[] = [];
  /** In the order in which it got them. */
  readonly texts: string[] = [];
  history: { role: string; parts: { text: string }[] }[] = [];
  heardMs = 0;
  active = false;
  turn: Turn | undefined;
  ready = false;
  readonly socket: WebSocket;
  constructor(socket: WebSocket) {
    this.socket = socket;
  }
}

/** Gemini's Live API without detection of its own, strict about what it is told; its answers are scripted. */
export class GeminiLiveServer {
  readonly sessions: GeminiSession[] = [];
  does: (session: GeminiSession) => GeminiDoes | Promise<GeminiDoes> = () => ({ say: 'Hello there.' });
  speak: (text: string) => Int16Array = text => soundOf(text, RATE);
  readonly #server = new SocketServer((socket, request) => this.#serve(socket, request));

  open = () => this.#server.open();
  close = () => this.#server.close();
  get baseUrl(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }
  get connections(): number {
    return this.#server.connections;
  }
  get upgrades(): readonly IncomingMessage[] {
    return this.#server.upgrades;
  }
  get last(): GeminiSession {
    return this.sessions.at(-1)!;
  }

  /** Says that the connection will end soon. */
  goAway(session: GeminiSession, timeLeft: string): void {
    this.#send(session, { goAway: { timeLeft } });
  }

  #send(session: GeminiSession, message: object): void {
    // As the vendor does: JSON in binary frames.
    if (session.socket.readyState === 1) session.socket.send(Buffer.from(JSON.stringify(message)));
  }

  #serve(socket: WebSocket, request: IncomingMessage): void {
    const session = new GeminiSession(socket);
    this.sessions.push(session);
    if (!PATH.test(request.url ?? '')) {
      socket.close(1008, 'no such method');
      return;
    }
    socket.on('message', data => {
      const message = JSON.parse(String(data)) as Record<string, unknown>;
      session.received.push(message);
      const problem = session.ready ? unknownIn(message, MESSAGES) : setupProblem(message);
      if (problem === undefined) this.#take(session, message);
      else {
        session.problems.push(problem);
        socket.close(1007, `Invalid JSON payload received. Unknown name "${problem}"`);
      }
    });
  }

  #take(session: GeminiSession, message: Record<string, unknown>): void {
    if (!session.ready) {
      session.ready = true;
      session.setup = message.setup as Record<string, unknown>;
      this.#send(session, { setupComplete: {} });
      return;
    }
    if (message.contextUpdate !== undefined) Object.assign(session.setup, message.contextUpdate);
    const content = message.clientContent as { turns: GeminiSession['history'] } | undefined;
    if (content !== undefined) {
      if (session.heardMs > 0 || session.texts.length > 0) session.problems.push('history after the beginning');
      session.history.push(...content.turns);
    }
    if (message.toolResponse !== undefined) void this.#answer(session);
    if (message.realtimeInput !== undefined) this.#input(session, message.realtimeInput as Record<string, unknown>);
  }

  #input(session: GeminiSession, input: Record<string, unknown>): void {
    const unknown = unknownIn(input, INPUT);
    if (unknown !== undefined) session.problems.push(unknown);
    if (input.activityStart !== undefined) {
      session.active = true;
      if (session.turn !== undefined) session.turn.interrupted = true;
    } else if (input.activityEnd !== undefined) {
      session.active = false;
      void this.#answer(session);
    } else if (!session.active) session.problems.push(`${Object.keys(input).join()} outside of an activity`);
    if (typeof input.text === 'string') session.texts.push(input.text);
    const audio = input.audio as { data: string; mimeType: string } | undefined;
    if (audio !== undefined) session.heardMs += Buffer.from(audio.data, 'base64').length / 32;
  }

  async #answer(session: GeminiSession): Promise<void> {
    const turn: Turn = { interrupted: false };
    // The one before is told to be over first.
    while (session.turn !== undefined) await tick();
    session.turn = turn;
    const does = await this.does(session);
    if ('call' in does) {
      session.turn = undefined;
      this.#send(session, { toolCall: { functionCalls: [{ id: 'call-1', ...does.call }] } });
      return;
    }
    if ('say' in does) await this.#say(session, turn, does);
    else await this.#until(session, turn);
    if (turn.interrupted) this.#send(session, { serverContent: { interrupted: true } });
    else {
      this.#send(session, { serverContent: { generationComplete: true } });
      // It assumes that somebody listens to the end.
      for (let i = 0; i < 20 && !turn.interrupted; i++) await tick();
    }
    const usageMetadata = { promptTokenCount: 100, responseTokenCount: 20 };
    this.#send(session, { serverContent: { turnComplete: true }, usageMetadata });
    session.turn = undefined;
  }

  async #say(
    session: GeminiSession,
    turn: Turn,
    {
      say,
      pcm = this.speak(say),
      stopAfterPieces = Number.POSITIVE_INFINITY,
      finally: end,
    }: Extract<GeminiDoes, { say: string }>,
  ): Promise<void> {
    const words = say.match(/\S+\s*/g) ?? [];
    const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    let late = LATE_PIECES;
    for (let i = 0, sent = 0; sent < bytes.length; i++, sent += PIECE) {
      if (i >= stopAfterPieces) {
        if (end === 'die') session.socket.terminate();
        else await this.#until(session, turn);
        return;
      }
      if (turn.interrupted && late-- === 0) return;
      const data = bytes.subarray(sent, sent + PIECE).toString('base64');
      const modelTurn = { parts: [{ inlineData: { mimeType: `audio/pcm;rate=${RATE}`, data } }] };
      this.#send(session, { serverContent: { modelTurn } });
      const text = words.splice(0, 2).join('');
      if (text !== '') this.#send(session, { serverContent: { outputTranscription: { text } } });
      await new Promise(resolve => setImmediate(resolve));
    }
    if (words.length > 0) this.#send(session, { serverContent: { outputTranscription: { text: words.join('') } } });
  }

  async #until(session: GeminiSession, turn: Turn): Promise<void> {
    while (!turn.interrupted && session.socket.readyState === 1) await tick();
  }
}

const tick = () => new Promise(resolve => setTimeout(resolve, 5));

const unknownIn = (value: object, known: readonly string[]) => Object.keys(value).find(key => !known.includes(key));

function setupProblem(message: Record<string, unknown>): string | undefined {
  if (message.setup === undefined) return Object.keys(message)[0] ?? 'nothing';
  return unknownIn(message.setup as object, SETUP);
}
