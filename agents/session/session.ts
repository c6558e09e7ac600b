import type { JobPerson } from '../../protocol/agents.ts';
import type { LogEntry } from '../../protocol/conversation.ts';
import type { Feeling } from '../../protocol/feelings.ts';
import { ProviderError } from '../base/errors.ts';
import type { Utterance } from '../listen/listener.ts';
import type { Progress } from '../perform/port.ts';
import { empathyFor } from '../think/expressive.ts';
import type { Exchange } from '../think/ports.ts';
import { Lookups } from '../think/tools/lookups.ts';
import { Answering } from './answering.ts';
import { Audience } from './audience.ts';
import { Backchannels } from './backchannels.ts';
import { ConversationLog } from './conversation-log.ts';
import type { SessionDeps, SessionOptions } from './deps.ts';
import { Effects } from './effects.ts';
import { FaceMood } from './face-mood.ts';
import { type Addressee, alwaysMe } from './floor/addressing.ts';
import type { FloorEvent, TimerName } from './floor/events.ts';
import { mayContinue, step } from './floor/machine.ts';
import { saidAt } from './floor/said-times.ts';
import { type Floor, type Input, openFloor } from './floor/state.ts';
import { OwnWords } from './own-words.ts';
import { exchangeOf, Recollection, type Remembered } from './recollection.ts';
import { Turns } from './turns.ts';
import { Welcome, welcomeFor } from './welcome.ts';

/**
 * One conversation: what is heard, who has the floor, and what the avatar says, wired together. Who may speak is decided
 * in `floor/`; here it is told what happens, and done as it says.
 */
export class Session {
  readonly #deps: SessionDeps;
  readonly #audience: Audience;
  readonly #recollection: Recollection;
  readonly #mood: FaceMood;
  readonly #log: ConversationLog;
  readonly #answering: Answering;
  readonly #turns: Turns;
  readonly #effects: Effects;
  #floor: Floor;
  #greeted: boolean;
  /** The avatar is there for people: who comes now has come later. */
  #open = false;
  readonly #welcome: Welcome;
  #arrives: boolean;
  /** Utterances that grow after they had been taken for whole. */
  readonly #continued = new Set<string>();
  readonly #ownWords = new OwnWords();
  /** Absent: the persona listens in silence. */
  readonly #backchannels: Backchannels | undefined;
  #closed = false;
  #closing: Promise<void> | undefined;

