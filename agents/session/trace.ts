import type { TurnTiming } from '../../protocol/conversation.ts';
import { type SpanName, TRACE_LIMITS, type TurnSpan, type TurnTrace } from '../../protocol/trace.ts';
import type { Mark } from '../respond/port.ts';
import type { SaidTimes, Stretch } from './floor/said-times.ts';

/** Where a turn's time went: in short, and step by step. */
export interface Accounted {
  timing: TurnTiming;
  trace: TurnTrace;
}

/** One sentence on its way to speech. */
interface SentenceTimes {
  startMs: number;
  firstSoundMs?: number;
  endMs?: number;
}

/** Steps of a turn, in the order in which they are usually done. */
export type TurnStep =
  | 'asked'
  | 'firstToken'
  | 'firstSentence'
  | 'firstAudio'
  | 'committed'
  | 'firstSample'
  | 'firstFrame';

/** When each step of a turn was done, ms on the session's clock. What has no mark has not happened. */
export class TurnTimes {
  #said: SaidTimes;
  readonly #marks: { [S in TurnStep]?: number } = {};
  #memory: Stretch | undefined;
  /** Since when somebody speaks over it. */
  #paused: number | undefined;
  #resumed = false;
  #cached = false;
  readonly #sentences: SentenceTimes[] = [];

  constructor(said: SaidTimes) {
    this.#said = said;
  }

  /** What it answers turned out to have been said then. */
  answers(said: SaidTimes): void {
    this.#said = said;
  }

  /** A step is done; the first mark counts. */
  mark(step: TurnStep, nowMs: number): void {
    this.#marks[step] ??= nowMs;
  }

  /** What the answer is made from was put together. */
  remembered(memory: Stretch): void {
    this.#memory = memory;
  }

  /** Somebody speaks over it. */
  paused(nowMs: number): void {
    this.#paused = nowMs;
  }

  /** What seemed an interruption was none. */
  resumed(): void {
    this.#paused = undefined;
    this.#resumed = true;
  }

  /** A step of who answers is done. */
  told(mark: Mark): void {
    switch (mark.step) {
      case 'cached':
        this.#cached = true;
        break;
      case 'sentence':
        this.mark('firstSentence', mark.atMs);
        if (mark.sentence < TRACE_LIMITS.sentences) this.#sentences[mark.sentence] ??= { startMs: mark.atMs };
        break;
      case 'sound':
        this.mark('firstAudio', mark.atMs);
        this.#sentence(mark.sentence, { firstSoundMs: mark.atMs });
        break;
      case 'made':
        this.#sentence(mark.sentence, { endMs: mark.atMs });
        break;
      default:
        this.mark(mark.step, mark.atMs);
    }
  }

  /** So many sentences were begun, as far as they are counted. */
  get sentences(): number {
    return this.#sentences.length;
  }

  /** Where the time went until the first sample, stage after stage. */
  timing(nowMs: number): Pick<TurnTiming, 'sounded' | 'voiceToVoiceMs' | 'stages'> {
    const { speechEndMs, endpointMs } = this.#said;
    const {
      committed = nowMs,
      firstSentence = committed,
      firstAudio = firstSentence,
      firstSample = nowMs,
    } = this.#marks;
    const ends = [endpointMs, committed, firstSentence, firstAudio, firstSample];
    let reached = speechEndMs;
    const [endpointing, asr, dialogue, tts, playout] = ends.map(end => {
      const tookMs = Math.max(0, end - reached);
      reached = Math.max(reached, end);
      return rounded(tookMs);
    }) as [number, number, number, number, number];
    return {
      sounded: this.#marks.firstSample !== undefined,
      voiceToVoiceMs: rounded(reached - speechEndMs),
      stages: {
        endpointingMs: endpointing,
        asrMs: asr,
        dialogueMs: dialogue,
        ttsMs: tts,
        playoutMs: playout,
      },
    };
  }

  /** Everything that happened, as it was, speculation included. */
  trace(turn: Omit<TurnTiming, 'stages'>, nowMs: number, unixMs: number): TurnTrace {
    const { speechEndMs } = this.#said;
    return {
      ...turn,
      atMs: Math.round(unixMs - (nowMs - speechEndMs)),
      cached: this.#cached,
      resumed: this.#resumed,
      spans: [...this.#spans(turn.outcome, nowMs)],
    };
  }

  *#spans(outcome: TurnTiming['outcome'], nowMs: number): Generator<TurnSpan> {
    const { asked, firstToken, firstSentence, firstAudio, firstFrame, firstSample, committed = 0 } = this.#marks;
    const { speechStartMs, speechEndMs, endpointMs, asr } = this.#said;
    const [memory, paused] = [this.#memory, this.#paused];
    const span = (name: SpanName, startMs: number, endMs: number): TurnSpan => ({
      name,
      startMs: rounded(startMs - speechEndMs),
      durationMs: rounded(Math.max(0, endMs - startMs)),
    });
    if (speechStartMs !== undefined) {
      yield span('utterance', speechStartMs, speechEndMs);
      yield span('endpointing', speechEndMs, endpointMs);
    }
    if (asr !== undefined) yield span('asr', asr.startMs, asr.endMs);
    if (memory !== undefined) yield span('memory', memory.startMs, memory.endMs);
    if (asked !== undefined && firstToken !== undefined) yield span('first-token', asked, firstToken);
    if (firstToken !== undefined && firstSentence !== undefined)
      yield span('first-sentence', firstToken, firstSentence);
    for (const { startMs, firstSoundMs, endMs = nowMs } of this.#sentences)
      yield {
        ...span('tts', startMs, endMs),
        ...(firstSoundMs !== undefined && { firstSoundMs: rounded(firstSoundMs - startMs) }),
      };
    if (firstAudio !== undefined && firstFrame !== undefined)
      yield span('first-frame', Math.max(firstAudio, committed), firstFrame);
    if (firstSample !== undefined) yield span('playout', firstSample, Math.max(firstSample, paused ?? nowMs));
    if (outcome === 'interrupted') yield span('cut', paused ?? nowMs, nowMs);
  }

  #sentence(number: number, times: Partial<SentenceTimes>): void {
    const sentence = this.#sentences[number];
    if (sentence !== undefined) Object.assign(sentence, times);
  }
}

const rounded = (ms: number) => Math.round(ms * 10) / 10;
