import type { JobPerson } from '../../protocol/agents.ts';
import type { LogEntry, TurnTiming } from '../../protocol/conversation.ts';
import type { Feeling } from '../../protocol/feelings.ts';
import { ProviderError } from '../base/errors.ts';
import { SPEECH_RATE } from '../base/rates.ts';
import { isBackchannel } from '../listen/completeness.ts';
import type { Utterance } from '../listen/listener.ts';
import type { Progress } from '../perform/port.ts';
import { empathyFor } from '../think/expressive.ts';
import type { Conversation, Exchange } from '../think/ports.ts';
import { Answering, SORRY_GONE, SORRY_UNHEARD } from './answering.ts';
import { Audience } from './audience.ts';
import { ConversationLog } from './conversation-log.ts';
import type { SessionDeps, SessionOptions } from './deps.ts';
import { FaceMood } from './face-mood.ts';
import { Floor, type Input } from './floor.ts';
import { Interruption } from './interruption.ts';
import { exchangeOf, Recollection, type Remembered } from './recollection.ts';
import { Speculation } from './speculation.ts';
import { heardAt } from './trace.ts';
import { Turn, type TurnSink } from './turn.ts';

/** A "yes" this close to the end is an answer, not a backchannel. */
const ANSWER_SAMPLES = 0.8 * SPEECH_RATE;

/** One conversation: who speaks, whose turn it is, and what the avatar says. At most one turn is live [T1]. */
export class Session {
  readonly #deps: SessionDeps;
  readonly #audience: Audience;
  readonly #recollection: Recollection;
  readonly #mood: FaceMood;
  readonly #log: ConversationLog;
  readonly #answering: Answering;
  #turn: Turn | undefined;
  readonly #speculation = new Speculation();
  #interruption: Interruption | undefined;
  /** Who was speaking already when the live turn began: going on is no interruption. */
  #talkers = new Set<string>();
  readonly #floor: Floor;
  #greeted: boolean;
  #closed = false;
  #closing: Promise<void> | undefined;

