import type { Clock } from '../base/clock.ts';
import type { Exchange } from '../think/ports.ts';
import type { HeardTimes } from './trace.ts';

/** While somebody else still speaks, an answer waits this long at most. */
const PATIENCE_MS = 1500;

/** Something that was said and waits for its answer. */
export interface Input {
  exchange: Exchange;
  entryId: string;
  heard: HeardTimes;
  source: 'voice' | 'text';
}

export interface FloorView {
  /** A person speaks now. */
  speaking(): boolean;
  /** A turn is live. */
  taken(): boolean;
  /** What waits is to be answered now, all of it together. */
  free(inputs: [Input, ...Input[]]): void;
}

/** Whose turn it is to speak: nobody is answered while somebody else is still speaking, within reason. */
export class Floor {
  readonly #clock: Clock;
  readonly #view: FloorView;
  #inputs: Input[] = [];
  #cancelWait: (() => void) | undefined;

  constructor(clock: Clock, view: FloorView) {
    this.#clock = clock;
    this.#view = view;
  }

  /** What waits for its answer, oldest first. */
  get waiting(): readonly Input[] {
    return this.#inputs;
  }

  push(input: Input): void {
    this.#inputs.push(input);
    this.offer();
  }

  /** These were taken too early: they are answered together with what comes next. */
  putBack(inputs: readonly Input[]): void {
    this.#inputs.unshift(...inputs);
  }

  /** What was said in these entries of the log is answered no more. */
  drop(entryIds: ReadonlySet<string>): void {
    this.#inputs = this.#inputs.filter(({ exchange }) => !entryIds.has(exchange.entryId ?? ''));
  }

  /** Something changed: what waits is answered if it can be. */
  offer(): void {
    if (this.#inputs.length === 0 || this.#view.taken()) return;
    if (!this.#view.speaking()) this.#give();
    else this.#cancelWait ??= this.#clock.after(PATIENCE_MS, () => this.#give());
  }

  close(): void {
    this.#cancelWait?.();
    this.#inputs = [];
  }

  #give(): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    if (this.#view.taken()) return;
    const [first, ...more] = this.#inputs.splice(0);
    if (first !== undefined) this.#view.free([first, ...more]);
  }
}
