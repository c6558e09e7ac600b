import type { Clock } from '../base/clock.ts';
import { ProviderError } from '../base/errors.ts';
import { LISTEN_RATE } from '../base/rates.ts';
import { completeness, isNoise } from './completeness.ts';
import { Endpointing } from './endpointing.ts';
import type { SpeechToText, VoiceActivity, VoiceActivityProvider } from './ports.ts';
import { finalContour } from './prosody.ts';
import { UtteranceBuffer } from './utterance-buffer.ts';

/** What one person said, with the times that say how quick we were (ms on the session's clock). */
export interface Utterance {
  id: string;
  text: string;
  startMs: number;
  /** End of the last sound of speech. */
  endMs: number;
  /** When the silence was judged long enough. */
  endpointMs: number;
  /** When its words were read. */
  asr: { startMs: number; endMs: number };
}

export interface ListenerEvents {
  /** Somebody speaks. */
  started(utteranceId: string): void;
  partial(utteranceId: string, text: string): void;
  /** They pause: the utterance so far, 16 kHz, before anything is known of its words. It may grow. */
  paused(utteranceId: string, pcm: Int16Array): void;
  /** They may be done: an answer may be prepared, but not shown [T5]. */
  candidate(utteranceId: string, text: string): void;
  /** They were not done after all. */
  resumed(utteranceId: string): void;
  utterance(utterance: Utterance): void;
  /** It was no speech: a cough, a door. */
  nothing(utteranceId: string): void;
  failed(utteranceId: string, error: unknown): void;
}

export interface ListenerDeps {
  clock: Clock;
  vad: VoiceActivityProvider;
  asr: SpeechToText;
  newId(): string;
}

const WINDOW = 512;
/** Windows of speech in a row that make a start: 64 ms. */
const START_WINDOWS = 2;
/** The detector's own hold-over: silence began this long before it says so. */
const HOLD_WINDOWS = 2;
/** Silence after which the words so far are read for the first time as if they were all. */
const CANDIDATE_MS = 100;
const FIRST_PARTIAL_MS = 300;
const PARTIAL_EVERY_MS = 500;
/** Longer stretches are transcribed in pieces. */
const MAX_STRETCH_MS = 25_000;
/** Silence is not worth a detector's time after this. */
const QUIET_AFTER_MS = 600;
const RETRY_MS = 250;
/** Longer than a hung recognizer takes to be ended and started again. */
const GIVE_UP_MS = 15_000;
/** A pause in mid-sentence is read once more: its first reading may have come before the last sound had faded. */
const READ_AGAIN_MS = 200;

const toMs = (samples: number) => (samples * 1000) / LISTEN_RATE;

/** Hears one person: when they speak, what they say, and when they are done. */
export class Listener {
  readonly endpointing = new Endpointing();
  readonly #deps: ListenerDeps;
  readonly #events: ListenerEvents;
  readonly #vad: VoiceActivity;
  readonly #audio = new UtteranceBuffer();
  #lastArrivalMs: number;
  #quietMs = 0;
  #skipped = 0;
  #speechWindows = 0;
  #current: Stretch | undefined;
  #closed = false;

  constructor(deps: ListenerDeps, events: ListenerEvents) {
    this.#deps = deps;
    this.#events = events;
    this.#lastArrivalMs = deps.clock.nowMs();
    this.#vad = deps.vad.open((speech, endSample) => this.#window(speech, endSample + this.#skipped));
  }

  /** Somebody speaks now, or has just paused. */
  get speaking(): boolean {
    return this.#current !== undefined;
  }

  /** The utterance that is being spoken. */
  get utteranceId(): string | undefined {
    return this.#current?.id;
  }

