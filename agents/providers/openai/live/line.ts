import { untilAborted } from '../../../base/cancellation.ts';
import { Channel } from '../../../base/channel.ts';
import type { Clock } from '../../../base/clock.ts';
import { ProviderError } from '../../../base/errors.ts';
import { JsonSocket } from '../../../base/json-socket.ts';
import { LISTEN_RATE } from '../../../base/rates.ts';
import { Samples } from '../../../base/samples.ts';
import type { LineEvents, LinePiece, ModelLine, Role, Told } from '../../../respond/live/port.ts';
import { Resampler } from '../../../speak/resample.ts';
import { ofProblem } from '../realtime/problems.ts';
import { addedTo, instructionsOf, type Received, type Sent, thoughtsOf } from './messages.ts';
import { isVoiced, Utterance } from './utterance.ts';

const RATE = 24_000;
/** It is sent sound without a break, in pieces of this length, ms. */
const PIECE_MS = 50;
const PIECE_SAMPLES = (PIECE_MS * RATE) / 1000;
/** What was heard and not sent is made up for this many times as fast as it was said. */
const HURRY = 4;
/** What it says before it is asked waits no longer than this for somebody who wants it, s. */
const HELD_S = 10;
/** It may begin to answer so long before somebody's last word; what it began sooner is not meant as an answer, ms. */
const EARLY_MS = 1000;
/** Where nothing comes for so long, it is silent: not every server sends silence. Half of it may be the network, ms. */
const GAP_MS = 600;
/** Answers of which may still be told how much was heard [C2]. */
const MOST_UTTERANCES = 4;

export interface LiveConfig {
  url: string;
  headers: Record<string, string>;
  model: string;
  voice: string;
  clock: Clock;
}

/**
 * A session of OpenAI's Live API: it hears without a break and speaks when it wants to. What it says is heard once the
 * person is known to be done; what it begins sooner waits for that, so that its answer is there at once.
 */
export class LiveLine implements ModelLine {
  readonly rate = RATE;
  readonly over: Promise<ProviderError | undefined>;
  endsMs = Number.POSITIVE_INFINITY;
  readonly #events: LineEvents;
  readonly #clock: Clock;
  readonly #socket: JsonSocket;
  readonly #resampler = new Resampler(LISTEN_RATE, RATE);
  readonly #samples = new Samples();
  readonly #utterances: Utterance[] = [];
  #unsent = new Int16Array(0);
  #role: Role;
  #answering: Channel<LinePiece> | undefined;
  /** What it said before it was asked. */
  #held: { utterance: Utterance; pieces: LinePiece[] }[] = [];
  #voiceMs = Number.NEGATIVE_INFINITY;
  /** It was called off: nothing is wanted of it until it has been silent. */
  #unwanted = false;
  #heardSince = false;
  #cameMs = 0;
  #seconds = 0;
  #items = 0;
  #stopSending = () => {};

