import type { Emotion } from '../../protocol/timeline.ts';
import { SPEECH_RATE } from '../face/avatar.ts';
import { untilAborted } from '../pipeline/cancellation.ts';
import type { Clock } from '../pipeline/clock.ts';
import { PAUSE, withPauses } from '../pipeline/pauses.ts';
import { mouthOf, shifted } from '../speak/mouth.ts';
import { NEUTRAL_PROSODY, type Prosody, type TextToSpeech } from '../speak/ports.ts';
import { toSpeechRate } from '../speak/resample.ts';
import { SentenceSplitter } from '../speak/sentences.ts';
import { wordTimes } from '../speak/words.ts';
import type { FeelingPart, Persona, ReplyPart } from '../think/ports.ts';
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
 * Speaks a reply into its turn, sentence by sentence, while it is still being written. Ends with the turn's signal;
 * rejects with what the dialogue or the voice failed with.
 */
export async function speakReply(turn: Turn, parts: AsyncIterable<ReplyPart>, deps: ReplyDeps): Promise<void> {
  const splitter = new SentenceSplitter();
  const { times } = turn;
  times.asked ??= deps.clock.nowMs();
  let prosody = personaProsody(deps.persona, { emotion: 'neutral', intensity: 0 });
  const say = async (sentences: string[]) => {
    for (const sentence of sentences) {
      times.firstSentence ??= deps.clock.nowMs();
      await turn.room();
      await speakSentence(turn, sentence, prosody, deps);
    }
  };
  for await (const part of untilAborted(withPauses(parts, deps.clock, WRITING_PAUSE_MS), turn.signal)) {
    if (part === PAUSE) await say(splitter.settled());
    else if (part.type === 'pause') await say(splitter.flush());
    else if (part.type === 'feeling') {
      turn.feel(part);
      prosody = personaProsody(deps.persona, part);
    } else {
      times.firstToken ??= deps.clock.nowMs();
      times.cached ||= part.cached === true;
      await say(splitter.push(part.text));
    }
  }
  await say(splitter.flush());
}

async function speakSentence(
  turn: Turn,
  sentence: string,
  prosody: Prosody,
  { clock, tts, persona }: ReplyDeps,
): Promise<void> {
  const times = turn.times.sentence(clock.nowMs());
  for await (const speech of untilAborted(
    tts.speak(sentence, {
      voice: persona.voice,
      prosody,
      signal: turn.signal,
      ...(!turn.personal(sentence) && { keep: turn.committed }),
    }),
    turn.signal,
  )) {
    if (speech.pcm.length === 0) continue;
    const pcm = toSpeechRate(speech.pcm, speech.sampleRate);
    const scale = SPEECH_RATE / speech.sampleRate;
    const at = (sample: number) => Math.round(sample * scale);
    const { phones, events } = mouthOf(speech, pcm, SPEECH_RATE, at);
    const told = speech.words?.map(word => ({ ...word, endSample: at(word.endSample) }));
    const start = turn.ledger.add(wordTimes(speech.text, phones, pcm.length, told), pcm.length);
    times.firstSoundMs ??= clock.nowMs();
    turn.times.firstAudio ??= times.firstSoundMs;
    turn.emit({ pcm, events: events.map(event => shifted(event, sample => sample + start)) });
  }
  times.endMs = clock.nowMs();
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