  /** The next audio, 16 kHz mono, as it arrives. `audible` is false for silence. */
  push(pcm: Int16Array, audible: boolean): void {
    if (this.#closed) return;
    this.#lastArrivalMs = this.#deps.clock.nowMs();
    this.#audio.push(pcm);
    this.#quietMs = audible ? 0 : this.#quietMs + toMs(pcm.length);
    if (this.#current === undefined && this.#quietMs > QUIET_AFTER_MS) this.#skipped += pcm.length;
    else this.#vad.push(pcm);
    if (this.#current === undefined) this.#audio.trim();
    else if (toMs(this.#audio.length) > MAX_STRETCH_MS) this.#foldStretch(this.#current);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#current?.abort.abort();
    this.#current?.life.abort();
    this.#current?.cancelEndpoint?.();
    this.#current = undefined;
    this.#vad.close();
  }

  #window(speech: boolean, endSample: number): void {
    if (this.#closed) return;
    this.#speechWindows = speech ? this.#speechWindows + 1 : 0;
    const current = this.#current;
    if (current === undefined) {
      if (this.#speechWindows >= START_WINDOWS) this.#start(endSample);
      return;
    }
    if (speech) {
      if (this.#speechWindows >= START_WINDOWS && current.silentFrom !== undefined) this.#goOn(current);
      if (current.silentFrom === undefined) this.#maybePartial(current, endSample);
      return;
    }
    current.silentFrom ??= endSample - HOLD_WINDOWS * WINDOW;
    if (current.reading === undefined && toMs(endSample - current.silentFrom) >= CANDIDATE_MS) void this.#read(current);
  }

  #start(endSample: number): void {
    const startSample = endSample - START_WINDOWS * WINDOW;
    this.#current = {
      id: this.#deps.newId(),
      startMs: this.#timeOf(startSample),
      startSample,
      prefix: '',
      nextPartialSample: startSample + (FIRST_PARTIAL_MS * LISTEN_RATE) / 1000,
      partialPending: false,
      readings: 0,
      abort: new AbortController(),
      life: new AbortController(),
      folding: Promise.resolve(),
    };
    this.#events.started(this.#current.id);
  }

  /** Speech after a pause: whatever was made of the pause is void. */
  #goOn(current: Stretch): void {
    current.silentFrom = undefined;
    current.readings = 0;
    current.cancelEndpoint?.();
    current.cancelEndpoint = undefined;
    if (current.reading !== undefined) {
      current.reading = undefined;
      current.abort.abort();
      current.abort = new AbortController();
      this.#events.resumed(current.id);
    }
  }

  #maybePartial(current: Stretch, endSample: number): void {
    if (endSample < current.nextPartialSample || current.partialPending) return;
    current.partialPending = true;
    const beganMs = this.#deps.clock.nowMs();
    const { signal } = current.abort;
    const { prefix } = current;
    this.#deps.asr
      .transcribe(this.#audio.take(endSample), { signal, final: false })
      .then(({ text }) => {
        if (this.#current === current && !signal.aborted && !isNoise(text))
          this.#events.partial(current.id, join(prefix, text));
      })
      .catch(() => {
        // busy or restarting: the next partial, or the final reading, will do
      })
      .finally(() => {
        current.partialPending = false;
        // A slow recognizer is asked less often.
        const tookMs = this.#deps.clock.nowMs() - beganMs;
        current.nextPartialSample =
          this.#audio.position + (Math.max(PARTIAL_EVERY_MS - tookMs, tookMs * 3) * LISTEN_RATE) / 1000;
      });
  }

  /** A pause: reads the words as if they were all, then decides how long a silence would end the turn. */
  async #read(current: Stretch): Promise<void> {
    const silentFrom = current.silentFrom ?? this.#audio.position;
    const reading = Symbol('reading');
    current.reading = reading;
    current.readings += 1;
    const endMs = this.#timeOf(silentFrom);
    // All there is, not only up to the pause: a last soft syllable may lie in it.
    const pcm = this.#audio.take(this.#audio.position);
    if (current.readings === 1) this.#events.paused(current.id, pcm);
    const trailingSilence = this.#audio.position - silentFrom;
    // What is folded from here on is in `pcm` too.
    const before = current.folding.then(() => current.prefix);
    const askedMs = this.#deps.clock.nowMs();
    let text: string;
    try {
      const read = await this.#transcribe(pcm, current.abort.signal);
      text = join(await before, read.text);
    } catch (error) {
      if (this.#current === current && current.reading === reading)
        this.#end(current, () => this.#events.failed(current.id, error));
      return;
    }
    if (this.#current !== current || current.reading !== reading) return;
    const asr = { startMs: askedMs, endMs: this.#deps.clock.nowMs() };
    if (isNoise(text)) {
      this.#end(current, () => this.#events.nothing(current.id));
      return;
    }
    const read = completeness(text);
    const silenceMs = this.endpointing.silenceMs({
      completeness: read,
      contour: finalContour(pcm, trailingSilence),
      speechMs: endMs - current.startMs,
    });
    this.#events.partial(current.id, text);
    if (read !== 'trailing') this.#events.candidate(current.id, text);
    const endpointMs = Math.max(endMs + silenceMs, this.#deps.clock.nowMs());
    if (read !== 'finished' && current.readings < 2) {
      current.cancelEndpoint = this.#deps.clock.after(READ_AGAIN_MS, () => void this.#read(current));
      return;
    }
    current.cancelEndpoint = this.#deps.clock.after(endpointMs - this.#deps.clock.nowMs(), () => {
      if (this.#current !== current) return;
      this.#end(current, () =>
        this.#events.utterance({
          id: current.id,
          text,
          startMs: current.startMs,
          endMs,
          endpointMs: endMs + silenceMs,
          asr,
        }),
      );
    });
  }

  /** Tries again while the recognizer restarts: what was said is not lost with it. */
  async #transcribe(pcm: Int16Array, signal: AbortSignal): Promise<{ text: string }> {
    const giveUpMs = this.#deps.clock.nowMs() + GIVE_UP_MS;
    while (true) {
      try {
        return await this.#deps.asr.transcribe(pcm, { signal, final: true });
      } catch (error) {
        const retry = error instanceof ProviderError && error.retryable && this.#deps.clock.nowMs() < giveUpMs;
        if (!retry || signal.aborted) throw error;
        await this.#wait(RETRY_MS, signal);
        signal.throwIfAborted();
      }
    }
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const cancel = this.#deps.clock.after(ms, resolve);
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

  /** A very long stretch: what is there becomes text, the rest goes on. */
  #foldStretch(current: Stretch): void {
    const pcm = this.#audio.take(this.#audio.position);
    this.#audio.clear();
    current.folding = current.folding
      .then(() => this.#transcribe(pcm, current.life.signal))
      .then(({ text }) => {
        current.prefix = join(current.prefix, text);
      })
      .catch(() => {
        // this piece is lost; the rest is still heard
      });
  }

  #end(current: Stretch, tell: () => void): void {
    current.cancelEndpoint?.();
    current.life.abort();
    this.#current = undefined;
    this.#speechWindows = 0;
    this.#audio.trim();
    tell();
  }

  #timeOf(sample: number): number {
    return this.#lastArrivalMs - toMs(this.#audio.position - sample);
  }
}

/** One stretch of speech, from its start to its endpoint. */
interface Stretch {
  id: string;
  startMs: number;
  startSample: number;
  /** Text of pieces that were too long to keep. */
  prefix: string;
  nextPartialSample: number;
  partialPending: boolean;
  abort: AbortController;
  /** Ends with the stretch; `abort` ends with each pause that turns out not to be the end. */
  life: AbortController;
  /** Pieces still being transcribed, in order. */
  folding: Promise<void>;
  /** Where the present pause began. */
  silentFrom?: number;
  /** The reading of the present pause, so that an earlier one's answer is not taken for it. */
  reading?: symbol;
  /** How often the present pause was read. */
  readings: number;
  cancelEndpoint?: () => void;
}

const join = (prefix: string, text: string) => `${prefix} ${text}`.trim();
