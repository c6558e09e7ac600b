import type { Clock } from '../base/clock.ts';
import { ProviderError } from '../base/errors.ts';
import { LISTEN_RATE } from '../base/rates.ts';
import { withoutLoops } from './loops.ts';
import { joinOverlapping } from './overlap.ts';
import type { Recognition, RecognitionCapabilities, Recognizer, SpeechToText, Transcript } from './ports.ts';
import { UtteranceBuffer } from './utterance-buffer.ts';

const FIRST_PARTIAL_MS = 240;
const PARTIAL_EVERY_MS = 500;
/** Who speaks longer without a pause is read in pieces, which overlap: a word may be cut in two. */
const MAX_STRETCH_MS = 24_000;
const OVERLAP_MS = 2000;
/** After so much, what was read up to a pause is not read again. */
const SETTLED_MS = 22_000;
const RETRY_MS = 250;
/** Longer than a hung recognizer takes to be ended and started again. */
const GIVE_UP_MS = 15_000;

const toMs = (samples: number) => (samples * 1000) / LISTEN_RATE;
const toSamples = (ms: number) => (ms * LISTEN_RATE) / 1000;

/**
 * A stream made of a recognizer of whole utterances: what has come is given to it again and again while somebody
 * speaks, where that costs nothing, and once when they pause. What was said while it starts again is not lost.
 */
export const batched = (
  asr: SpeechToText,
  clock: Clock,
  capabilities: RecognitionCapabilities = { partials: 'cheap', words: false },
): Recognizer => ({
  capabilities,
  open: (_speaker, { partial, language }) => {
    const told = language === undefined ? asr : toldLanguage(asr, language);
    return new BatchedRecognition(withoutLoops(told), clock, capabilities.partials === 'cheap' ? partial : undefined);
  },
});

const toldLanguage = (asr: SpeechToText, language: string): SpeechToText => ({
  transcribe: (pcm, options) => asr.transcribe(pcm, { ...options, language }),
});

class BatchedRecognition implements Recognition {
  readonly #asr: SpeechToText;
  readonly #clock: Clock;
  readonly #partial: ((text: string) => void) | undefined;
  #stretch: Stretch | undefined;
  #closed = false;

  constructor(asr: SpeechToText, clock: Clock, partial: ((text: string) => void) | undefined) {
    this.#asr = asr;
    this.#clock = clock;
    this.#partial = partial;
  }

