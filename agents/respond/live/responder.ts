import { Cancelled, unlessAborted } from '../../base/cancellation.ts';
import type { Clock } from '../../base/clock.ts';
import { Cooldown } from '../../base/cooldown.ts';
import { ProviderError } from '../../base/errors.ts';
import { SPEECH_RATE } from '../../base/rates.ts';
import { instructionsFor } from '../../think/instructions.ts';
import type { Conversation, Persona } from '../../think/ports.ts';
import { needsSight } from '../../think/sight.ts';
import { situationOf } from '../../think/situation.ts';
import type { Toolbox, TurnTools } from '../../think/toolbox.ts';
import type { Responder, ResponderCapabilities, RespondOptions, Spoken } from '../port.ts';
import { Ears } from './ears.ts';
import type { LineEvents, LinePiece, ModelLine, OpenLine, Role } from './port.ts';
import { isSame } from './read-out.ts';
import { Remembered } from './remembered.ts';
import { AnswerSound } from './sound.ts';

/** A picture that takes longer is done without. */
const LOOK_MS = 500;
/** Sound is given on in pieces of this length: what is not given on yet gets its words placed better. */
const PIECE_SAMPLES = 0.4 * SPEECH_RATE;
/** A line that is about to end is replaced so long before, as soon as nobody speaks. */
const RENEW_BEFORE_MS = 60_000;
/** More than this was not meant for it, or it would have been asked by now; samples at 16 kHz. */
const MOST_UNASKED = 120 * 16_000;
/** Less is a rest of what it was asked about already, not something said. */
const LEAST_HEARD = 1600;
/** Turns whose sound may still be asked about, at most [C2]. */
const MOST_TURNS = 20;

export interface LiveOptions {
  name: string;
  clock: Clock;
  persona: Persona;
  open: OpenLine;
  events: LineEvents;
  cuts: ResponderCapabilities['cuts'];
  /** Speech may be asked about before the turn is certain. */
  speculates: boolean;
  /** A line that cannot be talked to after so long is given up. */
  openMs: number;
  /** So long without a sign of life, while it answers, and it is given up. */
  silentMs: number;
  toolbox?: Toolbox | undefined;
}

/** One line, and what it knows. */
interface Talk {
  line: ModelLine;
  remembered: Remembered;
  /** Samples that it has heard since it was last asked. */
  unasked: number;
}

/** An answer of a model, and where it came from. */
interface Answer {
  talk: Talk;
  sound: AnswerSound;
}

/**
 * Answers by a model that hears and speaks itself, over lines that come and go: the conversation outlives each of them.
 * When somebody is done is decided here, not by the model.
 */
export class LiveResponder implements Responder {
  readonly name: string;
  readonly capabilities: ResponderCapabilities;
  readonly #options: LiveOptions;
  readonly #ears = new Ears(pcm => this.#heard(pcm));
  readonly #closed = new AbortController();
  /** A vendor that refuses is not asked for a line with every word that somebody says. */
  readonly #refused: Cooldown;
  readonly #answers = new Map<string, Answer>();
  #talk: Talk | undefined;
  #opening: Promise<Talk> | undefined;
  /** What was heard while there was no line. */
  #early: Int16Array[] = [];
  #earlySamples = 0;
  #answering = 0;
  /** As far as it was known when it was last asked: another line begins with it. */
  #latest: Conversation | undefined;
  #role: Role;

  constructor(options: LiveOptions) {
    this.name = options.name;
    this.capabilities = { ears: true, speculates: options.speculates, cuts: options.cuts };
    this.#options = options;
    this.#refused = new Cooldown(options.clock);
    this.#role = { instructions: instructionsFor(options.persona, { lines: 'plain' }), tools: [] };
    // The first to speak does not wait for it.
    this.#open().catch(() => {});
  }

  hear(who: string, pcm: Int16Array, speaking: boolean): void {
    this.#ears.hear(who, pcm, speaking);
    if (!speaking) this.#renewSoon();
  }