  constructor(deps: SessionDeps, { identity, history = [], earlier }: SessionOptions) {
    this.#deps = deps;
    this.#floor = new Floor(deps.clock, {
      speaking: () => this.#audience.speaking,
      taken: () => this.#turn !== undefined,
      free: inputs => this.#answer(inputs),
    });
    this.#recollection = new Recollection(deps, history, earlier);
    this.#greeted = history.length > 0;
    this.#audience = new Audience(deps, {
      started: identity => this.#started(identity),
      partial: (identity, id, text) => this.#partial(identity, id, text),
      paused: (identity, id, pcm) => deps.senses?.heard(identity, id, pcm),
      candidate: (identity, id, text) => this.#candidate(identity, id, text),
      resumed: () => this.#speculation.drop('the person went on speaking'),
      utterance: (identity, utterance) => this.#uttered(identity, utterance),
      nothing: (identity, id) => this.#nothing(identity, id),
      failed: (identity, id, error) => this.#unheard(identity, id, error),
    });
    this.#answering = new Answering(deps, {
      failed: (stage, error) => this.#failed(stage, error),
      speechless: turn => this.#finish(turn, 'failed'),
    });
    const avatar = { identity, name: deps.persona.name };
    this.#log = new ConversationLog(deps.clock, deps.view, avatar, deps.persona.language);
    this.#mood = new FaceMood(mood => deps.performance.mood(mood), deps.view);
  }

  get liveTurn(): string | undefined {
    return this.#turn?.id;
  }
  /** What was said and heard so far, oldest first. */
  get history(): readonly Exchange[] {
    return this.#recollection.history;
  }

  joined(person: JobPerson): void {
    this.#audience.joined(person.identity, person.name);
    this.#recollection.joined(person);
  }

  left(identity: string): void {
    this.#audience.left(identity);
    this.#recollection.left(identity);
    this.#fellSilent(identity);
  }

  /** Begins to hear a person. */
  listen(identity: string, name: string): void {
    this.#audience.listen(identity, name);
    this.#fellSilent(identity);
  }

  unlisten(identity: string): void {
    this.#audience.unlisten(identity);
    this.#fellSilent(identity);
  }

  heard(identity: string, pcm: Int16Array, audible: boolean): void {
    this.#audience.heard(identity, pcm, audible);
  }

  /** How a person feels now; null when that is not sensed any more. */
  felt(identity: string, feeling: Feeling | null): void {
    this.#recollection.felt(identity, feeling);
    this.#mood.sympathise(empathyFor(feeling ?? undefined));
  }

  /** Somebody has erased or corrected what is remembered of them. */
  remembered(identity: string, memories: Remembered): void {
    this.#thinkAgain(() => this.#recollection.remembered(identity, memories));
  }

  /** These entries were deleted: nothing of them is known any more. */
  strike(entryIds: ReadonlySet<string>): void {
    this.#thinkAgain(() => {
      this.#recollection.strike(entryIds);
      this.#floor.drop(entryIds);
    });
  }

  /** A typed message: a turn like any other, and never a backchannel. */
  typed(entry: LogEntry): void {
    const heard = heardAt(this.#deps.clock.nowMs());
    this.#cancelTurn();
    this.#take({ exchange: exchangeOf(entry), entryId: entry.id, heard, source: 'text' });
    const feeling = this.#recollection.feeling(entry.speaker);
    if (feeling !== undefined) this.#deps.view.log({ ...entry, feeling });
  }

  /** Somebody can hear and see now: the first is greeted by name; after a failure the thread is taken up again. */
  greet(name: string): void {
    if (this.#closed || this.#turn !== undefined) return;
    if (this.#audience.speaking || this.#floor.waiting.length > 0) {
      // Whoever speaks already needs an answer, not a greeting.
      this.#greeted = true;
      return;
    }
    if (this.#greeted) {
      const exchange = this.#recollection.takeUnanswered();
      if (exchange !== undefined) {
        const [entryId, heard] = [this.#deps.newId(), heardAt(this.#deps.clock.nowMs())];
        this.#take({ exchange, entryId, heard, source: 'text' });
      } else if (this.history.length > 0) this.#sayFixed(SORRY_GONE);
      return;
    }
    this.#greeted = true;
    const identity = this.#recollection.returning();
    // Somebody of whom something is known is greeted in words of the dialogue's.
    if (identity !== undefined) this.#prepare(this.#ownTurn(), { kind: 'return', identity });
    else this.#sayFixed(this.#deps.persona.greeting.replaceAll('{name}', name), name);
  }

  /** How far the live turn's speech went out. Anything of another turn is old news [T2]. */
  progress({ turnId, samples, started, done }: Progress): void {
    const turn = this.#turn;
    if (turn === undefined || turn.id !== turnId) return;
    if (started === true) {
      turn.times.firstSample ??= this.#deps.clock.nowMs();
      this.#mood.state('speaking');
    }
    turn.advance(samples);
    this.#log.spoken(turn, false);
    if (done === true) this.#finish(turn, 'completed');
  }

  /** The first picture of a turn's speaking mouth is on its way. */
  shown(turnId: string): void {
    const turn = this.#turn;
    if (turn?.id === turnId) turn.times.firstFrame ??= this.#deps.clock.nowMs();
  }

  /** Silent at once; resolves when what was said last has been learned from, or that takes too long. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #close(): Promise<void> {
    this.#closed = true;
    this.#floor.close();
    this.#interruption?.close();
    this.#audience.close();
    this.#answering.close();
    this.#cancelTurn();
    return this.#recollection.close();
  }

  // ------------------------------------------------------------------ somebody speaks

  /** [T3] Output pauses at once; what it was is decided within the interruption's time. */
  #started(identity: string): void {
    this.#mood.look(this.#audience.place(identity));
    this.#mood.state('listening');
    const turn = this.#turn;
    if (turn === undefined || this.#interruption !== undefined) return;
    if (turn.nearlyDone) return;
    this.#deps.performance.pause(turn.id);
    turn.times.paused = this.#deps.clock.nowMs();
    this.#interruption = new Interruption(identity, this.#deps.clock, verdict => {
      this.#interruption = undefined;
      if (verdict === 'words') this.#cancelTurn(identity);
      else this.#resume();
    });
  }

  #partial(identity: string, id: string, text: string): void {
    this.#log.user(this.#audience.exchange(identity, id, text), id, false);
    if (this.#turn === undefined || isBackchannel(text)) {
      this.#interruption?.heardOnly(identity);
      return;
    }
    if (this.#interruption !== undefined) this.#interruption.heardWords(identity);
    else if (!this.#talkers.has(identity) && !this.#turn.nearlyDone) this.#cancelTurn(identity);
  }

  /** [T5] The answer is begun in secret: it may turn out that more was coming. */
  #candidate(identity: string, id: string, text: string): void {
    if (this.#turn !== undefined) return;
    const inputs = [
      ...this.#floor.waiting.map(({ exchange }) => exchange),
      this.#audience.exchange(identity, id, text),
    ];
    const turn = new Turn({ id, source: 'voice', inputs, heard: heardAt(this.#deps.clock.nowMs()) });
    if (!this.#speculation.begin(turn)) return;
    this.#mood.nod();
    this.#prepare(turn);
  }

  #uttered(identity: string, utterance: Utterance): void {
    this.#deps.metrics.utterance();
    const turn = this.#turn;
    const wasTalking = this.#talkers.delete(identity);
    const exchange = this.#audience.exchange(identity, utterance.id, utterance.text);
    if (turn !== undefined && !wasTalking) {
      const answer = turn.complete && turn.ledger.remaining <= ANSWER_SAMPLES;
      if (isBackchannel(utterance.text) && !answer) {
        this.#log.user(exchange, utterance.id, true);
        if (this.#interruption?.identity === identity) this.#resume();
        return;
      }
      this.#cancelTurn(identity);
    }
    const { id: entryId, startMs: speechStartMs, endMs: speechEndMs, endpointMs, asr } = utterance;
    this.#take({ exchange, entryId, heard: { speechStartMs, speechEndMs, endpointMs, asr }, source: 'voice' });
  }

  #nothing(identity: string, id: string): void {
    this.#log.nothing(id);
    this.#talkers.delete(identity);
    if (this.#interruption?.identity === identity) this.#resume();
    else if (this.#turn === undefined && this.#floor.waiting.length === 0) this.#mood.rest();
    this.#floor.offer();
  }

  #unheard(identity: string, id: string, error: unknown): void {
    this.#failed('asr', error);
    this.#nothing(identity, id);
    if (this.#turn === undefined && this.#floor.waiting.length === 0) this.#sayFixed(SORRY_UNHEARD);
  }

  /** Nobody hears this person any more, in mid-sentence perhaps. */
  #fellSilent(identity: string): void {
    this.#talkers.delete(identity);
    if (this.#interruption?.identity === identity) this.#resume();
    if (this.#turn === undefined && !this.#audience.speaking) {
      this.#speculation.drop('the person is gone');
      if (this.#floor.waiting.length === 0) this.#mood.rest();
    }
    this.#floor.offer();
  }

  #resume(): void {
    this.#interruption?.close();
    this.#interruption = undefined;
    const turn = this.#turn;
    if (turn === undefined) return;
    this.#deps.metrics.interruption('resumed');
    this.#deps.performance.resume(turn.id);
    Object.assign(turn.times, { paused: undefined, resumed: true });
    this.#mood.state(turn.times.firstSample === undefined ? 'thinking' : 'speaking');
  }

  // ------------------------------------------------------------------ the turn

  /** Something was said that wants an answer. */
  #take(input: Input): void {
    const { exchange, entryId, source } = input;
    this.#deps.senses?.said(exchange.speaker, exchange.text);
    this.#log.user(exchange, entryId, true, source, this.#recollection.feeling(exchange.speaker));
    if (this.#turn === undefined) this.#mood.state('thinking');
    this.#floor.push(input);
  }

  #answer(inputs: [Input, ...Input[]]): void {
    if (this.#closed) return;
    const last = inputs.at(-1)!;
    const wanted = new Turn({ ...last, id: last.entryId, inputs: inputs.map(({ exchange }) => exchange) });
    const turn = this.#speculation.take(wanted);
    turn.times.heard = last.heard;
    this.#begin(turn);
    if (turn === wanted) this.#prepare(turn);
  }

  /** Begins what will be said. */
  #prepare(turn: Turn, occasion?: Conversation['occasion']): void {
    const startMs = this.#deps.clock.nowMs();
    const conversation = this.#recollection.conversation(turn.inputs, occasion);
    turn.times.memory = { startMs, endMs: this.#deps.clock.nowMs() };
    this.#answering.answer(turn, conversation);
  }

  #begin(turn: Turn): void {
    this.#turn = turn;
    this.#talkers = new Set(this.#audience.speakers);
    this.#mood.state('thinking');
    this.#deps.performance.begin(turn.id);
    turn.commit(this.#sink, this.#deps.clock.nowMs());
  }

  readonly #sink: TurnSink = {
    speech: (turnId, chunk) => this.#deps.performance.speech(turnId, chunk),
    complete: turnId => this.#deps.performance.complete(turnId),
    feeling: (turnId, feeling) => {
      if (turnId === this.#turn?.id) this.#mood.feel(feeling);
    },
  };

  /** @param by who spoke over it, if somebody did */
  #cancelTurn(by?: string): void {
    const turn = this.#turn;
    if (turn === undefined) return;
    if (!this.#closed) this.#deps.metrics.interruption('cancelled');
    this.#deps.performance.cancel(turn.id);
    this.#finish(turn, 'interrupted', by);
  }

  /** Ends the live turn and writes into the history what was heard of it, no more [T4]. */
  #finish(turn: Turn, outcome: TurnTiming['outcome'], by?: string): void {
    if (this.#turn !== turn) return;
    this.#turn = undefined;
    this.#interruption?.close();
    this.#interruption = undefined;
    turn.cancel(outcome);
    this.#log.spoken(turn, true, outcome === 'interrupted');
    if (turn.ledger.heard === '' && outcome === 'interrupted' && !this.#closed) this.#putBack(turn, by);
    else {
      if (outcome === 'completed') this.#audience.wereDone(turn.inputs);
      this.#recollection.said(turn.id, [...turn.inputs, ...this.#log.answer(turn)]);
    }
    this.#deps.view.timed(turn.account(outcome, this.#deps.clock));
    if (this.#audience.speaking) this.#mood.state('listening');
    else this.#mood.rest();
    // What was said meanwhile by people who had been speaking all along.
    if (outcome !== 'interrupted') this.#floor.offer();
  }

  /** An answer under way may hold what is to be known no more: it is given up; one that is unheard is made anew. */
  #thinkAgain(change: () => void): void {
    if (this.#closed) return;
    this.#speculation.drop('what is known has changed');
    this.#cancelTurn();
    change();
    this.#floor.offer();
  }

  /** Nothing of the answer was heard: what was said is answered together with what comes next. */
  #putBack(turn: Turn, by: string | undefined): void {
    const { source, inputs } = turn;
    if (source === 'greeting') return;
    // They spoke on before they had heard anything: the turn was taken from them too early.
    if (source === 'voice') this.#audience.wereCutOff(inputs.filter(({ speaker }) => speaker === by));
    // A fresh id: the next turn must not be taken for this one [T2].
    const entryId = this.#deps.newId();
    const { heard } = turn.times;
    this.#floor.putBack(inputs.map(exchange => ({ exchange, entryId, heard, source })));
  }

  // ------------------------------------------------------------------ helpers

  /** @param name of whom it speaks to, who may have left */
  #sayFixed(text: string, name = ''): void {
    this.#answering.say(this.#ownTurn(), text, [...this.#recollection.names, name]);
  }

  /** A turn that answers nobody; live at once. */
  #ownTurn(): Turn {
    const heard = heardAt(this.#deps.clock.nowMs());
    const turn = new Turn({ id: this.#deps.newId(), source: 'greeting', inputs: [], heard });
    this.#begin(turn);
    return turn;
  }

  #failed(stage: 'asr' | 'dialogue' | 'tts', error: unknown): void {
    this.#deps.metrics.providerError(stage, error instanceof ProviderError ? error.category : 'internal');
    this.#deps.report(`${stage} failed`, error);
  }
}
