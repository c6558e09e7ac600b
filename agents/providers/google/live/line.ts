import { untilAborted } from '../../../base/cancellation.ts';
import { Channel } from '../../../base/channel.ts';
import type { Clock } from '../../../base/clock.ts';
import { ProviderError } from '../../../base/errors.ts';
import { JsonSocket } from '../../../base/json-socket.ts';
import { LISTEN_RATE } from '../../../base/rates.ts';
import { Samples } from '../../../base/samples.ts';
import type { LineEvents, LinePiece, ModelLine, Role, Told } from '../../../respond/live/port.ts';
import { durationMs, historyOf, roleOf, type ServerMessage, type Setup, saidOf, setupOf, usageOf } from './messages.ts';

const RATE = 24_000;
/** A connection lasts so long where its server does not say otherwise, ms. */
const CONNECTION_MS = 10 * 60_000;
/** Sound is sent in pieces of at least this length, samples. */
const SEND_SAMPLES = 0.04 * LISTEN_RATE;

export interface GeminiLiveConfig extends Setup {
  url: string;
  headers: Record<string, string>;
  clock: Clock;
}

/** An answer that is being made. */
interface Making {
  pieces: Channel<LinePiece>;
  samples: Samples;
  item: string;
}

/** A connection to Gemini's Live API. Who is done is decided on our side; what it keeps of a turn, on its. */
export class GeminiLiveLine implements ModelLine {
  readonly rate = RATE;
  readonly over: Promise<ProviderError | undefined>;
  endsMs: number;
  readonly #config: GeminiLiveConfig;
  readonly #events: LineEvents;
  readonly #socket: JsonSocket;
  #role: string;
  #waiting: Int16Array[] = [];
  #waitingSamples = 0;
  /** Somebody speaks, as far as the server knows. */
  #active = false;
  /** It was told or asked something: history cannot be put in any more. */
  #begun = false;
  /** It waits for what its calls came to. */
  #calling = false;
  /** A turn that nobody listens to is not over yet: what comes is its. */
  #stale = false;
  #told: Told[] = [];
  #making: Making | undefined;
  #items = 0;

