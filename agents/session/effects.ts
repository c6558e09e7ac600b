import type { Clock } from '../base/clock.ts';
import type { Performance } from '../perform/port.ts';
import type { Audience } from './audience.ts';
import type { ConversationLog } from './conversation-log.ts';
import type { SessionSenses } from './deps.ts';
import type { FaceMood } from './face-mood.ts';
import type { Effect, TimerName } from './floor/events.ts';
import type { SessionMetrics } from './ports.ts';
import type { Recollection } from './recollection.ts';
import type { Turns } from './turns.ts';

export interface EffectsDeps {
  clock: Clock;
  performance: Performance;
  metrics: SessionMetrics;
  senses?: SessionSenses;
  audience: Audience;
  recollection: Recollection;
  log: ConversationLog;
  mood: FaceMood;
  turns: Turns;
  /** Told before a turn begins. */
  begins(): void;
  /** Told when a timer has run down. */
  timer(timer: TimerName): void;
}

/** Carries out what the floor decides. */
export class Effects {
  readonly #timers = new Map<TimerName, () => void>();
  readonly #hands: { [E in Effect['do']]: (effect: Extract<Effect, { do: E }>) => void };

  constructor({
    clock,
    performance,
    metrics,
    senses,
    audience,
    recollection,
    log,
    mood,
    turns,
    begins,
    timer,
  }: EffectsDeps) {
    const logged = ({ exchange, entryId, source }: Extract<Effect, { do: 'take' }>['input'], felt = false) =>
      log.user(exchange, entryId, true, source, felt ? recollection.feeling(exchange.speaker) : undefined);
    const live = (act: (turn: NonNullable<Turns['live']>) => void) => () => {
      if (turns.live !== undefined) act(turns.live);
    };
    this.#hands = {
      pause: live(({ id, times }) => {
        performance.pause(id);
        times.paused(clock.nowMs());
      }),
      resume: live(({ id, times }) => {
        performance.resume(id);
        times.resumed();
      }),
      cancel: live(({ id }) => performance.cancel(id)),
      begin: effect => {
        begins();
        turns.begin(effect);
      },
      'speak-up': ({ own }) => {
        begins();
        turns.speakUp(own);
      },
      end: effect => turns.end(effect),
      speculate: ({ id, inputs }) => turns.speculate(id, inputs),
      drop: ({ reason }) => turns.drop(reason),
      arm: ({ timer: name, ms }) =>
        this.#timers.set(
          name,
          clock.after(ms, () => timer(name)),
        ),
      disarm: ({ timer: name }) => this.#timers.get(name)?.(),
      take: ({ input }) => {
        senses?.said(input.exchange.speaker, input.exchange.text);
        logged(input, true);
      },
      note: ({ input }) => logged(input),
      overhear: ({ input }) => {
        logged({ ...input, exchange: { ...input.exchange, overheard: true } });
        recollection.overheard(input.exchange);
      },
      unhear: ({ id }) => log.nothing(id),
      count: ({ interruption }) => metrics.interruption(interruption),
      look: ({ who }) => mood.look(audience.place(who)),
      face: ({ state }) => mood.state(state),
      nod: () => mood.nod(),
      rest: () => mood.rest(),
    };
  }

  carryOut<E extends Effect['do']>(effect: Extract<Effect, { do: E }>): void {
    this.#hands[effect.do as E](effect);
  }
}
