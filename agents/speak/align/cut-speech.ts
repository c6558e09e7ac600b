import type { VisemeEvent } from '../../../protocol/timeline.ts';
import { SPEECH_RATE } from '../../base/rates.ts';
import { MouthEstimator } from '../estimate/mouth-estimator.ts';
import type { Speech } from '../ports.ts';
import { Resampler } from '../resample.ts';

/**
 * Gives a mouth to a sentence that comes in pieces. One stream runs through all of them, resampled to 48 kHz; what is
 * handed on ends where the mouth is known, up to 80 ms before what has come.
 */
export class CutSpeech {
  readonly #resampler: Resampler | undefined;
  readonly #estimator = new MouthEstimator(SPEECH_RATE);
  /** Sound that waits for its mouth; it begins at sample `#from` of the stream. */
  #held = new Int16Array(0);
  #from = 0;
  #text = '';

  constructor(sampleRate: number) {
    if (sampleRate !== SPEECH_RATE) this.#resampler = new Resampler(sampleRate, SPEECH_RATE);
  }

  /** Undefined while there is not enough. */
  push({ text, pcm }: { text: string; pcm: Int16Array }): Speech | undefined {
    this.#text = `${this.#text} ${text}`.trim();
    const sound = this.#resampler?.push(pcm) ?? pcm;
    const events = this.#add(sound);
    return this.#take(events, events.at(-1)?.peakSample ?? this.#from);
  }

  /** The rest of the sentence. */
  flush(): Speech | undefined {
    const events = this.#add(this.#resampler?.flush() ?? new Int16Array(0));
    return this.#take([...events, ...this.#estimator.flush()], this.#from + this.#held.length);
  }

  #add(sound: Int16Array): VisemeEvent[] {
    const held = new Int16Array(this.#held.length + sound.length);
    held.set(this.#held);
    held.set(sound, this.#held.length);
    this.#held = held;
    return this.#estimator.push(sound);
  }

  #take(events: VisemeEvent[], until: number): Speech | undefined {
    const count = until - this.#from;
    if (count <= 0) return undefined;
    const from = this.#from;
    const speech: Speech = {
      text: this.#text,
      pcm: this.#held.slice(0, count),
      sampleRate: SPEECH_RATE,
      mouth: events.map(event => ({
        ...event,
        startSample: event.startSample - from,
        peakSample: event.peakSample - from,
        endSample: event.endSample - from,
      })),
      cut: true,
    };
    this.#held = this.#held.slice(count);
    this.#from = until;
    this.#text = '';
    return speech;
  }
}
