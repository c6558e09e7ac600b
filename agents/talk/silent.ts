/** A voice and a stage without sound: what is said is there at once, as long as it is written. */
import { SPEECH_RATE } from '../base/rates.ts';
import type { Mood, Performance, Progress, SpokenChunk } from '../perform/port.ts';
import type { TextToSpeech } from '../speak/ports.ts';

/** A millisecond for each word: enough to tell one word's end from the next one's. */
const WORD_SAMPLES = SPEECH_RATE / 1000;

/** Says every sentence in as many milliseconds as it has words. */
export const silentVoice: TextToSpeech = {
  capabilities: { phones: false, prosody: false, reads: 'written', voices: { known: ['silent'], closed: false } },
  async *speak(text) {
    const words = text.split(/\s+/).filter(Boolean);
    yield {
      text,
      pcm: new Int16Array(words.length * WORD_SAMPLES),
      sampleRate: SPEECH_RATE,
      words: words.map((word, i) => ({ text: word, startSample: i * WORD_SAMPLES, endSample: (i + 1) * WORD_SAMPLES })),
    };
  },
  close: async () => {},
};

/** Plays what it is given the moment it is given it, and waits for nothing. */
export class SilentStage implements Performance {
  readonly capabilities = { pauses: 'exact', position: 'sample', mouth: 'ours' } as const;
  readonly #tell: (progress: Progress) => void;
  #turn: { id: string; made: number; told: number; complete: boolean } | undefined;
  #due = false;
  #emotion: Mood['emotion'] = 'neutral';

  constructor(tell: (progress: Progress) => void) {
    this.#tell = tell;
  }

  /** What the face shows. */
  get emotion(): Mood['emotion'] {
    return this.#emotion;
  }

  begin(turnId: string): void {
    this.#turn = { id: turnId, made: 0, told: 0, complete: false };
  }
  speech(turnId: string, { pcm }: SpokenChunk): void {
    if (this.#turn?.id !== turnId) return;
    this.#turn.made += pcm.length;
    this.#play();
  }
  complete(turnId: string): void {
    if (this.#turn?.id !== turnId) return;
    this.#turn.complete = true;
    this.#play();
  }
  pause(): void {}
  resume(): void {}
  cancel(turnId: string): void {
    if (this.#turn?.id === turnId) this.#turn = undefined;
  }
  mood({ emotion }: Mood): void {
    this.#emotion = emotion;
  }

  /** After what is going on now: the session is told of nothing in the midst of handing it over. */
  #play(): void {
    if (this.#due) return;
    this.#due = true;
    setImmediate(() => {
      this.#due = false;
      const turn = this.#turn;
      if (turn === undefined) return;
      const { id: turnId, made: samples, complete: done } = turn;
      const started = turn.told === 0 && samples > 0;
      turn.told = samples;
      if (done) this.#turn = undefined;
      this.#tell({ turnId, samples, dueUnixMs: Date.now(), started, done });
    });
  }
}
