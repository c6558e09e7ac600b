import type { Clock } from '../base/clock.ts';
import type { Performance } from '../perform/port.ts';
import type { Responder } from '../respond/port.ts';
import type { Exchange, FeelingPart, Occasion, Persona } from '../think/ports.ts';
import type { Finding, Lookups } from '../think/tools/lookups.ts';
import { type Answering, SORRY_GONE, SORRY_UNHEARD } from './answering.ts';
import type { Audience } from './audience.ts';
import type { ConversationLog } from './conversation-log.ts';
import type { SessionDeps } from './deps.ts';
import type { Effect, Own } from './floor/events.ts';
import { saidAt } from './floor/said-times.ts';
import type { RoomView } from './ports.ts';
import type { Recollection } from './recollection.ts';
import { Turn } from './turn.ts';
import { welcomeFor } from './welcome.ts';

export interface TurnsDeps {
  clock: Clock;
  persona: Persona;
  performance: Performance;
  responder: Pick<Responder, 'heardUpTo'>;
  view: Pick<RoomView, 'timed'>;
  newId(): string;
  greeting?: SessionDeps['greeting'];
  concern?: SessionDeps['concern'];
  handover?: SessionDeps['handover'];
  audience: Audience;
  recollection: Recollection;
  lookups: Lookups;
  log: ConversationLog;
  answering: Answering;
}

export interface TurnsEvents {
  /** More of the live turn's speech exists, samples. */
  made(samples: number): void;
  /** All of it. */
  complete(): void;
  feeling(feeling: FeelingPart): void;
  /** Something is being looked up, and takes long; or that is over. */
  looking(on: boolean): void;
  /** There is more to tell. */
  found(): void;
}

/** The turns of a conversation: the live one [T1], and the one that is prepared in secret [T5]. */
export class Turns {
  readonly #deps: TurnsDeps;
  readonly #events: TurnsEvents;
  #live: Turn | undefined;
  #prepared: Turn | undefined;
  /** What the live turn tells. */
  #telling: readonly Finding[] = [];

  constructor(deps: TurnsDeps, events: TurnsEvents) {
    this.#deps = deps;
    this.#events = events;
  }

  get live(): Turn | undefined {
    return this.#live;
  }

  /** Begins an answer that reaches nobody yet [T5]. */
  speculate(id: string, inputs: readonly Exchange[]): void {
    this.drop('newer words');
    this.#prepared = new Turn({ id, source: 'voice', inputs, said: saidAt(this.#deps.clock.nowMs()) });
    this.#prepare(this.#prepared);
  }

  drop(reason: string): void {
    this.#prepared?.cancel(reason);
    this.#prepared = undefined;
  }

  /** The turn is certain, and live. */
  begin({ id = this.#deps.newId(), inputs, prepared }: Extract<Effect, { do: 'begin' }>): void {
    const { source, said } = inputs.at(-1)!;
    const begun = prepared ? this.#prepared : undefined;
    const turn = begun ?? new Turn({ id, source, inputs: inputs.map(({ exchange }) => exchange), said });
    this.#prepared = undefined;
    turn.times.answers(said);
    this.#commit(turn);
    if (begun === undefined) this.#prepare(turn);
  }

  /** A turn that answers nobody; live at once. */
  speakUp(own: Own): void {
    const said = saidAt(this.#deps.clock.nowMs());
    const turn = new Turn({ id: this.#deps.newId(), source: 'greeting', inputs: [], said });
    this.#commit(turn);
    if (own.kind === 'return') {
      this.#prepare(turn, own);
      return;
    }
    if (own.kind === 'found') {
      this.#tell(turn);
      return;
    }
    const { persona, answering, recollection } = this.#deps;
    if (own.kind === 'welcome') {
      answering.say(turn, welcomeFor(persona, own.names) ?? '', [...recollection.names, ...own.names]);
      return;
    }
    // Whom it speaks to may have left.
    const name = own.kind === 'greeting' || own.kind === 'arrival' ? own.name : '';
    const greeting = (this.#deps.greeting?.(persona) ?? persona.greeting).replaceAll('{name}', name);
    const arrival = persona.greeting.replaceAll('{name}', name);
    const text = { greeting, arrival, gone: SORRY_GONE, unheard: SORRY_UNHEARD }[own.kind];
    answering.say(turn, text, [...recollection.names, name]);
  }

  /** Ends the live turn and writes into the history what was heard of it, no more [T4]. */
  end({ outcome, putBack, spokenOver }: Extract<Effect, { do: 'end' }>): void {
    const turn = this.#live;
    if (turn === undefined) return;
    this.#live = undefined;
    const { recollection, log, view, clock, responder, lookups } = this.#deps;
    this.#events.looking(false);
    turn.cancel(outcome, { stillWanted: spokenOver === true });
    log.spoken(turn, true, outcome === 'interrupted');
    const heard = log.answer(turn);
    if (!putBack) recollection.said(turn.id, [...turn.inputs, ...heard]);
    else if (heard.length > 0) recollection.said(turn.id, heard);
    view.timed(turn.account(outcome, clock));
    responder.heardUpTo?.(turn.id, turn.ledger.played);
    const told = this.#telling;
    this.#telling = [];
    if (heard.length === 0 && outcome === 'interrupted') lookups.giveBack(told);
    else if (lookups.hasFound) this.#events.found();
    // Who spoke over it may not want it.
    if (turn.handover !== undefined && outcome !== 'interrupted' && outcome !== 'failed')
      this.#deps.handover?.(turn.handover);
  }

  #commit(turn: Turn): void {
    const { performance, clock } = this.#deps;
    this.#live = turn;
    performance.begin(turn.id);
    turn.commit(
      {
        speech: (turnId, chunk) => {
          // The performance may give the samples away.
          const samples = chunk.pcm.length;
          performance.speech(turnId, chunk);
          this.#events.made(samples);
        },
        complete: turnId => {
          performance.complete(turnId);
          this.#events.complete();
        },
        feeling: feeling => this.#events.feeling(feeling),
        looking: on => this.#events.looking(on),
        concern: ({ kind }) => {
          // Nothing else is spoken of then.
          this.#deps.lookups.clear();
          this.#deps.concern?.(kind, turn.inputs);
        },
      },
      clock.nowMs(),
    );
  }

  /** Has what was found told to whoever asked for it. */
  #tell(turn: Turn): void {
    const findings = this.#deps.lookups.take();
    this.#telling = findings ?? [];
    this.#prepare(turn, findings && { kind: 'found', identity: findings[0].asker, findings });
  }

  /** Begins what will be said. */
  #prepare(turn: Turn, occasion?: Occasion): void {
    const startMs = this.#deps.clock.nowMs();
    const conversation = this.#deps.recollection.conversation(turn.inputs, occasion);
    turn.times.remembered({ startMs, endMs: this.#deps.clock.nowMs() });
    this.#deps.answering.answer(turn, conversation);
  }
}