  async *respond(conversation: Conversation, options: RespondOptions): AsyncGenerator<Spoken, void, undefined> {
    const { signal, turnId } = options;
    yield this.#mark('asked');
    const talk = await this.#ready(signal);
    const tools = this.#options.toolbox?.begin(conversation, options);
    const situation = situationOf(conversation);
    this.#role = {
      instructions: this.#instructions(conversation.persona, situation),
      tools: tools?.declared ?? [],
    };
    this.#latest = conversation;
    talk.line.be(this.#role);
    if (talk.line.remembers === 'nothing') talk.remembered = new Remembered();
    talk.line.tell(talk.remembered.missing(conversation, talk.unasked >= LEAST_HEARD));
    await this.#show(talk, conversation, signal);
    const asked = talk.unasked;
    talk.unasked = 0;
    talk.remembered.answers(turnId);
    const answer: Answer = { talk, sound: new AnswerSound(talk.line.rate) };
    this.#answers.set(turnId, answer);
    for (const oldest of this.#answers.keys()) if (this.#answers.size > MOST_TURNS) this.#answers.delete(oldest);
    let certain = false;
    void options.committed.then(() => {
      certain = true;
    });
    try {
      yield* this.#spoken(answer.sound, own => this.#pieces(talk.line, tools, own), options);
    } catch (error) {
      if (!signal.aborted) {
        // Another answers in its place, and what that one says is told.
        talk.remembered.unanswered(turnId);
        if (error instanceof ProviderError && error.category === 'network') this.#drop(talk);
      }
      throw error;
    } finally {
      // Speculation that was thrown away: nobody is told that its turn is over [T5].
      if (signal.aborted && !certain) {
        this.heardUpTo(turnId, 0);
        if (talk.line.again !== undefined) {
          talk.line.again();
          talk.unasked += asked;
        }
      }
    }
  }

  async *say(
    text: string,
    _names: readonly string[],
    options: RespondOptions,
  ): AsyncGenerator<Spoken, void, undefined> {
    yield this.#mark('asked');
    const { line } = await this.#ready(options.signal);
    if (line.read === undefined)
      throw new ProviderError('bad-input', 'the model reads nothing out', { retryable: false });
    const sound = new AnswerSound(line.rate);
    const read = line.read.bind(line);
    yield* this.#spoken(sound, own => checked(read(text, own), text), options);
  }

  heardUpTo(turnId: string, samples: number): void {
    const answer = this.#answers.get(turnId);
    this.#answers.delete(turnId);
    if (answer !== undefined) {
      const { talk, sound } = answer;
      if (samples === 0) talk.remembered.unanswered(turnId);
      for (const { item, heardMs, whole } of sound.heard(samples)) if (!whole) talk.line.cut?.(item, heardMs);
    }
    this.#renewSoon();
  }

  close(): void {
    this.#closed.abort(new Cancelled('the conversation is over'));
    this.#talk?.line.close();
    this.#talk = undefined;
    this.#forgetEarly();
  }

  #instructions(persona: Persona, situation: string): string {
    const own = instructionsFor(persona, { lines: 'plain' });
    return situation === '' ? own : `${own}\n\n${situation}`;
  }

