import type { TurnTiming } from '../../protocol/conversation.ts';
import { type SpanName, TRACE_LIMITS, type TurnSpan, type TurnTrace } from '../../protocol/trace.ts';

/** A stretch of the session's clock, ms. */
export interface Stretch {
  startMs: number;
  endMs: number;
}

/** Where a turn's time went: in short, and step by step. */
export interface Accounted {
  timing: TurnTiming;
  trace: TurnTrace;
}

/** When somebody said what a turn answers, ms on the session's clock. */
export interface HeardTimes {
  /** Absent: it was not spoken. */
  speechStartMs?: number;
  speechEndMs: number;
  endpointMs: number;
  /** The reading that was taken. */
  asr?: Stretch;
}

/** What was not spoken but typed, or is nobody's. */
export const heardAt = (nowMs: number): HeardTimes => ({ speechEndMs: nowMs, endpointMs: nowMs });

/** One sentence on its way to speech. */
export interface SentenceTimes {
  startMs: number;
  firstSoundMs?: number;
  endMs?: number;
}

/** When each step of a turn was done, ms on the session's clock. What is absent has not happened. */
export class TurnTimes {
  heard: HeardTimes;
  committed?: number;
  memory?: Stretch;
  asked?: number;
  firstToken?: number;
  firstSentence?: number;
  firstAudio?: number;
  firstSample?: number;
  firstFrame?: number;
  /** Since when somebody speaks over it. */
  paused?: number;
  /** What seemed an interruption was none. */
  resumed = false;
  cached = false;
  readonly #sentences: SentenceTimes[] = [];

  constructor(heard: HeardTimes) {
    this.heard = heard;
  }

  /** A sentence begins to be made. */
  sentence(startMs: number): SentenceTimes {
    const sentence = { startMs };
    if (this.#sentences.length < TRACE_LIMITS.sentences) this.#sentences.push(sentence);
    return sentence;
  }

  /** Where the time went until the first sample, stage after stage. */
  timing(nowMs: number): Pick<TurnTiming, 'sounded' | 'voiceToVoiceMs' | 'stages'> {
    const { speechEndMs, endpointMs } = this.heard;
    const {
      committed = nowMs,
      firstSentence = committed,
      firstAudio = firstSentence,
      firstSample = nowMs,
    }: Partial<TurnTimes> = this;
    const ends = [endpointMs, committed, firstSentence, firstAudio, firstSample];
    let reached = speechEndMs;
    const [endpointing, asr, dialogue, tts, playout] = ends.map(end => {
      const tookMs = Math.max(0, end - reached);
      reached = Math.max(reached, end);
      return rounded(tookMs);
    }) as [number, number, number, number, number];
    return {
      sounded: this.firstSample !== undefined,
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
    const { speechEndMs } = this.heard;
    return {
      ...turn,
      atMs: Math.round(unixMs - (nowMs - speechEndMs)),
      cached: this.cached,
      resumed: this.resumed,
      spans: [...this.#spans(turn.outcome, nowMs)],
    };
  }

  *#spans(outcome: TurnTiming['outcome'], nowMs: number): Generator<TurnSpan> {
    const { heard, memory, asked, firstToken, firstSentence, firstAudio, firstFrame, firstSample, paused } = this;
    const { speechStartMs, speechEndMs, endpointMs, asr } = heard;
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
      yield span('first-frame', Math.max(firstAudio, this.committed ?? 0), firstFrame);
    if (firstSample !== undefined) yield span('playout', firstSample, Math.max(firstSample, paused ?? nowMs));
    if (outcome === 'interrupted') yield span('cut', paused ?? nowMs, nowMs);
  }
}

const rounded = (ms: number) => Math.round(ms * 10) / 10;
