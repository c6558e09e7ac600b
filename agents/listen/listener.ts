import type { Clock } from '../base/clock.ts';
import { LISTEN_RATE } from '../base/rates.ts';
import { Endpointing, type EndpointingOptions, type Judged } from './endpoint/endpointing.ts';
import { isMore, LeftOver } from './left-over.ts';
import { Level } from './level.ts';
import { corrected, type Vocabulary } from './names.ts';
import type { EndOfTurn, Recognition, Recognizer, VoiceActivity, VoiceActivityProvider } from './ports.ts';
import { soundOf, together } from './sound-witness.ts';
import type { Stretch } from './stretch.ts';
import { UtteranceBuffer } from './utterance-buffer.ts';
import { isNoise } from './witness/completeness.ts';
import { askedFor, readWords } from './witness/reading.ts';
import { readVoice } from './witness/voice.ts';

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

/** A pause, and what was made of it. */
export interface PauseJudged extends Judged {
  utteranceId: string;
  /** Where it began, samples of the person's sound. */
  fromSample: number;
  /** How long they have been at it. */
  toldMs: number;
  text: string;
  /** Probability that they are done by the sound alone, where that was asked. */
  sound: number | undefined;
}

export interface ListenerEvents {
  /** Somebody speaks. */
  started(utteranceId: string): void;
  /** @param speechMs how long they have been speaking */
  partial(utteranceId: string, text: string, speechMs: number): void;
  /** They pause: the utterance so far, 16 kHz, before anything is known of its words. It may grow. */
  paused(utteranceId: string, pcm: Int16Array): void;
  /** They may be done: an answer may be prepared, but not shown [T5]. */
  candidate(utteranceId: string, text: string): void;
  /** They were not done after all. */
  resumed(utteranceId: string): void;
  /** They go on with what had been taken for an utterance: it grows, and what was begun is part of it [L1]. */
  continued(utteranceId: string, begun: string): void;
  utterance(utterance: Utterance): void;
  /** It was no speech: a cough, a door. */
  nothing(utteranceId: string): void;
  failed(utteranceId: string, error: unknown): void;
  /** How a pause was judged. */
  judged(pause: PauseJudged): void;
}

export interface ListenerDeps {
  clock: Clock;
  vad: VoiceActivityProvider;
  recognizer: Recognizer;
  /** Absent: whether somebody is done is judged by words, voice and silence. */
  endOfTurn?: EndOfTurn | undefined;
  endpointing?: EndpointingOptions | undefined;
  newId(): string;
}

/** What a listener asks of the conversation. */
export interface ListenerContext {
  /** What the avatar said last. */
  asked(): string;
  /** The words that matter here. */
  vocabulary(): Vocabulary;
  /** Nothing, or little, was heard of an answer to this utterance: who goes on may still be saying it. */
  mayContinue(utteranceId: string): boolean;
}

const WINDOW = 512;
/** Windows of speech in a row that make a start: 64 ms. */
const START_WINDOWS = 2;
/** The detector's own hold-over: silence began this long before it says so. */
const HOLD_WINDOWS = 2;
/** Silence after which the words so far are read for the first time as if they were all. */
const CANDIDATE_MS = 100;
/** Of a long stretch no more sound is held here [C2]; the recognizer has it. */
const MAX_HELD = 20 * LISTEN_RATE;
/** Silence is not worth a detector's time after this. */
const QUIET_AFTER_MS = 600;
/** A pause in mid-sentence is read once more: its first reading may have come before the last sound had faded. */
const READ_AGAIN_MS = 200;
/** Below this probability that the person is done no answer is prepared. */
const UNLIKELY = 0.12;

const toMs = (samples: number) => (samples * 1000) / LISTEN_RATE;

/** Hears one person: when they speak, what they say, and when they are done. */
export class Listener {
  readonly #deps: ListenerDeps;
  readonly #context: ListenerContext;
  readonly #events: ListenerEvents;
  readonly #endpointing: Endpointing;
  readonly #vad: VoiceActivity;
  readonly #recognition: Recognition;
  readonly #audio: UtteranceBuffer;
  readonly #level = new Level();
  #lastArrivalMs: number;
  #quietMs = 0;
  #skipped = 0;
  #speechWindows = 0;
  #current: Stretch | undefined;
  /** What ended last: who goes on soon may not have been done. The recognizer keeps it until then. */
  #left: LeftOver | undefined;
  /** The recognizer was given all that is held, the newest sound with it. */
  #isFed = false;
  #closed = false;