  /** What the model says, tools and all, until its answer is whole. */
  async *#pieces(line: ModelLine, tools: TurnTools | undefined, signal: AbortSignal): AsyncGenerator<LinePiece> {
    while (true) {
      let calls: Extract<LinePiece, { type: 'calls' }>['calls'] = [];
      for await (const piece of line.answer(signal)) {
        if (piece.type === 'calls') calls = [...calls, ...piece.calls];
        else yield piece;
      }
      if (calls.length === 0 || tools === undefined) return;
      // Nobody waits for the model meanwhile, and does again.
      yield { type: 'calls', calls };
      const outputs = await tools.run(calls);
      line.results(calls.map(({ id }, i) => ({ id, output: outputs[i]! })));
      yield { type: 'calls', calls: [] };
    }
  }

  /** Takes what comes as fast as it comes, and gives it on as there is room [C2]. */
  async *#spoken(
    sound: AnswerSound,
    pieces: (signal: AbortSignal) => AsyncIterable<LinePiece>,
    { signal, room }: RespondOptions,
  ): AsyncGenerator<Spoken, void, undefined> {
    const { clock, silentMs } = this.#options;
    const unread = new AbortController();
    const own = AbortSignal.any([signal, unread.signal, this.#closed.signal]);
    let wake = () => {};
    let failure: { error: unknown } | undefined;
    let over = false;
    let toldWords = false;
    let stopWaiting = () => {};
    const silent = new ProviderError('network', `no sign of life in ${silentMs} ms`, { retryable: true });
    const alive = () => {
      stopWaiting();
      stopWaiting = clock.after(silentMs, () => unread.abort(silent));
    };
    this.#answering++;
    const take = async () => {
      alive();
      for await (const piece of pieces(own)) {
        alive();
        if (piece.type === 'calls' && piece.calls.length > 0) stopWaiting();
        if (piece.type === 'sound') sound.push(piece.item, piece.pcm);
        else if (piece.type === 'words') {
          sound.words(piece.text);
          toldWords = true;
        } else if (piece.type === 'whole') sound.whole();
        wake();
      }
    };
    const taken = take()
      .catch((error: unknown) => {
        failure = { error: own.aborted ? own.reason : error };
      })
      .finally(() => {
        stopWaiting();
        sound.end();
        over = true;
        wake();
      });
    try {
      let marks: ('firstToken' | 'sentence' | 'sound')[] = ['firstToken', 'sentence', 'sound'];
      let given = 0;
      while (true) {
        await unlessAborted(room(), signal);
        while (sound.ready === 0 && !over) {
          const next = new Promise<void>(resolve => {
            wake = resolve;
          });
          await unlessAborted(next, signal);
        }
        signal.throwIfAborted();
        const piece = sound.take(PIECE_SAMPLES);
        if (piece === undefined) break;
        if (marks.length > 0) {
          if (!toldWords) marks = marks.filter(step => step !== 'firstToken');
          for (const step of marks.splice(0)) yield this.#mark(step);
        }
        given += piece.pcm.length;
        yield piece;
      }
      if (failure !== undefined) throw failure.error;
      if (given > 0) yield this.#mark('made');
    } finally {
      this.#answering--;
      unread.abort(new Cancelled('nobody listens any more'));
      void taken;
    }
  }

  #mark(step: 'asked' | 'firstToken' | 'sentence' | 'sound' | 'made'): Spoken {
    const atMs = this.#options.clock.nowMs();
    return step === 'asked' || step === 'firstToken'
      ? { type: 'mark', step, atMs }
      : { type: 'mark', step, sentence: 0, atMs };
  }

  /** Pictures, where the question needs them and they are at hand at once. */
  async #show({ line }: Talk, { turn, look }: Conversation, signal: AbortSignal): Promise<void> {
    if (look === undefined || !turn.some(({ text }) => needsSight(text))) return;
    const timeout = AbortSignal.timeout(LOOK_MS);
    const sights = await look({ signal: AbortSignal.any([signal, timeout]) }).catch(() => []);
    const nameOf = (identity: string) => turn.find(({ speaker }) => speaker === identity)?.name ?? identity;
    line.tell(sights.map(sight => ({ role: 'user', who: nameOf(sight.identity), sight })));
  }

  #heard(pcm: Int16Array): void {
    const talk = this.#talk;
    if (talk !== undefined) {
      if (talk.unasked + pcm.length > MOST_UNASKED) {
        talk.line.unhear();
        talk.unasked = 0;
      }
      talk.unasked += pcm.length;
      talk.line.hear(pcm);
      return;
    }
    this.#early.push(pcm);
    this.#earlySamples += pcm.length;
    while (this.#earlySamples > MOST_UNASKED) this.#earlySamples -= this.#early.shift()!.length;
    if (!this.#refused.active) this.#open().catch(() => {});
  }

  /** What does not answer will not answer the next time. */
  #drop(talk: Talk): void {
    talk.line.close();
    if (this.#talk === talk) this.#talk = undefined;
  }

  async #ready(signal: AbortSignal): Promise<Talk> {
    try {
      return this.#talk ?? (await unlessAborted(this.#open(), signal));
    } catch (error) {
      // Another answers it: later it is told in words.
      if (!signal.aborted) this.#forgetEarly();
      throw error;
    }
  }

  #forgetEarly(): void {
    this.#early = [];
    this.#earlySamples = 0;
  }

  #open(): Promise<Talk> {
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #connect(): Promise<Talk> {
    const { open, events, openMs, clock } = this.#options;
    const late = new AbortController();
    const slow = new ProviderError('network', `no line in ${openMs} ms`, { retryable: true });
    const stopWaiting = clock.after(openMs, () => late.abort(slow));
    const signal = AbortSignal.any([this.#closed.signal, late.signal]);
    try {
      const line = await unlessAborted(open(this.#role, events, signal), signal);
      if (signal.aborted) {
        line.close();
        throw signal.reason;
      }
      this.#refused.succeeded();
      return this.#begin(line);
    } catch (error) {
      this.#refused.failed();
      throw error;
    } finally {
      stopWaiting();
    }
  }

  #begin(line: ModelLine): Talk {
    const before = this.#talk;
    const talk: Talk = { line, remembered: new Remembered(), unasked: 0 };
    this.#talk = talk;
    before?.line.close();
    if (this.#latest !== undefined && line.remembers === undefined)
      line.tell(talk.remembered.missing({ ...this.#latest, turn: [] }, false));
    for (const pcm of this.#early.splice(0)) this.#heard(pcm);
    this.#earlySamples = 0;
    void line.over.then(() => {
      if (this.#talk === talk) this.#talk = undefined;
    });
    return talk;
  }

  /** Between two turns a line that will soon end gives way to another, which is told everything when it is asked. */
  #renewSoon(): void {
    const talk = this.#talk;
    const { clock } = this.#options;
    if (talk === undefined || this.#answering > 0 || talk.unasked > 0) return;
    if (clock.nowMs() < talk.line.endsMs - RENEW_BEFORE_MS || this.#refused.active) return;
    this.#open().catch(() => {});
  }
}

/** What is read out, held back until it is known to be these words and no others. */
async function* checked(read: AsyncIterable<LinePiece>, text: string): AsyncGenerator<LinePiece> {
  const held: LinePiece[] = [];
  let said = '';
  for await (const piece of read) {
    held.push(piece);
    if (piece.type === 'words') said += piece.text;
  }
  if (!isSame(said, text)) throw new ProviderError('bad-input', 'the model said other words', { retryable: false });
  // As they were written: that is what the log shows.
  yield { type: 'words', text };
  yield* held.filter(({ type }) => type === 'sound');
  yield { type: 'whole' };
}
