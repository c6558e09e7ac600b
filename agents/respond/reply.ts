import type { Emotion } from '../../protocol/timeline.ts';
import { begun, untilAborted } from '../base/cancellation.ts';
import type { Clock } from '../base/clock.ts';
import { PAUSE, withPauses } from '../base/pauses.ts';
import { SPEECH_RATE } from '../base/rates.ts';
import { mouthOf } from '../speak/mouth.ts';
import { NEUTRAL_PROSODY, type Prosody, type Speech, type TextToSpeech } from '../speak/ports.ts';
import { toSpeechRate } from '../speak/resample.ts';
import { quietTail, restSamples } from '../speak/rests.ts';
import { ownLanguages, reads } from '../speak/scripts.ts';
import { SentenceSplitter } from '../speak/sentences.ts';
import { wordTimes } from '../speak/words.ts';
import type { FeelingPart, Persona, ReplyPart } from '../think/ports.ts';
import type { RespondOptions, Spoken } from './port.ts';
import { hasWords, kindWord, MOST_WORDLESS } from './wordless.ts';

/** How a feeling sounds, relative to the persona's usual voice. */
const FEELING_PROSODY: Record<Emotion, Prosody> = {
  neutral: NEUTRAL_PROSODY,
  happy: { rate: 1.05, pitch: 1.08, range: 1.4, energy: 1.12, pauses: 0.9 },
  sad: { rate: 0.9, pitch: 0.94, range: 0.7, energy: 0.75, breath: 0.3, pauses: 1.4 },
  angry: { rate: 1.05, pitch: 1.02, range: 1.3, energy: 1.25, pauses: 0.85 },
  surprised: { rate: 1.05, pitch: 1.12, range: 1.5, energy: 1.15 },
  fearful: { rate: 1.08, pitch: 1.08, range: 1.1, energy: 0.9, breath: 0.35, pauses: 1.1 },
  disgusted: { rate: 0.95, pitch: 0.96, range: 1, pauses: 1.15 },
};

/** Where the writer hesitates, a sentence that reads whole is spoken without waiting for the next. */
const WRITING_PAUSE_MS = 120;
/** Then it is looked again whether what there is has waited for long enough; at most so often. */
const LOOK_AGAIN_MS = 150;
const LOOKS = 20;
/**
 * A sentence that is long in coming is spoken in clauses: the first one soon, the next ones while it is heard. Then it
 * is cut anywhere rather than wait any longer.
 */
const CLAUSE_MS = { first: 600, next: 1800 };
const FORCED_MS = 250;

export interface ReplyDeps {
  clock: Clock;
  tts: TextToSpeech;
  persona: Persona;
}

/** What of a reply depends on the turn. */
export interface Reply extends Pick<RespondOptions, 'turnId' | 'signal' | 'committed' | 'room'> {
  /** Of a sentence: whether it is for these people only, and leaves no trace in a cache. */
  isPersonal(sentence: string): boolean;
  /** Takes what was made, the moment it exists. */
  out(spoken: Spoken): void;
}

/**
 * Speaks a reply, sentence by sentence, while it is still being written: while one goes out the next is being made. Ends
 * with the signal; rejects with what the dialogue or the voice failed with.
 */
export async function speakReply(parts: AsyncIterable<ReplyPart>, reply: Reply, deps: ReplyDeps): Promise<void> {
  const splitter = new SentenceSplitter();
  const { clock } = deps;
  const { out, signal } = reply;
  const speaker = new Speaker(reply, deps);
  /** Since when what is open waits. */
  let openMs: number | undefined;
  const say = async (sentences: string[], goesOn = false) => {
    if (sentences.length > 0 || !splitter.isOpen) openMs = splitter.isOpen ? clock.nowMs() : undefined;
    for (const sentence of sentences) await speaker.say(sentence, goesOn);
  };
  const sayClause = async () => {
    if (!splitter.isOpen) return;
    openMs ??= clock.nowMs();
    const lateMs = clock.nowMs() - openMs - (speaker.isSilent ? CLAUSE_MS.first : CLAUSE_MS.next);
    if (lateMs >= 0) await say(splitter.clause(lateMs >= FORCED_MS), true);
  };
  let written = false;
  let wordless = '';
  let cached = false;
  try {
    for await (const part of untilAborted(withPauses(parts, clock, lookAgain), signal)) {
      if (part === PAUSE) {
        await say(splitter.settled());
        await sayClause();
      } else if (part.type === 'pause') await say(splitter.flush());
      else if (part.type === 'feeling') {
        await say(splitter.settled());
        speaker.feel(part);
      } else if (part.type !== 'text') out(part);
      else {
        if (!written) out({ type: 'mark', step: 'firstToken', atMs: clock.nowMs() });
        if (!cached && part.cached === true) out({ type: 'mark', step: 'cached', atMs: clock.nowMs() });
        written = true;
        cached ||= part.cached === true;
        if (speaker.isSilent) wordless = (wordless + part.text).slice(0, MOST_WORDLESS);
        await say(splitter.push(part.text));
        await sayClause();
      }
    }
    await say(splitter.flush());
    if (speaker.isSilent && wordless.trim() !== '') await speaker.express(wordless);
  } finally {
    await speaker.done();
  }
}