  static async open(config: LiveConfig, role: Role, events: LineEvents, signal: AbortSignal): Promise<LiveLine> {
    const started = Promise.withResolvers<number>();
    started.promise.catch(() => {});
    let line: LiveLine | undefined;
    const socket = await JsonSocket.open(config.url, {
      headers: config.headers,
      signal,
      message: message => {
        const event = message as unknown as Received;
        if (line !== undefined) line.#take(event);
        else if (event.type === 'session.started') started.resolve(event.session.expires_at);
        else if (event.type === 'error')
          started.reject(ofProblem(event.error) ?? new ProviderError('bad-input', 'refused', { retryable: false }));
      },
    });
    void socket.over.then(error =>
      started.reject(error ?? new ProviderError('network', 'closed', { retryable: true })),
    );
    const { model, voice } = config;
    const format = { type: 'audio/pcm', rate: RATE } as const;
    const start: Sent = {
      type: 'session.start',
      session: {
        model,
        instructions: instructionsOf(role),
        audio: { format, output: { voice } },
        delegation: { type: 'client' },
      },
    };
    socket.send(start);
    const stop = () => started.reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const expiresS = await started.promise;
      line = new LiveLine(config, role, events, socket);
      if (expiresS > 0) line.endsMs = config.clock.nowMs() + expiresS * 1000 - config.clock.unixMs();
      return line;
    } catch (error) {
      socket.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private constructor({ clock }: LiveConfig, role: Role, events: LineEvents, socket: JsonSocket) {
    this.#clock = clock;
    this.#role = role;
    this.#events = events;
    this.#socket = socket;
    const over = Promise.withResolvers<ProviderError | undefined>();
    this.over = over.promise;
    void socket.over.then(error => {
      this.#stopSending();
      this.#answering?.fail(error ?? new ProviderError('network', 'the line was closed', { retryable: true }));
      over.resolve(error);
    });
    this.#sendSound();
  }

  be(role: Role): void {
    for (const content of addedTo(this.#role, role))
      this.#send({ type: 'session.instructions.append', content, delegation_id: null });
    this.#role = role;
  }

  hear(pcm: Int16Array): void {
    if (isVoiced(pcm)) this.#voiceMs = this.#clock.nowMs();
    this.#heardSince = true;
    const more = this.#resampler.push(pcm);
    const all = new Int16Array(this.#unsent.length + more.length);
    all.set(this.#unsent);
    all.set(more, this.#unsent.length);
    this.#unsent = all;
  }

  unhear(): void {
    this.#unsent = new Int16Array(0);
    this.#held = [];
  }

  tell(told: readonly Told[]): void {
    for (const content of thoughtsOf(told))
      this.#send({ type: 'session.thinking.append', content, delegation_id: null });
  }

  answer(signal: AbortSignal): AsyncIterable<LinePiece> {
    const channel = new Channel<LinePiece>();
    const isMeant = ({ beganMs }: Utterance) => beganMs > this.#voiceMs - EARLY_MS;
    const held = this.#held.splice(0).filter(({ utterance }) => isMeant(utterance));
    for (const { pieces } of held) for (const piece of pieces) channel.push(piece);
    this.#answering = channel;
    const current = this.#current;
    if (current?.speaking === true && !isMeant(current)) this.#unwanted = true;
    if (!this.#heardSince)
      this.#send({
        type: 'session.instructions.append',
        content: 'Answer aloud now what you were told last.',
        delegation_id: null,
      });
    this.#heardSince = false;
    if (held.length > 0 && current?.over === true) this.#end();
    return this.#answer(channel, signal);
  }

  /** Nothing is asked of what tools say: whoever has the tools has answered instead. */
  results(): void {}

  cut(item: string, heardMs: number): void {
    const heard = this.#utterances
      .find(utterance => utterance.item === item)
      ?.heard(heardMs)
      .trim();
    if (heard === undefined) return;
    const content =
      heard === '' ? '(Nobody heard what you said last.)' : `(You were cut off. What they heard of it: “${heard}”)`;
    this.tell([{ role: 'system', text: content }]);
  }

  close(): void {
    this.#stopSending();
    this.#send({ type: 'session.close' });
    this.#socket.close();
  }

  async *#answer(channel: Channel<LinePiece>, signal: AbortSignal): AsyncGenerator<LinePiece, void, undefined> {
    let whole = false;
    try {
      yield* untilAborted(channel, signal);
      whole = true;
    } finally {
      if (this.#answering === channel) this.#answering = undefined;
      if (!whole) {
        this.#unwanted = this.#current?.speaking === true;
        this.#held = [];
      }
    }
  }

  get #current(): Utterance | undefined {
    return this.#utterances.at(-1);
  }

  #sendSound(): void {
    const waits = this.#unsent.length;
    const count = waits > PIECE_SAMPLES ? Math.min(waits, HURRY * PIECE_SAMPLES) : PIECE_SAMPLES;
    const piece = new Int16Array(count);
    piece.set(this.#unsent.subarray(0, count));
    this.#unsent = this.#unsent.slice(count);
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    this.#send({ type: 'session.input_audio.append', audio: bytes.toString('base64') });
    this.#noticeGap();
    this.#stopSending = this.#clock.after(PIECE_MS, () => this.#sendSound());
  }

  #noticeGap(): void {
    const gapMs = this.#clock.nowMs() - this.#cameMs;
    if (gapMs < GAP_MS || this.#current?.begun !== true || this.#current.over) return;
    const isNew = gapMs < GAP_MS + PIECE_MS;
    this.#hear(new Int16Array(isNew ? (GAP_MS / 2 / PIECE_MS) * PIECE_SAMPLES : PIECE_SAMPLES));
  }

  #take(event: Received): void {
    if (event.type === 'session.output_audio.delta') {
      this.#cameMs = this.#clock.nowMs();
      this.#hear(this.#samples.add(Buffer.from(event.delta, 'base64')));
    } else if (event.type === 'session.output_transcript.delta') {
      if (!this.#unwanted && this.#current?.covers(event.start_ms) !== true)
        this.#give(this.#utterance(), [this.#current!.say(event.delta, event.start_ms)]);
    } else if (event.type === 'session.usage.updated') {
      this.#events.used({ audioSeconds: Math.max(0, event.usage.seconds - this.#seconds) });
      this.#seconds = event.usage.seconds;
    } else if (event.type === 'session.delegation.created')
      // What one question was refused for: who has the tools answers it.
      this.#answering?.fail(new ProviderError('bad-input', 'the model hands this over', { retryable: false }));
    else if (event.type === 'session.closed') {
      const why = new ProviderError('network', `the session is over: ${event.reason}`, { retryable: true });
      this.#answering?.fail(why);
      this.#socket.close();
    } else if (event.type === 'error') {
      const problem = ofProblem(event.error);
      if (problem !== undefined) this.#answering?.fail(problem);
    }
  }

  /** The utterance that it is in, or begins. */
  #utterance(): Utterance {
    const current = this.#current;
    if (current !== undefined && !current.over) return current;
    const next = this.#begin();
    if (this.#utterances.length > MOST_UTTERANCES) this.#utterances.shift();
    return next;
  }

  #begin(): Utterance {
    const next = new Utterance(`live-${++this.#items}`, RATE, this.#clock.nowMs());
    this.#utterances.push(next);
    return next;
  }

  #hear(pcm: Int16Array): void {
    const before = this.#current;
    const was = before?.begun === true && !before.over;
    const utterance = was || isVoiced(pcm) ? this.#utterance() : before;
    if (utterance === undefined) return;
    const pieces = utterance.hear(pcm);
    if (this.#unwanted) {
      this.#unwanted = utterance.speaking;
      // What it says next is something new.
      if (!this.#unwanted) utterance.end();
      return;
    }
    this.#give(utterance, pieces);
    if (was && utterance.over) this.#end();
  }

  #give(utterance: Utterance, pieces: LinePiece[]): void {
    if (this.#answering !== undefined) {
      for (const piece of pieces) this.#answering.push(piece);
      return;
    }
    if (pieces.length === 0) return;
    const last = this.#held.at(-1);
    if (last?.utterance === utterance) last.pieces.push(...pieces);
    else this.#held.push({ utterance, pieces });
    if (utterance.samples > HELD_S * RATE) this.#held = [];
  }

  /** It has said what it had to say. */
  #end(): void {
    this.#answering?.push({ type: 'whole' });
    this.#answering?.end();
    this.#answering = undefined;
  }

  #send(event: Sent): void {
    this.#socket.send(event);
  }
}