  constructor(deps: SessionDeps, { identity, history = [], earlier, arrives = false }: SessionOptions) {
    this.#deps = deps;
    const lookups = new Lookups(deps.clock, {
      found: () => this.#tell({ type: 'found', any: true }),
      isHere: identity => this.#recollection.isHere(identity),
    });
    this.#recollection = new Recollection(deps, history, earlier, lookups);
    this.#floor = openFloor(deps.performance.capabilities.pauses === 'exact');
    this.#greeted = history.length > 0;
    this.#welcome = new Welcome(deps.clock, {
      isFree: () => this.#floor.at === 'free',
      welcome: names => this.#tell({ type: 'speak-up', own: { kind: 'welcome', names } }),
    });
    this.#arrives = arrives;
    const context = {
      asked: () => this.#recollection.lastSaid,
      vocabulary: () => ({
        names: [deps.persona.name, ...this.#recollection.names],
        hotWords: deps.persona.hotWords ?? [],
      }),
      mayContinue: (id: string) => mayContinue(this.#floor, id),
    };
    this.#audience = new Audience(deps, context, {
      started: (who, id) => {
        this.#ownWords.began(id, deps.clock.nowMs());
        this.#tell({ type: 'started', who });
      },
      partial: (who, id, text, speechMs) => {
        if (this.#isOwn(id, text)) return;
        this.#backchannels?.hears(speechMs);
        const exchange = this.#audience.exchange(who, id, text);
        this.#log.user(exchange, id, false);
        if (this.#turns.live !== undefined)
          this.#tell({ type: 'partial', who, text, speechMs, addressee: this.#addressee(exchange) });
      },
      paused: (identity, id, pcm) => deps.senses?.speaks(identity, id, pcm),
      candidate: (who, id, text) => {
        if (!this.#isOwn(id, text)) this.#mayBeDone(this.#audience.exchange(who, id, text), id);
      },
      resumed: () => {
        this.#backchannels?.resumed();
        this.#tell({ type: 'resumed' });
      },
      judged: (_who, pause) => {
        // Among several, whoever wants to speak may be waiting for a silence.
        if (this.#floor.at === 'people' && this.#recollection.names.length === 1)
          this.#backchannels?.paused(pause, pause.toldMs, this.#recollection.lastSaid.trimEnd().endsWith('?'));
      },
      continued: (who, id, begun) => {
        this.#ownWords.ended(begun);
        this.#continued.add(id);
        deps.metrics.continued();
        this.#tell({ type: 'continued', who, id });
      },
      utterance: (who, utterance) => this.#uttered(who, utterance),
      nothing: (who, id) => this.#nothing(who, id),
      failed: (who, id, error) => {
        this.#ownWords.ended(id);
        this.#continued.delete(id);
        this.#failed('asr', error);
        this.#log.nothing(id);
        this.#tell({ type: 'failed', who });
      },
    });
    this.#answering = new Answering(deps.responder, {
      failed: (stage, error) => this.#failed(stage, error),
      speechless: turn => {
        if (turn === this.#turns.live) this.#tell({ type: 'speechless' });
      },
      broke: error => deps.report('answering broke', error),
    });
    const { clock, persona, view } = deps;
    this.#log = new ConversationLog(clock, view, { identity, name: persona.name }, persona.language);
    const mood = new FaceMood(shown => deps.performance.mood(shown), view);
    this.#mood = mood;
    const [audience, recollection, log, answering] = [this.#audience, this.#recollection, this.#log, this.#answering];
    const turns = new Turns(
      { ...deps, audience, recollection, lookups, log, answering },
      {
        made: samples => this.#tell({ type: 'made', samples }),
        complete: () => this.#tell({ type: 'complete' }),
        feeling: feeling => mood.feel(feeling),
        looking: on => mood.looking(on),
        found: () => this.#tell({ type: 'found', any: true }),
      },
    );
    this.#turns = turns;
    const timer = (name: TimerName) =>
      // It may have been told with an answer, or wanted by nobody any more.
      this.#tell(name === 'tell' && !lookups.hasFound ? { type: 'found', any: false } : { type: 'timer', timer: name });
    this.#backchannels = deps.persona.backchannels === true ? new Backchannels(deps) : undefined;
    const begins = () => this.#backchannels?.stop();
    this.#effects = new Effects({ ...deps, audience, recollection, log, mood, turns, timer, begins });
  }

  get liveTurn(): string | undefined {
    return this.#turns.live?.id;
  }
  /** What was said and heard so far, oldest first. */
  get history(): readonly Exchange[] {
    return this.#recollection.history;
  }

  joined(person: JobPerson): void {
    this.#audience.joined(person.identity, person.name);
    this.#recollection.joined(person);
    if (this.#open && welcomeFor(this.#deps.persona, [person.name]) !== undefined)
      this.#welcome.came(person.identity, person.name);
  }

  left(identity: string): void {
    this.#audience.left(identity);
    this.#recollection.left(identity);
    this.#welcome.drop(identity);
    this.#tell({ type: 'gone', who: identity });
  }

  /** Begins to hear a person. */
  listen(identity: string, name: string): void {
    this.#audience.listen(identity, name);
    this.#tell({ type: 'gone', who: identity });
  }

  unlisten(identity: string): void {
    void this.#audience.unlisten(identity);
    this.#tell({ type: 'gone', who: identity });
  }

  /** Sound of a person, 16 kHz mono. */
  hear(identity: string, pcm: Int16Array, audible: boolean): void {
    const { responder } = this.#deps;
    this.#audience.hear(identity, pcm, audible);
    if (responder.capabilities.ears) responder.hear?.(identity, pcm, this.#audience.speaks(identity));
  }

  /** How a person feels now; null when that is not sensed any more. */
  felt(identity: string, feeling: Feeling | null): void {
    this.#recollection.felt(identity, feeling);
    this.#mood.sympathise(empathyFor(feeling ?? undefined));
  }

  /** Somebody pressed a button: what is being said stops. */
  hush(): void {
    this.#tell({ type: 'hushed' });
  }

  /** Whether everybody who watches wants little movement. */
  motion(reduced: boolean): void {
    this.#mood.reduceMotion(reduced);
  }

  /** Somebody has erased or corrected what is remembered of them. */
  remembered(identity: string, memories: Remembered): void {
    this.#thinkAgain(() => this.#recollection.remembered(identity, memories));
  }

  /** These entries were deleted: nothing of them is known any more. */
  strike(entryIds: ReadonlySet<string>): void {
    this.#thinkAgain(() => this.#recollection.strike(entryIds), entryIds);
  }

  /** A typed message: a turn like any other, and never a backchannel. */
  typed(entry: LogEntry): void {
    this.#welcome.drop(entry.speaker);
    const addressee = this.#typed(exchangeOf(entry), entry.id);
    const feeling = this.#recollection.feeling(entry.speaker);
    // The server put it into the log without knowing that.
    const known = { ...(feeling !== undefined && { feeling }), ...(addressee === 'them' && { overheard: true }) };
    if (Object.keys(known).length > 0) this.#deps.view.log({ ...entry, ...known });
  }

  /** Somebody can hear and see now: the first is greeted by name; after a failure the thread is taken up again. */
  greet(name: string): void {
    this.#open = true;
    if (this.#closed || this.#turns.live !== undefined) return;
    const greeted = this.#greeted;
    this.#greeted = true;
    // Whoever speaks already needs an answer, not a greeting.
    if (this.#floor.at !== 'free') return;
    if (greeted) {
      const exchange = this.#recollection.takeUnanswered();
      const arrives = this.#arrives;
      this.#arrives = false;
      if (exchange !== undefined) this.#typed(exchange, this.#deps.newId());
      else if (arrives) this.#tell({ type: 'speak-up', own: { kind: 'arrival', name } });
      else if (this.history.length > 0) this.#tell({ type: 'speak-up', own: { kind: 'gone' } });
      return;
    }
    const identity = this.#recollection.returning();
    // Somebody of whom something is known is greeted in words of the dialogue's.
    const own =
      identity === undefined ? ({ kind: 'greeting', name } as const) : ({ kind: 'return', identity } as const);
    this.#tell({ type: 'speak-up', own });
  }

  /** How far the live turn's speech went out. Anything of another turn is old news [T2]. */
  progress({ turnId, samples, started = false, done = false }: Progress): void {
    const turn = this.#turns.live;
    if (turn === undefined || turn.id !== turnId) return;
    if (started) turn.times.mark('firstSample', this.#deps.clock.nowMs());
    turn.advance(samples);
    this.#ownWords.sounded(this.#deps.clock.nowMs());
    this.#log.spoken(turn, false);
    this.#tell({ type: 'progress', samples, heard: turn.ledger.heard !== '', started, done });
  }

  /** The first picture of a turn's speaking mouth is on its way. */
  shown(turnId: string): void {
    const turn = this.#turns.live;
    if (turn?.id === turnId) turn.times.mark('firstFrame', this.#deps.clock.nowMs());
  }

  /** Silent at once; resolves when what was said last has been learned from, or that takes too long. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #close(): Promise<void> {
    this.#closed = true;
    this.#tell({ type: 'close' });
    this.#audience.close();
    this.#answering.close();
    this.#backchannels?.close();
    this.#welcome.close();
    this.#deps.responder.close?.();
    return this.#recollection.close();
  }

  #tell(event: FloorEvent): void {
    const [floor, effects] = step(this.#floor, event);
    this.#floor = floor;
    if (floor.at !== 'free') this.#welcome.taken();
    for (const effect of effects) {
      try {
        this.#effects.carryOut(effect);
      } catch (error) {
        // The floor counts on the rest being done.
        this.#deps.report(`${effect.do} broke`, error);
      }
    }
  }

  #mayBeDone(exchange: Exchange, utteranceId: string): void {
    if (this.#turns.live !== undefined || !this.#deps.responder.capabilities.speculates) return;
    this.#tell({ type: 'candidate', exchange, utteranceId, addressee: this.#addressee(exchange) });
  }

  #nothing(who: string, id: string): void {
    this.#ownWords.ended(id);
    this.#continued.delete(id);
    this.#log.nothing(id);
    this.#tell({ type: 'nothing', who });
  }

  /** [L2] What the avatar says came back into a microphone. */
  #isOwn(id: string, text: string): boolean {
    return this.#ownWords.are(id, text, `${this.#recollection.lastSaid} ${this.#turns.live?.ledger.text ?? ''}`);
  }

  #uttered(who: string, { id: entryId, text, startMs, endMs, endpointMs, asr }: Utterance): void {
    if (this.#isOwn(entryId, text)) {
      this.#nothing(who, entryId);
      return;
    }
    this.#ownWords.ended(entryId);
    this.#deps.metrics.utterance(endpointMs - endMs);
    this.#welcome.drop(who);
    const exchange = this.#audience.exchange(who, entryId, text);
    const said = { speechStartMs: startMs, speechEndMs: endMs, endpointMs, asr };
    // A turn may have been begun for its beginning: the next is not that one [T2].
    const again = this.#continued.delete(entryId) && { again: true as const };
    const input: Input = { exchange, entryId, said, source: 'voice', ...again };
    if (this.#audience.has(who)) this.#tell({ type: 'utterance', input, addressee: this.#addressee(exchange) });
    else this.#tell({ type: 'parting', input });
  }

  #typed(exchange: Exchange, entryId: string): Addressee {
    const input: Input = { exchange, entryId, said: saidAt(this.#deps.clock.nowMs()), source: 'text' };
    const addressee = this.#addressee(exchange);
    this.#tell({ type: 'typed', input, addressee });
    return addressee;
  }

  #addressee(said: Exchange): Addressee {
    const { addressing = alwaysMe, persona } = this.#deps;
    return addressing.judge(said, { persona, people: this.#recollection.names, history: this.history });
  }

  /** An answer under way is given up; one that is unheard is made anew. */
  #thinkAgain(change: () => void, struck: ReadonlySet<string> = new Set()): void {
    if (this.#closed) return;
    this.#tell({ type: 'withdraw' });
    change();
    this.#tell({ type: 'changed', struck });
  }

  #failed(stage: 'asr' | 'dialogue' | 'tts', error: unknown): void {
    this.#deps.metrics.providerError(stage, error instanceof ProviderError ? error.category : 'internal');
    this.#deps.report(`${stage} failed`, error);
  }
}