const lookAgain = (told: number) => (told === 0 ? WRITING_PAUSE_MS : told < LOOKS ? LOOK_AGAIN_MS : undefined);

/** What was said last, and how. */
interface Last {
  sentence: string;
  goesOn: boolean;
  number: number;
  pauses: number;
  quietSamples: number;
}

/** Says one sentence after the other. */
class Speaker {
  readonly #reply: Reply;
  readonly #deps: ReplyDeps;
  #prosody: Prosody;
  #sentences = 0;
  /** All that was said so far has gone out. */
  #out: Promise<void> = Promise.resolve();
  /** What was said last. */
  #last: Last | undefined;
  #toldLanguages = false;

  constructor(reply: Reply, deps: ReplyDeps) {
    this.#reply = reply;
    this.#deps = deps;
    this.#prosody = personaProsody(deps.persona, { emotion: 'neutral', intensity: 0 });
  }

  /** What is said from now on is felt so. */
  feel(feeling: FeelingPart): void {
    this.#prosody = personaProsody(this.#deps.persona, feeling);
    this.#then(async () => this.#reply.out(feeling));
  }

  /** Nothing was said yet. */
  get isSilent(): boolean {
    return this.#sentences === 0;
  }

  /** Says with a face and a word what was written without words. */
  async express(wordless: string): Promise<void> {
    const { word, feeling } = kindWord(wordless);
    if (feeling !== undefined) this.feel(feeling);
    await this.say(word);
  }

  /**
   * Has it made, if anything of it can be said; resolves when what was said before has gone out, so that one sentence at
   * most waits behind another. What this voice cannot read is said once, in its own language.
   * @param goesOn the sentence is not over with it
   */
  async say(written: string, goesOn = false): Promise<void> {
    const { tts, persona } = this.#deps;
    const { signal, committed, room, isPersonal } = this.#reply;
    const isReadable = reads(tts.capabilities, written);
    if (!hasWords(written) || (!isReadable && this.#toldLanguages)) return;
    this.#toldLanguages ||= !isReadable;
    const sentence = isReadable ? written : ownLanguages(tts.capabilities);
    await room();
    const number = this.#sentences++;
    this.#mark('sentence', number);
    const { voice, design, ownVoice = false } = persona;
    const keep = ownVoice || isPersonal(sentence) ? undefined : committed;
    const own = { ...(design !== undefined && { design }), ...(keep !== undefined && { keep }) };
    const options = { voice, prosody: this.#prosody, signal, ...own };
    const speech = begun(untilAborted(tts.speak(sentence, options), signal));
    const before = this.#out;
    before.catch(() => speech.return?.());
    const { pauses = 1 } = this.#prosody;
    this.#then(() => this.#speak({ sentence, goesOn, pauses }, speech, number));
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

  async #speak(
    said: Omit<Last, 'number' | 'quietSamples'>,
    voice: AsyncIterable<Speech>,
    number: number,
  ): Promise<void> {
    if (this.#last?.goesOn === false) this.#rest(this.#last);
    let sounded = false;
    for await (const speech of voice) {
      if (speech.pcm.length === 0) continue;
      const pcm = toSpeechRate(speech.pcm, speech.sampleRate);
      const scale = SPEECH_RATE / speech.sampleRate;
      const at = (sample: number) => Math.round(sample * scale);
      const { phones, events } = mouthOf(speech, pcm, SPEECH_RATE, at);
      const told = speech.words?.map(word => ({ ...word, endSample: at(word.endSample) }));
      const words = wordTimes(speech.text, phones, pcm.length, told);
      if (!sounded) this.#mark('sound', number);
      sounded = true;
      this.#last = { ...said, number, quietSamples: quietTail(pcm) };
      this.#reply.out({ type: 'speech', pcm, events, words });
    }
    this.#mark('made', number);
  }

  /** Draws breath, while the next sentence may still be in the making. */
  #rest({ sentence, number, pauses, quietSamples }: Last): void {
    const seed = `${this.#reply.turnId} ${number}`;
    const samples = restSamples(sentence, { pauses, seed }) - quietSamples;
    if (samples > 0) this.#reply.out({ type: 'speech', pcm: new Int16Array(samples), events: [], words: [] });
  }

  #mark(step: 'sentence' | 'sound' | 'made', sentence: number): void {
    this.#reply.out({ type: 'mark', step, sentence, atMs: this.#deps.clock.nowMs() });
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
    energy: towards(felt.energy ?? 1),
    breath: (felt.breath ?? 0) * intensity,
    pauses: towards(felt.pauses ?? 1),
  };
}