  /** @param speaker whose voice it is */
  constructor(speaker: string, deps: ListenerDeps, context: ListenerContext, events: ListenerEvents) {
    this.#deps = deps;
    this.#context = context;
    this.#events = events;
    this.#endpointing = new Endpointing(deps.endpointing);
    this.#audio = new UtteranceBuffer(deps.endpointing?.prefixMs);
    this.#lastArrivalMs = deps.clock.nowMs();
    this.#recognition = deps.recognizer.open(speaker, {
      partial: text => this.#partial(text),
      done: probability => this.#told(probability),
    });
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
    this.#level.push(pcm);
    this.#isFed = false;
    this.#quietMs = audible ? 0 : this.#quietMs + toMs(pcm.length);
    if (this.#current === undefined && this.#quietMs > QUIET_AFTER_MS) this.#skipped += pcm.length;
    else this.#vad.push(pcm);
    if (this.#left?.isOver(this.#audio.position)) {
      if (this.#left.saidId !== undefined) this.#endpointing.wasDone();
      this.#forget();
    }
    const isHeard = this.#current !== undefined || this.#left?.isWithRecognizer === true;
    if (isHeard && !this.#isFed)
      this.#recognition.push(pcm, this.#current !== undefined && this.#current.silentFrom === undefined);
    if (this.#current === undefined) this.#audio.trim(this.#left?.fromSample);
    if (this.#audio.length > MAX_HELD) this.#audio.trim(this.#audio.position - MAX_HELD / 2);
  }

  /**
   * The microphone is closed: what was being said is read as it is, and told, before this resolves. Nothing is heard
   * any more.
   */
  async finish(): Promise<void> {
    const current = this.#current;
    if (this.#closed || current === undefined) return this.close();
    current.silentFrom ??= this.#audio.position;
    current.finishing = true;
    current.cancelEndpoint?.();
    await this.#read(current);
    this.close();
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

  #window(detected: boolean, endSample: number): void {
    if (this.#closed) return;
    // A television in the room is not the person.
    const speech = detected && !this.#level.isFar(WINDOW / LISTEN_RATE);
    this.#speechWindows = speech ? this.#speechWindows + 1 : 0;
    const current = this.#current;
    if (current?.finishing) return;
    if (current === undefined) {
      if (this.#speechWindows >= START_WINDOWS) this.#start(endSample);
      // A sound that is too short for a start may belong to what follows.
      else if (speech) this.#left ??= LeftOver.ofSound(endSample - WINDOW);
      return;
    }
    if (speech) {
      if (this.#speechWindows >= START_WINDOWS && current.silentFrom !== undefined) this.#goOn(current, endSample);
      return;
    }
    current.silentFrom ??= endSample - HOLD_WINDOWS * WINDOW;
    if (current.reading === undefined && toMs(endSample - current.silentFrom) >= CANDIDATE_MS) void this.#read(current);
  }

  #start(endSample: number): void {
    const startSample = endSample - START_WINDOWS * WINDOW;
    const left = this.#left;
    this.#left = undefined;
    const continues = left?.saidId !== undefined && this.#context.mayContinue(left.saidId) ? left : undefined;
    const isPart = left !== undefined && (left.saidId === undefined || continues !== undefined);
    this.#current = {
      id: this.#deps.newId(),
      fromSample: isPart ? left.fromSample : startSample,
      startSample,
      readings: 0,
      abort: new AbortController(),
      ...(continues !== undefined && { continues }),
    };
    if (!isPart || !left.isWithRecognizer) {
      this.#recognition.discard();
      this.#audio.trim(this.#current.fromSample);
      // With what was said before it was certain to be speech.
      this.#recognition.push(this.#audio.take());
      this.#isFed = true;
    }
    this.#level.begin();
    this.#events.started(this.#current.id);
  }

  /** Speech after a pause: whatever was made of the pause is void. */
  #goOn(current: Stretch, endSample: number): void {
    const pauseMs = toMs(endSample - START_WINDOWS * WINDOW - (current.silentFrom ?? endSample));
    this.#endpointing.paused(pauseMs);
    current.silentFrom = undefined;
    current.sound = undefined;
    current.told = undefined;
    current.rejudge = undefined;
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

  #partial(read: string): void {
    const current = this.#current;
    const text = corrected(read, this.#context.vocabulary());
    if (current !== undefined && !isNoise(text) && this.#isNew(current, text))
      this.#events.partial(current.id, text, toMs((current.silentFrom ?? this.#audio.position) - current.startSample));
  }

  /** The recognizer hears whether they are done: one more who says so, not the one who decides. */
  #told(probability: number): void {
    const current = this.#current;
    if (current?.silentFrom === undefined) return;
    current.told = probability;
    current.rejudge?.();
  }

  /** False while a stretch that may continue an utterance has brought no words of its own. */
  #isNew(current: Stretch, text: string): boolean {
    const { continues } = current;
    if (continues === undefined) return true;
    if (!isMore(text, continues.text)) return false;
    this.#endpointing.paused(toMs(current.startSample - continues.endSample));
    this.#endpointing.cutOff();
    const begun = current.id;
    current.id = continues.saidId!;
    current.continues = undefined;
    this.#events.continued(current.id, begun);
    return true;
  }

  /** A pause: reads the words as if they were all, then decides how long a silence would end the turn. */
  async #read(current: Stretch): Promise<void> {
    const silentFrom = current.silentFrom ?? this.#audio.position;
    const reading = Symbol('reading');
    current.reading = reading;
    current.readings += 1;
    const isStale = () => this.#current !== current || current.reading !== reading;
    const endMs = this.#timeOf(silentFrom);
    // All there is, not only up to the pause: a last soft syllable may lie in it.
    const pcm = this.#audio.take();
    if (current.readings === 1) this.#events.paused(current.id, pcm);
    const trailingSilence = this.#audio.position - silentFrom;
    const askedMs = this.#deps.clock.nowMs();
    const { signal } = current.abort;
    const { clock, endOfTurn } = this.#deps;
    const isAsked = current.sound === undefined && !current.finishing;
    const sound = isAsked ? soundOf(endOfTurn, pcm, { clock, signal }) : undefined;
    let text: string;
    try {
      text = corrected((await this.#recognition.settle({ signal })).text, this.#context.vocabulary());
    } catch (error) {
      if (!isStale()) this.#end(current, undefined, () => this.#events.failed(current.id, error));
      return;
    }
    if (isStale()) return;
    const asr = { startMs: askedMs, endMs: this.#deps.clock.nowMs() };
    if (isNoise(text) || !this.#isNew(current, text)) {
      this.#end(current, '', () => this.#events.nothing(current.id));
      return;
    }
    this.#level.learn();
    const words = readWords(text, askedFor(this.#context.asked()));
    const speechMs = toMs(silentFrom - current.startSample);
    const voice = readVoice(pcm, trailingSilence);
    const { id } = current;
    const heard = () => together(current.sound, current.told);
    const judge = () => this.#endpointing.judge({ words, voice, sound: heard(), speechMs });
    this.#events.partial(id, text, speechMs);
    // An answer is begun with the words; the sound says how long to wait with it.
    const byWords = judge();
    const isCandidate = !current.finishing && words.trailing === 0 && byWords.done >= UNLIKELY;
    if (isCandidate) this.#events.candidate(id, text);
    // Where the words leave no doubt, a question for instance, it is not waited for.
    const heardSound = (heard: number | undefined) => {
      if (isStale() || heard === undefined) return;
      current.sound = heard;
      this.#endpointing.heard(heard);
    };
    if (!byWords.soonest) heardSound(await sound?.afterWords());
    else void sound?.early?.then(heardSound);
    if (isStale()) return;
    const toldMs = toMs(silentFrom - current.fromSample);
    const judged = judge();
    this.#events.judged({ ...judged, utteranceId: id, fromSample: silentFrom, toldMs, text, sound: heard() });
    const finish = (silenceMs: number) => {
      const said = { text, startMs: this.#timeOf(current.startSample), endMs, endpointMs: endMs + silenceMs, asr };
      this.#end(current, text, () => this.#events.utterance({ id, ...said }));
    };
    if (current.finishing) return finish(judged.silenceMs);
    let isReadAgain = false;
    const sinceMs = () => this.#deps.clock.nowMs() - endMs;
    const wait = (silenceMs: number) => {
      const waitMs = silenceMs - sinceMs();
      const wasReadAgain = isReadAgain;
      isReadAgain = waitMs > READ_AGAIN_MS && current.readings < 2;
      // What is known since does not put the second reading off.
      if (isReadAgain && wasReadAgain) return;
      current.cancelEndpoint?.();
      current.cancelEndpoint = isReadAgain
        ? this.#deps.clock.after(READ_AGAIN_MS, () => void this.#read(current))
        : this.#deps.clock.after(Math.max(0, waitMs), () => {
            if (!isStale()) finish(silenceMs);
          });
    };
    current.rejudge = () => {
      if (!isStale()) wait(Math.max(judge().silenceMs, sinceMs()));
    };
    wait(judged.silenceMs);
  }

  /** @param text what was read; '' if that was nothing, undefined if it could not be read */
  #end(current: Stretch, text: string | undefined, tell: () => void): void {
    current.cancelEndpoint?.();
    current.abort.abort();
    this.#current = undefined;
    this.#speechWindows = 0;
    const { fromSample, silentFrom: endSample = this.#audio.position, id, continues } = current;
    const now = this.#audio.position;
    this.#left =
      text === undefined
        ? undefined
        : text !== ''
          ? LeftOver.ofUtterance({ id, text, fromSample, endSample, nowSample: now })
          : // A cough after an utterance leaves it as it was.
            (continues?.after(now) ?? LeftOver.ofNothing({ fromSample, endSample, nowSample: now }));
    if (this.#left === undefined) this.#forget();
    tell();
  }

  #forget(): void {
    this.#left = undefined;
    if (this.#current === undefined) this.#recognition.discard();
  }

  #timeOf(sample: number): number {
    return this.#lastArrivalMs - toMs(this.#audio.position - sample);
  }
}
