import type { TurnTiming } from '../../../protocol/conversation.ts';
import type { Exchange } from '../../think/ports.ts';
import type { Addressee } from './addressing.ts';
import type { Floor, Input } from './state.ts';

/** What the avatar says without being asked. */
export type Own =
  | { kind: 'greeting'; name: string }
  /** These came in the middle of it, and nobody speaks. */
  | { kind: 'welcome'; names: readonly string[] }
  /** Another has given it the conversation. */
  | { kind: 'arrival'; name: string }
  /** Somebody is back of whom something is known. */
  | { kind: 'return'; identity: string }
  /** It failed, and goes on elsewhere. */
  | { kind: 'gone' }
  /** Somebody's words could not be made out. */
  | { kind: 'unheard' }
  /** What was looked up while talk went on has come. */
  | { kind: 'found' };

export type TimerName = 'decide' | 'patience' | 'tell';

/** What happens. Whatever speaks of a turn means the live one: of others nothing comes here [T2]. */
export type FloorEvent =
  // of the audience
  | { type: 'started'; who: string }
  /** Their words so far. */
  | { type: 'partial'; who: string; text: string; speechMs: number; addressee: Addressee }
  /** They may be done. */
  | { type: 'candidate'; exchange: Exchange; utteranceId: string; addressee: Addressee }
  /** They were not done after all. */
  | { type: 'resumed' }
  /** They go on with an utterance that was taken for whole; it will be told again, longer [L1]. */
  | { type: 'continued'; who: string; id: string }
  | { type: 'utterance'; input: Input; addressee: Addressee }
  /** The last words of somebody who has left. */
  | { type: 'parting'; input: Input }
  /** It was no speech. */
  | { type: 'nothing'; who: string }
  /** It could not be made out. */
  | { type: 'failed'; who: string }
  /** Nobody hears this person any more. */
  | { type: 'gone'; who: string }
  | { type: 'typed'; input: Input; addressee: Addressee }
  // of the clock
  | { type: 'timer'; timer: TimerName }
  // of the playout; `samples` went out so far, `heard`: a whole word with them
  | { type: 'progress'; samples: number; heard: boolean; started: boolean; done: boolean }
  // of who answers
  | { type: 'made'; samples: number }
  | { type: 'complete' }
  /** Nothing can be said at all. */
  | { type: 'speechless' }
  // of the conversation
  | { type: 'speak-up'; own: Own }
  /** Whether something was found that is not told yet. */
  | { type: 'found'; any: boolean }
  /** What is known changes: an answer under way may hold what is to be known no more. */
  | { type: 'withdraw' }
  /** The avatar is to be silent, as by a button. */
  | { type: 'hushed' }
  /** It has changed: these entries of the log are answered no more. */
  | { type: 'changed'; struck: ReadonlySet<string> }
  | { type: 'close' };

/** What is to be done about it, in order. */
export type Effect =
  // to the output
  | { do: 'pause' }
  | { do: 'resume' }
  | { do: 'cancel' }
  // to the live turn
  /** `id` undefined: a fresh one. `prepared`: the answer was begun in secret, and serves. */
  | { do: 'begin'; id: string | undefined; inputs: readonly [Input, ...Input[]]; prepared: boolean }
  | { do: 'speak-up'; own: Own }
  /**
   * `putBack`: what it answers waits again, or is still being said. `spokenOver`: somebody said something else
   * meanwhile; what the turn was looking up is still wanted.
   */
  | { do: 'end'; outcome: TurnTiming['outcome']; putBack: boolean; spokenOver?: true }
  // in secret [T5]
  | { do: 'speculate'; id: string; inputs: readonly Exchange[] }
  | { do: 'drop'; reason: string }
  // to the clock
  | { do: 'arm'; timer: TimerName; ms: number }
  | { do: 'disarm'; timer: TimerName }
  // to what is known
  /** Something was said that wants an answer; that wants none; that was meant for others. */
  | { do: 'take'; input: Input }
  | { do: 'note'; input: Input }
  | { do: 'overhear'; input: Input }
  /** What was read is not what was said: it is shown no more. */
  | { do: 'unhear'; id: string }
  /** What became of an interruption. */
  | { do: 'count'; interruption: 'cancelled' | 'resumed' }
  // to the face
  | { do: 'look'; who: string }
  | { do: 'face'; state: 'listening' | 'thinking' | 'speaking' }
  | { do: 'nod' }
  | { do: 'rest' };

/** The floor afterwards, and what is to be done. */
export type Move = readonly [floor: Floor, effects: readonly Effect[]];
