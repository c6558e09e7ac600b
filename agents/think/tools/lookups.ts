import { Cancelled, unlessAborted } from '../../base/cancellation.ts';
import type { Clock } from '../../base/clock.ts';
import { shortened } from './deeds.ts';

/** Under way, or waiting to be told, at once; more are called off [C2]. */
const MOST = 3;
/** A call that took so long, and whose turn was spoken over so soon after it came, was hardly heard. */
const SLOW_MS = 1500;
const UNHEARD_MS = 2500;
/** What could not be told within this time is of no use any more. */
const FRESH_MS = 120_000;
/** Of what came of one, as it is told to a model, characters. */
const LONGEST_OUTCOME = 4000;

/** A call that nobody waits for any more. */
export interface Lookup {
  /** The tool's name and its arguments. */
  what: string;
  /** Identity of who asked for it. */
  asker: string;
  /** What a model is told of it. */
  outcome: Promise<string>;
  /** Calls it off, where that can be done. */
  abort(reason: unknown): void;
}

/** What came of one. */
export interface Finding {
  what: string;
  asker: string;
  outcome: string;
}

interface Kept extends Lookup {
  finding?: Finding;
  /** When it came. */
  foundMs?: number;
}

/**
 * Calls of tools in one conversation that outlive the turns that waited for them, because somebody spoke meanwhile: talk
 * goes on, and what they find is told when it comes.
 */
export class Lookups {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #events: { found(): void; isHere(identity: string): boolean };
  #kept: Kept[] = [];

  /** @param events `found`: there is something to tell; `isHere`: somebody can still be told */
  constructor(clock: Pick<Clock, 'nowMs'>, events: { found(): void; isHere(identity: string): boolean }) {
    this.#clock = clock;
    this.#events = events;
  }

  /**
   * Waits for it as long as its turn lasts. Where somebody says something else meanwhile, it goes on without; else it is
   * called off with its turn. Rejects with the signal's reason.
   */
  async wait(lookup: Lookup, signal: AbortSignal): Promise<string> {
    const startMs = this.#clock.nowMs();
    try {
      const outcome = await unlessAborted(lookup.outcome, signal);
      const cameMs = this.#clock.nowMs();
      const spokenOver = () => {
        if (isWanted(signal) && this.#clock.nowMs() - cameMs <= UNHEARD_MS) this.leave(lookup);
      };
      if (cameMs - startMs >= SLOW_MS) signal.addEventListener('abort', spokenOver, { once: true });
      return outcome;
    } catch (reason) {
      if (!isWanted(signal) || !this.leave(lookup)) lookup.abort(reason);
      throw reason;
    }
  }

  /** The turn that waited for it is gone, and it goes on. False: too many do already, or nobody is there to be told. */
  leave(lookup: Lookup): boolean {
    if (!this.#events.isHere(lookup.asker)) return false;
    if (this.#kept.some(({ what }) => what === lookup.what)) return true;
    if (this.#fresh().length >= MOST) return false;
    const kept: Kept = { ...lookup };
    this.#kept.push(kept);
    lookup.outcome.then(
      outcome => {
        if (!this.#kept.includes(kept)) return;
        const { what, asker } = kept;
        kept.finding = { what: shortened(what), asker, outcome: shortened(outcome, LONGEST_OUTCOME) };
        kept.foundMs = this.#clock.nowMs();
        this.#events.found();
      },
      () => this.#forget(kept),
    );
    return true;
  }

  /** The very same call, where it is under way or waits to be told; `claim`: it is told with an answer now. */
  same(what: string): { outcome: Promise<string>; claim(): void } | undefined {
    const kept = this.#fresh().find(each => each.what === what);
    return kept && { outcome: kept.outcome, claim: () => this.#forget(kept) };
  }

  /** There is something to tell. */
  get hasFound(): boolean {
    return this.#fresh().some(({ finding }) => finding !== undefined);
  }

  /** What is to be told to whoever asked first, and is not kept any more. */
  take(): [Finding, ...Finding[]] | undefined {
    const found = this.#fresh().flatMap(kept => (kept.finding === undefined ? [] : [{ kept, finding: kept.finding }]));
    const [first] = found;
    if (first === undefined) return undefined;
    const theirs = found.filter(({ kept }) => kept.asker === first.kept.asker);
    for (const { kept } of theirs) this.#forget(kept);
    return [first.finding, ...theirs.slice(1).map(({ finding }) => finding)];
  }

  /** It was not heard. */
  giveBack(findings: readonly Finding[]): void {
    const foundMs = this.#clock.nowMs();
    const room = Math.max(0, MOST - this.#kept.length);
    this.#kept.unshift(
      ...findings.slice(0, room).map(finding => {
        const { what, asker, outcome } = finding;
        return { what, asker, outcome: Promise.resolve(outcome), abort: () => {}, finding, foundMs };
      }),
    );
    if (findings.length > 0) this.#events.found();
  }

  /** For a model that answers something else meanwhile; undefined where there is nothing. */
  told(): string | undefined {
    const kept = this.#fresh();
    if (kept.length === 0) return undefined;
    const lines = kept.map(({ what }) => `- ${shortened(what)}`);
    return `What is still being looked up, or done (you tell it in a turn of its own when it has come: do not wait for it, do not ask for it again, and say nothing of it now, unless you are asked):\n${lines.join('\n')}`;
  }

  /** Calls off what can be, and forgets all of it; or only what this person asked for. */
  clear(asker?: string): void {
    for (const kept of this.#kept.filter(each => asker === undefined || each.asker === asker)) {
      this.#forget(kept);
      kept.abort(new Cancelled('nobody wants to know it any more'));
    }
  }

  #fresh(): Kept[] {
    const nowMs = this.#clock.nowMs();
    this.#kept = this.#kept.filter(({ foundMs = nowMs }) => nowMs - foundMs <= FRESH_MS);
    return this.#kept;
  }

  #forget(kept: Kept): void {
    this.#kept = this.#kept.filter(each => each !== kept);
  }
}

const isWanted = ({ aborted, reason }: AbortSignal): boolean =>
  aborted && reason instanceof Cancelled && reason.stillWanted;
