import { untilAborted } from '../base/cancellation.ts';
import type { Clock } from '../base/clock.ts';
import { Cooldown } from '../base/cooldown.ts';
import { ProviderError } from '../base/errors.ts';
import { SPEECH_RATE } from '../base/rates.ts';
import type { Conversation } from '../think/ports.ts';
import type { Responder, ResponderCapabilities, RespondOptions, Spoken } from './port.ts';

export interface FirstSoundOptions {
  clock: Clock;
  /** Once the turn is certain, the first sound is waited for so long. */
  withinMs: number;
  /** The first has failed; `fellBack`: before it gave a sound, so that the second answers. */
  failed(error: ProviderError, fellBack: boolean): void;
}

const CUTS = ['none', 'coarse', 'exact'] as const;

/** Where another goes on in mid-answer, a breath is drawn. */
const BREATH_SAMPLES = 0.25 * SPEECH_RATE;

/**
 * Asks the first; where it fails, or gives no sound in time, the second answers. Sound that was passed on cannot be taken
 * back: where the first breaks off, the second is told what it has said, and goes on. One that fails is left alone for a
 * while.
 */
export const firstSound = (first: Responder, second: Responder, options: FirstSoundOptions): Responder =>
  new FirstSound(first, second, options);

/** `begun`: what another has already said of the answer. */
type Ask = (responder: Responder, options: RespondOptions, begun?: string) => AsyncIterable<Spoken>;

class FirstSound implements Responder {
  readonly name: string;
  readonly capabilities: ResponderCapabilities;
  readonly #first: Responder;
  readonly #second: Responder;
  readonly #options: FirstSoundOptions;
  readonly #cooldown: Cooldown;

  constructor(first: Responder, second: Responder, options: FirstSoundOptions) {
    this.name = `${first.name}, else ${second.name}`;
    const both = [first.capabilities, second.capabilities];
    this.capabilities = {
      ears: both.some(({ ears }) => ears),
      speculates: both.every(({ speculates }) => speculates),
      cuts: CUTS.find(weakest => both.some(({ cuts }) => cuts === weakest))!,
    };
    this.#first = first;
    this.#second = second;
    this.#options = options;
    this.#cooldown = new Cooldown(options.clock);
  }

  respond(conversation: Conversation, options: RespondOptions): AsyncIterable<Spoken> {
    const ask: Ask = (responder, how, begun) =>
      responder.respond(begun === undefined ? conversation : { ...conversation, begun }, how);
    return this.#either(ask, options);
  }

  say(text: string, names: readonly string[], options: RespondOptions): AsyncIterable<Spoken> {
    return this.#either((responder, how) => responder.say(text, names, how), options);
  }

  hear(who: string, pcm: Int16Array, speaking: boolean): void {
    for (const each of [this.#first, this.#second]) if (each.capabilities.ears) each.hear?.(who, pcm, speaking);
  }

  heardUpTo(turnId: string, samples: number): void {
    this.#first.heardUpTo?.(turnId, samples);
    this.#second.heardUpTo?.(turnId, samples);
  }

  close(): void {
    this.#first.close?.();
    this.#second.close?.();
  }

  async *#either(ask: Ask, options: RespondOptions): AsyncGenerator<Spoken, void, undefined> {
    const begun = this.#cooldown.active ? '' : yield* this.#sounded(ask, options);
    if (begun === undefined) return;
    if (begun !== '') yield { type: 'speech', pcm: new Int16Array(BREATH_SAMPLES), events: [], words: [] };
    yield* ask(this.#second, options, begun === '' ? undefined : begun);
  }

  /**
   * Passes on what the first says; what leads up to its first sound waits for that. Returns undefined when its answer is
   * whole, else the words of what it has said: none where it was nothing.
   */
  async *#sounded(ask: Ask, options: RespondOptions): AsyncGenerator<Spoken, string | undefined, undefined> {
    const { clock, withinMs, failed } = this.#options;
    const late = new AbortController();
    const signal = AbortSignal.any([options.signal, late.signal]);
    const silent = new ProviderError('network', `no sound in ${withinMs} ms`, { retryable: true });
    let cancelTimer = () => {};
    let waits = true;
    void options.committed.then(() => {
      if (waits) cancelTimer = clock.after(withinMs, () => late.abort(silent));
    });
    const before: Spoken[] = [];
    const words: string[] = [];
    try {
      for await (const spoken of untilAborted(ask(this.#first, { ...options, signal }), signal)) {
        if (waits && spoken.type !== 'speech') {
          before.push(spoken);
          continue;
        }
        waits = false;
        cancelTimer();
        yield* before.splice(0);
        if (spoken.type === 'speech') words.push(...spoken.words.map(({ text }) => text));
        yield spoken;
      }
      if (waits) throw new ProviderError('internal', 'the answer had no sound', { retryable: true });
      this.#cooldown.succeeded();
      return undefined;
    } catch (error) {
      options.signal.throwIfAborted();
      const failure =
        error instanceof ProviderError
          ? error
          : new ProviderError('internal', String(error), { retryable: false, cause: error });
      // What one question was refused for says nothing of the next.
      if (failure.category !== 'bad-input') this.#cooldown.failed();
      failed(failure, waits);
      return words.join(' ') || (waits ? '' : '…');
    } finally {
      waits = false;
      cancelTimer();
    }
  }
}