  static async open(
    config: GeminiLiveConfig,
    role: Role,
    events: LineEvents,
    signal: AbortSignal,
  ): Promise<GeminiLiveLine> {
    const ready = Promise.withResolvers<void>();
    ready.promise.catch(() => {});
    let line: GeminiLiveLine | undefined;
    const socket = await JsonSocket.open(config.url, {
      headers: config.headers,
      signal,
      message: message => {
        if ('setupComplete' in message) ready.resolve();
        if (line !== undefined) line.#take(message as ServerMessage);
      },
    });
    line = new GeminiLiveLine(config, role, events, socket);
    void socket.over.then(error => ready.reject(error ?? closed()));
    const stop = () => ready.reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      socket.send(setupOf(config, role));
      await ready.promise;
      return line;
    } catch (error) {
      socket.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private constructor(config: GeminiLiveConfig, role: Role, events: LineEvents, socket: JsonSocket) {
    this.#config = config;
    this.#events = events;
    this.#socket = socket;
    this.#role = JSON.stringify(role);
    this.endsMs = config.clock.nowMs() + CONNECTION_MS;
    this.over = socket.over;
    void socket.over.then(error => this.#making?.pieces.fail(error ?? closed()));
  }

  be(role: Role): void {
    const text = JSON.stringify(role);
    if (text === this.#role) return;
    this.#role = text;
    this.#socket.send({ contextUpdate: roleOf(role) });
  }

  hear(pcm: Int16Array): void {
    this.#begin();
    this.#waiting.push(pcm);
    this.#waitingSamples += pcm.length;
    if (this.#waitingSamples >= SEND_SAMPLES) this.#flush();
  }

  /** What it has heard it keeps: there is no way to take it back. */
  unhear(): void {
    this.#waiting = [];
    this.#waitingSamples = 0;
  }

  tell(told: readonly Told[]): void {
    if (told.length === 0) return;
    if (this.#begun) this.#told.push(...told);
    else this.#socket.send(historyOf(told));
  }

  async *answer(signal: AbortSignal): AsyncGenerator<LinePiece, void, undefined> {
    this.#flush();
    if (this.#calling) this.#calling = false;
    else {
      this.#begin();
      for (const input of this.#told.splice(0).flatMap(saidOf)) this.#input(input);
      this.#input({ activityEnd: {} });
      this.#active = false;
    }
    const making: Making = { pieces: new Channel(), samples: new Samples(), item: `turn ${++this.#items}` };
    this.#making = making;
    try {
      yield* untilAborted(making.pieces, signal);
    } finally {
      // Still the one: nobody has told that its turn is over. The next to speak interrupts it.
      if (this.#making === making) {
        this.#making = undefined;
        this.#stale = true;
      }
    }
  }

  results(results: readonly { id: string; output: string }[]): void {
    const functionResponses = results.map(({ id, output }) => {
      const [call = '', name = ''] = id.split('\n');
      return { id: call, name, response: { output } };
    });
    this.#socket.send({ toolResponse: { functionResponses } });
  }

  read(text: string, signal: AbortSignal): AsyncIterable<LinePiece> {
    this.#begin();
    this.#told.push({ role: 'user', text: `(Say exactly this, word by word, and nothing else: ${text})` });
    return this.answer(signal);
  }

  close(): void {
    this.#socket.close();
  }

  #begin(): void {
    this.#begun = true;
    if (this.#active) return;
    this.#active = true;
    this.#input({ activityStart: {} });
  }

  #take({ serverContent: content, toolCall, goAway, usageMetadata }: ServerMessage): void {
    if (goAway !== undefined) {
      const leftMs = durationMs(goAway.timeLeft);
      if (leftMs !== undefined) this.endsMs = this.#config.clock.nowMs() + leftMs;
    }
    if (usageMetadata !== undefined) this.#events.used(usageOf(usageMetadata));
    if (content !== undefined) this.#content(content);
    const making = this.#making;
    const calls = toolCall?.functionCalls ?? [];
    if (calls.length === 0 || making === undefined || this.#stale) return;
    this.#calling = true;
    this.#making = undefined;
    // Its answer wants the name, too.
    const asked = calls.map(({ id = '', name = '', args = {} }) => ({
      id: `${id}\n${name}`,
      name,
      arguments: JSON.stringify(args),
    }));
    making.pieces.push({ type: 'calls', calls: asked });
    making.pieces.end();
  }

  #content(content: NonNullable<ServerMessage['serverContent']>): void {
    const { modelTurn, outputTranscription, generationComplete, turnComplete, interrupted, interactionStatus } =
      content;
    const making = this.#stale ? undefined : this.#making;
    const text = outputTranscription?.text;
    if (text !== undefined && text !== '') making?.pieces.push({ type: 'words', text });
    for (const { inlineData } of modelTurn?.parts ?? []) {
      if (inlineData?.data === undefined || inlineData.mimeType?.startsWith('audio/') !== true) continue;
      const pcm = making?.samples.add(Buffer.from(inlineData.data, 'base64'));
      if (making !== undefined && pcm !== undefined && pcm.length > 0)
        making.pieces.push({ type: 'sound', item: making.item, pcm });
    }
    if (generationComplete === true) making?.pieces.push({ type: 'whole' });
    const over = turnComplete === true && interactionStatus !== 'IN_PROGRESS';
    if (this.#stale) this.#stale = !over;
    // It takes its time to say that a turn is over: as long as it thinks that it is being heard.
    else if (making !== undefined && (over || generationComplete === true || interrupted === true)) {
      this.#making = undefined;
      this.#stale = !over;
      making.pieces.end();
    }
  }

  #flush(): void {
    if (this.#waitingSamples === 0) return;
    const bytes = Buffer.concat(this.#waiting.map(pcm => Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)));
    this.#waiting = [];
    this.#waitingSamples = 0;
    this.#input({ audio: { mimeType: `audio/pcm;rate=${LISTEN_RATE}`, data: bytes.toString('base64') } });
  }

  #input(realtimeInput: object): void {
    this.#socket.send({ realtimeInput });
  }
}

const closed = () => new ProviderError('network', 'the line was closed', { retryable: true });
