import type { Clock } from '../base/clock.ts';
import { LISTEN_RATE } from '../base/rates.ts';
import { completeness, isNoise } from './completeness.ts';
import { Endpointing } from './endpointing.ts';
import type { Recognition, Recognizer, VoiceActivity, VoiceActivityProvider } from './ports.ts';
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
  recognizer: Recognizer;
  newId(): string;
}

const WINDOW = 512;
/** Windows of speech in a row that make a start: 64 ms. */
const START_WINDOWS = 2;
/** The detector's own hold-over: silence began this long before it says so. */
const HOLD_WINDOWS = 2;
/** Silence after which the words so far are read for the first time as if they were all. */
const CANDIDATE_MS = 100;
/** Of a long stretch no more sound is held here [C2]; the recognizer has it. */
const MAX_HELD_MS = 25_000;
/** Silence is not worth a detector's time after this. */
const QUIET_AFTER_MS = 600;
/** A pause in mid-sentence is read once more: its first reading may have come before the last sound had faded. */
const READ_AGAIN_MS = 200;

const toMs = (samples: number) => (samples * 1000) / LISTEN_RATE;

/** Hears one person: when they speak, what they say, and when they are done. */
export class Listener {
  readonly endpointing = new Endpointing();
  readonly #deps: ListenerDeps;
  readonly #events: ListenerEvents;
  readonly #vad: VoiceActivity;
  readonly #recognition: Recognition;
  readonly #audio = new UtteranceBuffer();
  #lastArrivalMs: number;
  #quietMs = 0;
  #skipped = 0;
  #speechWindows = 0;
  #current: Stretch | undefined;
  #closed = false;

  /** @param speaker whose voice it is */
  constructor(speaker: string, deps: ListenerDeps, events: ListenerEvents) {
    this.#deps = deps;
    this.#events = events;
    this.#lastArrivalMs = deps.clock.nowMs();
    this.#recognition = deps.recognizer.open(speaker, { partial: text => this.#partial(text) });
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
    const before = this.#current;
    this.#audio.push(pcm);
    this.#quietMs = audible ? 0 : this.#quietMs + toMs(pcm.length);
    if (this.#current === undefined && this.#quietMs > QUIET_AFTER_MS) this.#skipped += pcm.length;
    else this.#vad.push(pcm);
    if (this.#current === undefined) this.#audio.trim();
    else {
      // What has just begun was given all that is held.
      if (this.#current === before) this.#recognition.push(pcm, this.#current.silentFrom === undefined);
      if (toMs(this.#audio.length) > MAX_HELD_MS) this.#audio.clear();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#current?.abort.abort();
    this.#current?.cancelEndpoint?.();
    this.#current = undefined;
    this.#vad.close();
    this.#recognition.close();
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
      readings: 0,
      abort: new AbortController(),
    };
    // With what was said before it was certain to be speech.
    this.#recognition.push(this.#audio.take(this.#audio.position));
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

  #partial(text: string): void {
    if (this.#current !== undefined && !isNoise(text)) this.#events.partial(this.#current.id, text);
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
    const askedMs = this.#deps.clock.nowMs();
    let text: string;
    try {
      ({ text } = await this.#recognition.settle({ signal: current.abort.signal }));
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

  #end(current: Stretch, tell: () => void): void {
    current.cancelEndpoint?.();
    current.abort.abort();
    this.#current = undefined;
    this.#recognition.discard();
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
  /** Ends with each pause that turns out not to be the end. */
  abort: AbortController;
  /** Where the present pause began. */
  silentFrom?: number;
  /** The reading of the present pause, so that an earlier one's answer is not taken for it. */
  reading?: symbol;
  /** How often the present pause was read. */
  readings: number;
  cancelEndpoint?: () => void;
}
