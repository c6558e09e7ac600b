import type { Emotion } from '../../protocol/timeline.ts';
import { begun, untilAborted } from '../base/cancellation.ts';
import type { Clock } from '../base/clock.ts';
import { PAUSE, withPauses } from '../base/pauses.ts';
import { SPEECH_RATE } from '../base/rates.ts';
import { mouthOf, shifted } from '../speak/mouth.ts';
import { NEUTRAL_PROSODY, type Prosody, type Speech, type TextToSpeech } from '../speak/ports.ts';
import { toSpeechRate } from '../speak/resample.ts';
import { quietTail, restSamples } from '../speak/rests.ts';
import { SentenceSplitter } from '../speak/sentences.ts';
import { wordTimes } from '../speak/words.ts';
import type { FeelingPart, Persona, ReplyPart } from '../think/ports.ts';
import type { SentenceTimes } from './trace.ts';
import type { Turn } from './turn.ts';

/** How a feeling sounds, relative to the persona's usual voice. */
const FEELING_PROSODY: Record<Emotion, Prosody> = {
  neutral: NEUTRAL_PROSODY,
  happy: { rate: 1.05, pitch: 1.08, range: 1.4 },
  sad: { rate: 0.9, pitch: 0.94, range: 0.7 },
  angry: { rate: 1.05, pitch: 1.02, range: 1.3 },
  surprised: { rate: 1.05, pitch: 1.12, range: 1.5 },
  fearful: { rate: 1.08, pitch: 1.08, range: 1.1 },
  disgusted: { rate: 0.95, pitch: 0.96, range: 1 },
};

/** Where the writer hesitates, a sentence that reads whole is spoken without waiting for the next. */
const WRITING_PAUSE_MS = 120;

export interface ReplyDeps {
  clock: Clock;
  tts: TextToSpeech;
  persona: Persona;
}

/**
 * Speaks a reply into its turn, sentence by sentence, while it is still being written: while one goes out the next is
 * being made. Ends with the turn's signal; rejects with what the dialogue or the voice failed with.
 */
export async function speakReply(turn: Turn, parts: AsyncIterable<ReplyPart>, deps: ReplyDeps): Promise<void> {
  const splitter = new SentenceSplitter();
  const { times } = turn;
  times.asked ??= deps.clock.nowMs();
  const speaker = new Speaker(turn, deps);
  const say = async (sentences: string[]) => {
    for (const sentence of sentences) await speaker.say(sentence);
  };
  try {
    for await (const part of untilAborted(withPauses(parts, deps.clock, WRITING_PAUSE_MS), turn.signal)) {
      if (part === PAUSE) await say(splitter.settled());
      else if (part.type === 'pause') await say(splitter.flush());
      else if (part.type === 'feeling') {
        await say(splitter.settled());
        speaker.feel(part);
      } else {
        times.firstToken ??= deps.clock.nowMs();
        times.cached ||= part.cached === true;
        await say(splitter.push(part.text));
      }
    }
    await say(splitter.flush());
  } finally {
    await speaker.done();
  }
}

/** Says one sentence after the other into a turn. */
class Speaker {
  readonly #turn: Turn;
  readonly #deps: ReplyDeps;
  #prosody: Prosody;
  /** All that was said so far has gone out. */
  #out: Promise<void> = Promise.resolve();
  /** What was said last. */
  #last: { sentence: string; quietSamples: number } | undefined;

  constructor(turn: Turn, deps: ReplyDeps) {
    this.#turn = turn;
    this.#deps = deps;
    this.#prosody = personaProsody(deps.persona, { emotion: 'neutral', intensity: 0 });
  }

  /** What is said from now on is felt so. */
  feel(feeling: FeelingPart): void {
    this.#prosody = personaProsody(this.#deps.persona, feeling);
    this.#then(async () => this.#turn.feel(feeling));
  }

  /** Has it made; resolves when what was said before has gone out, so that one sentence at most waits behind another. */
  async say(sentence: string): Promise<void> {
    const { clock, tts, persona } = this.#deps;
    const { signal } = this.#turn;
    this.#turn.times.firstSentence ??= clock.nowMs();
    await this.#turn.room();
    const times = this.#turn.times.sentence(clock.nowMs());
    const keep = this.#turn.personal(sentence) ? undefined : this.#turn.committed;
    const options = { voice: persona.voice, prosody: this.#prosody, signal, ...(keep !== undefined && { keep }) };
    const speech = begun(untilAborted(tts.speak(sentence, options), signal));
    const before = this.#out;
    before.catch(() => speech.return?.());
    this.#then(() => this.#speak(sentence, speech, times));
    await before;
  }

  /** Everything has gone out. Rejects with what went wrong on the way. */
  done(): Promise<void> {
    return this.#out;
  }

  /** In the order in which it was said. */
  #then(work: () => Promise<void>): void {
    this.#out = this.#out.then(work);
    // Whoever says more, or waits for the end, hears of it.
    this.#out.catch(() => {});
  }

  async #speak(sentence: string, voice: AsyncIterable<Speech>, times: SentenceTimes): Promise<void> {
    const { clock } = this.#deps;
    const turn = this.#turn;
    if (this.#last !== undefined) this.#rest(this.#last);
    for await (const speech of voice) {
      if (speech.pcm.length === 0) continue;
      const pcm = toSpeechRate(speech.pcm, speech.sampleRate);
      const scale = SPEECH_RATE / speech.sampleRate;
      const at = (sample: number) => Math.round(sample * scale);
      const { phones, events } = mouthOf(speech, pcm, SPEECH_RATE, at);
      const told = speech.words?.map(word => ({ ...word, endSample: at(word.endSample) }));
      const start = turn.ledger.add(wordTimes(speech.text, phones, pcm.length, told), pcm.length);
      times.firstSoundMs ??= clock.nowMs();
      turn.times.firstAudio ??= times.firstSoundMs;
      this.#last = { sentence, quietSamples: quietTail(pcm) };
      turn.emit({ pcm, events: events.map(event => shifted(event, sample => sample + start)) });
    }
    times.endMs = clock.nowMs();
  }

  /** Draws breath, while the next sentence may still be in the making. */
  #rest({ sentence, quietSamples }: { sentence: string; quietSamples: number }): void {
    const samples = restSamples(sentence) - quietSamples;
    if (samples <= 0) return;
    this.#turn.ledger.add([], samples);
    this.#turn.emit({ pcm: new Int16Array(samples), events: [] });
  }
}

/** A voice that follows somebody's energy: so much faster or slower at the extremes. */
const FOLLOWS = 0.08;
/** In steps that can be heard: what was said before can be said again. */
const STEP = 0.25;

function personaProsody(persona: Persona, { emotion, intensity, arousal = 0.5 }: Omit<FeelingPart, 'type'>): Prosody {
  const felt = FEELING_PROSODY[emotion];
  const towards = (value: number) => 1 + (value - 1) * intensity;
  return {
    rate: persona.speed * towards(felt.rate) * (1 + FOLLOWS * (2 * STEP * Math.round(arousal / STEP) - 1)),
    pitch: persona.pitch * towards(felt.pitch),
    range: towards(felt.range),
  };
}
