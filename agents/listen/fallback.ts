import type { Clock } from '../base/clock.ts';
import { Cooldown } from '../base/cooldown.ts';
import { ProviderError } from '../base/errors.ts';
import { LISTEN_RATE } from '../base/rates.ts';
import type { Recognition, Recognizer, Transcript } from './ports.ts';

/** Of one stretch no more is kept for the second [C2]. */
const MAX_KEPT_SAMPLES = LISTEN_RATE * 60;

/**
 * Lets the first recognizer listen; where it fails, the second reads what was said, and the first is left alone for a
 * while. The second hears nothing until then: only the stretch that is being spoken is kept for it.
 */
export function fallbackRecognizer(
  first: Recognizer,
  second: Recognizer,
  clock: Clock,
  onFailure: (error: ProviderError) => void,
): Recognizer {
  const cooldown = new Cooldown(clock);
  const health: Health = {
    rests: () => cooldown.active,
    failed(error) {
      // One that is being started is asked again as soon as it is there.
      if (error.category !== 'asleep') cooldown.failed();
      onFailure(error);
    },
    read: () => cooldown.succeeded(),
  };
  return {
    capabilities: first.capabilities,
    open: (speaker, on) => new FallbackRecognition(first.open(speaker, on), () => second.open(speaker, on), health),
  };
}

/** How the first is. */
interface Health {
  /** It is left alone now. */
  rests(): boolean;
  failed(error: ProviderError): void;
  /** It has read what was said. */
  read(): void;
}

class FallbackRecognition implements Recognition {
  readonly #first: Recognition;
  readonly #open: () => Recognition;
  readonly #health: Health;
  #second: Recognition | undefined;
  /** The stretch so far, while the first listens to it. */
  #kept: Int16Array[] = [];
  #keptSamples = 0;
  /** The second listens to this stretch. */
  #fellBack: boolean | undefined;

  constructor(first: Recognition, open: () => Recognition, health: Health) {
    this.#first = first;
    this.#open = open;
    this.#health = health;
  }

  push(pcm: Int16Array, isSpeech = true): void {
    this.#fellBack ??= this.#health.rests();
    if (this.#fellBack) {
      this.#other.push(pcm, isSpeech);
      return;
    }
    this.#kept.push(pcm);
    this.#keptSamples += pcm.length;
    while (this.#keptSamples > MAX_KEPT_SAMPLES) this.#keptSamples -= this.#kept.shift()!.length;
    this.#first.push(pcm, isSpeech);
  }

  async settle(options: { signal: AbortSignal }): Promise<Transcript> {
    if (this.#fellBack === true) return this.#other.settle(options);
    try {
      const transcript = await this.#first.settle(options);
      this.#health.read();
      return transcript;
    } catch (error) {
      options.signal.throwIfAborted();
      this.#health.failed(
        error instanceof ProviderError
          ? error
          : new ProviderError('internal', String(error), { retryable: false, cause: error }),
      );
      this.#first.discard();
      this.#fellBack = true;
      for (const pcm of this.#kept.splice(0)) this.#other.push(pcm);
      return this.#other.settle(options);
    }
  }

  discard(): void {
    this.#first.discard();
    this.#second?.discard();
    this.#kept = [];
    this.#keptSamples = 0;
    this.#fellBack = undefined;
  }

  close(): void {
    this.discard();
    this.#first.close();
    this.#second?.close();
  }

  get #other(): Recognition {
    this.#second ??= this.#open();
    return this.#second;
  }
}
