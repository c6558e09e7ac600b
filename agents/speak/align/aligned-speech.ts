import { setImmediate } from 'node:timers/promises';
import type { Phone, VisemeEvent } from '../../../protocol/timeline.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { MouthEstimator } from '../estimate/mouth-estimator.ts';
import type { SpeakOptions, Speech, TextToSpeech, TimedText } from '../ports.ts';
import { resampled } from '../resample.ts';
import { CutSpeech } from './cut-speech.ts';
import { ALIGN_RATE, type Aligner } from './ports.ts';
import { spokenWords } from './spoken-words.ts';
import { groupedWords, spreadPhones, withPauses } from './spread.ts';

/** Longer than this an answer does not wait for its lips; the sound's length counts, as the work grows with it. */
const PATIENCE_MS = 250;
const PATIENCE_SHARE = 0.1;
/** Longer stretches are not looked through: the aligner would be busy for too long for others. */
const LONGEST_S = 12;
const LONGEST_WORD = 40;
/** The estimator takes this much at a time, a fraction of a millisecond's work, and lets others go on in between. */
const CHUNK_MS = 60;

/** Why the mouth was taken from the sound alone. */
export type EstimateReason = 'streamed' | 'no-words' | 'not-found' | 'too-long' | 'too-slow' | 'failed';

/**
 * Any voice with a mouth. What the voice knows is used: phones as they are, else the times of its words or characters,
 * else its text is looked for in its sound. Where that fails or takes too long, and where the sentence is still
 * arriving, the mouth follows the sound itself (`mouth` instead of `phones`). Owns neither voice nor aligner.
 */
export class AlignedSpeech implements TextToSpeech {
  readonly capabilities: TextToSpeech['capabilities'];
  readonly #voice: TextToSpeech;
  readonly #aligner: Aligner;
  readonly #onEstimate: (reason: EstimateReason) => void;
  readonly #clock: Clock;

  constructor(
    voice: TextToSpeech,
    aligner: Aligner,
    onEstimate: (reason: EstimateReason) => void = () => {},
    clock: Clock = systemClock,
  ) {
    this.capabilities = { ...voice.capabilities, phones: true };
    this.#voice = voice;
    this.#aligner = aligner;
    this.#onEstimate = onEstimate;
    this.#clock = clock;
  }

  async *speak(sentence: string, options: SpeakOptions): AsyncGenerator<Speech> {
    let cut: CutSpeech | undefined;
    for await (const speech of this.#voice.speak(sentence, options)) {
      if (speech.cut) {
        if (cut === undefined) this.#onEstimate('streamed');
        cut ??= new CutSpeech(speech.sampleRate);
        const piece = cut.push(speech);
        if (piece !== undefined) yield piece;
        continue;
      }
      yield* ending(cut);
      cut = undefined;
      yield await this.#complete(speech, options.signal);
    }
    yield* ending(cut);
  }

  /** Closes nothing: whoever made the voice and the aligner closes them. */
  async close(): Promise<void> {}

  async #complete(speech: Speech, signal: AbortSignal): Promise<Speech> {
    const words = speech.words ?? (speech.characters && groupedWords(speech.characters));
    const timed = words === undefined ? speech : { ...speech, words };
    if (speech.phones !== undefined || speech.mouth !== undefined || speech.pcm.length === 0) return timed;
    const patient = new AbortController();
    const waitMs = PATIENCE_MS + (PATIENCE_SHARE * speech.pcm.length * 1000) / speech.sampleRate;
    const stopWaiting = this.#clock.after(waitMs, () => patient.abort());
    try {
      const phones = await this.#phones(timed, AbortSignal.any([signal, patient.signal]));
      if (typeof phones !== 'string') return { ...timed, phones };
      this.#onEstimate(phones);
    } catch {
      signal.throwIfAborted();
      this.#onEstimate(patient.signal.aborted ? 'too-slow' : 'failed');
    } finally {
      stopWaiting();
    }
    return { ...timed, mouth: await estimated(speech, signal) };
  }

  async #phones(speech: Speech, signal: AbortSignal): Promise<Phone[] | EstimateReason> {
    const { pcm, sampleRate } = speech;
    const span = { sampleRate, total: pcm.length };
    if (speech.words !== undefined) return spreadPhones(await this.#pronounced(speech.words, signal), span);
    const words = spokenWords(speech.text);
    if (words.length === 0) return 'no-words';
    if (pcm.length > LONGEST_S * sampleRate || words.some(word => word.length > LONGEST_WORD)) return 'too-long';
    const found = await this.#aligner.align(resampled(pcm, sampleRate, ALIGN_RATE), words, { signal });
    if (found === undefined) return 'not-found';
    const scale = sampleRate / ALIGN_RATE;
    const phones = found.map(phone => ({
      ...phone,
      startSample: Math.round(phone.startSample * scale),
      endSample: Math.round(phone.endSample * scale),
    }));
    return withPauses(phones, span);
  }

  /** Written words may be said as several, "1984"; they share its time. */
  async #pronounced(timed: readonly TimedText[], signal: AbortSignal) {
    const said = timed.map(({ text }) => spokenWords(text));
    const phones = await this.#aligner.pronounce(said.flat(), { signal });
    let next = 0;
    return timed.map(({ startSample, endSample }, i) => {
      const own = phones.slice(next, next + said[i]!.length).flat();
      next += said[i]!.length;
      return { phones: own, startSample, endSample };
    });
  }
}

function* ending(cut: CutSpeech | undefined): Generator<Speech> {
  const rest = cut?.flush();
  if (rest !== undefined) yield rest;
}

async function estimated({ pcm, sampleRate }: Speech, signal: AbortSignal): Promise<VisemeEvent[]> {
  const estimator = new MouthEstimator(sampleRate);
  const events: VisemeEvent[] = [];
  const chunk = Math.round((CHUNK_MS * sampleRate) / 1000);
  for (let at = 0; at < pcm.length; at += chunk) {
    events.push(...estimator.push(pcm.subarray(at, at + chunk)));
    await setImmediate(undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  return [...events, ...estimator.flush()];
}