  push(pcm: Int16Array, isSpeech = true): void {
    if (this.#closed) return;
    // What comes first is what was said before anybody knew that it was speech.
    this.#stretch ??= new Stretch(pcm.length);
    const stretch = this.#stretch;
    stretch.audio.push(pcm);
    // The reading of a pause would have to wait for a partial that was begun in it.
    if (this.#partial !== undefined && isSpeech && !stretch.settling) this.#maybePartial(stretch, this.#partial);
    if (toMs(stretch.audio.length) > MAX_STRETCH_MS) this.#fold(stretch);
  }

  async settle({ signal }: { signal: AbortSignal }): Promise<Transcript> {
    signal.throwIfAborted();
    const stretch = this.#stretch;
    if (stretch === undefined) return { text: '' };
    stretch.settling = true;
    signal.addEventListener('abort', () => stretch.goOn(), { once: true });
    const pcm = stretch.audio.take();
    const { position } = stretch.audio;
    // What is folded from here on is in `pcm` too.
    const before = stretch.folding.then(() => stretch.prefix);
    const { text, words } = await this.#transcribe(pcm, AbortSignal.any([signal, stretch.life.signal]));
    const prefix = await before;
    const whole = stretch.join(prefix, text);
    if (!signal.aborted && toMs(pcm.length) > SETTLED_MS) stretch.read = { text: whole, position };
    return { text: whole, ...(prefix === '' && words !== undefined && { words }) };
  }

  discard(): void {
    this.#stretch?.life.abort(new ProviderError('internal', 'the stretch is over', { retryable: false }));
    this.#stretch = undefined;
  }

  close(): void {
    this.#closed = true;
    this.discard();
  }

  #maybePartial(stretch: Stretch, tell: (text: string) => void): void {
    if (stretch.partialPending || stretch.audio.position < stretch.nextPartialSample) return;
    stretch.partialPending = true;
    const beganMs = this.#clock.nowMs();
    const { prefix } = stretch;
    const signal = AbortSignal.any([stretch.wanted.signal, stretch.life.signal]);
    this.#asr
      .transcribe(stretch.audio.take(stretch.audio.position), { signal, final: false })
      .then(({ text }) => {
        if (this.#stretch === stretch && !signal.aborted) tell(stretch.join(prefix, text));
      })
      .catch(() => {
        // busy or restarting: the next partial, or the final reading, will do
      })
      .finally(() => {
        stretch.partialPending = false;
        // A slow recognizer is asked less often.
        const tookMs = this.#clock.nowMs() - beganMs;
        stretch.nextPartialSample = stretch.audio.position + toSamples(Math.max(PARTIAL_EVERY_MS - tookMs, tookMs * 3));
      });
  }

  /** A very long stretch: what is there becomes text, the rest goes on. */
  #fold(stretch: Stretch): void {
    const pcm = stretch.audio.take();
    stretch.audio.trim(stretch.audio.position - toSamples(OVERLAP_MS));
    stretch.folding = stretch.folding
      .then(() => this.#transcribe(pcm, stretch.life.signal))
      .then(({ text }) => {
        stretch.prefix = stretch.join(stretch.prefix, text);
        stretch.overlaps = true;
      })
      .catch(() => {
        // this piece is lost; the rest is still heard
      });
  }

  /** Tries again while the recognizer restarts: what was said is not lost with it. */
  async #transcribe(pcm: Int16Array, signal: AbortSignal): Promise<Transcript> {
    const giveUpMs = this.#clock.nowMs() + GIVE_UP_MS;
    while (true) {
      try {
        return await this.#asr.transcribe(pcm, { signal, final: true });
      } catch (error) {
        // One that is being started takes longer than that: the next one reads.
        const retry =
          error instanceof ProviderError &&
          error.retryable &&
          error.category !== 'asleep' &&
          this.#clock.nowMs() < giveUpMs;
        if (!retry || signal.aborted) throw error;
        await this.#wait(RETRY_MS, signal);
        signal.throwIfAborted();
      }
    }
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const cancel = this.#clock.after(ms, resolve);
      signal.addEventListener(
        'abort',
        () => {
          cancel();
          resolve();
        },
        { once: true },
      );
    });
  }
}

/** What is being said. */
class Stretch {
  readonly audio = new UtteranceBuffer(0);
  /** Ends with the stretch. */
  readonly life = new AbortController();
  /** Ends with each pause that turns out not to be the end. */
  wanted = new AbortController();
  /** Text of pieces that were too long to keep. */
  prefix = '';
  /** Pieces still being transcribed, in order. */
  folding: Promise<void> = Promise.resolve();
  /** The end of `prefix` is in the sound, too. */
  overlaps = false;
  /** What the last pause's reading gave, and up to where. */
  read: { text: string; position: number } | undefined;
  partialPending = false;
  nextPartialSample: number;
  /** A pause is being read: nothing new is said in it. */
  settling = false;

  constructor(heldSamples: number) {
    this.nextPartialSample = heldSamples + toSamples(FIRST_PARTIAL_MS);
  }

  /** What was read before, and the words of the sound at hand. */
  join(prefix: string, text: string): string {
    return this.overlaps ? joinOverlapping(prefix, text) : `${prefix} ${text}`.trim();
  }

  /** They go on after a pause. */
  goOn(): void {
    this.settling = false;
    if (this.read !== undefined) {
      this.prefix = this.read.text;
      this.overlaps = false;
      this.audio.trim(this.read.position);
      this.read = undefined;
    }
    this.wanted.abort();
    this.wanted = new AbortController();
  }
}
