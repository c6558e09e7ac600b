import { SPEECH_RATE } from '../../agents/base/rates.ts';
import { gesturesOf } from '../../agents/perform/gestures.ts';
import { mouthOf, shifted } from '../../agents/speak/mouth.ts';
import { NEUTRAL_PROSODY, type TextToSpeech } from '../../agents/speak/ports.ts';
import { toSpeechRate } from '../../agents/speak/resample.ts';
import { SentenceSplitter } from '../../agents/speak/sentences.ts';
import { WordedSpeech } from '../../agents/speak/worded.ts';
import { wordTimes } from '../../agents/speak/words.ts';
import type { Gesture, VisemeEvent } from '../../protocol/timeline.ts';

/** Something said as a whole: speech at the playout rate, and what the mouth does, in samples from its start. */
export interface Spoken {
  pcm: Int16Array;
  events: VisemeEvent[];
  /** What head and arms do. */
  gestures?: Gesture[];
}

/** Between sentences. */
const PAUSE_SAMPLES = SPEECH_RATE * 0.2;

/** Has a text spoken by an embedded voice. Errors are the voice's ProviderErrors. */
export async function speakWhole(
  tts: TextToSpeech,
  text: string,
  { voice, signal }: { voice: string; signal: AbortSignal },
): Promise<Spoken> {
  const splitter = new SentenceSplitter();
  const worded = new WordedSpeech(tts);
  const pieces: Int16Array[] = [];
  const events: VisemeEvent[] = [];
  const gestures: Gesture[] = [];
  let start = 0;
  for (const sentence of [...splitter.push(text), ...splitter.flush()]) {
    for await (const speech of worded.speak(sentence, { voice, prosody: NEUTRAL_PROSODY, signal })) {
      const pcm = toSpeechRate(speech.pcm, speech.sampleRate);
      const at = (sample: number) => Math.round((sample * SPEECH_RATE) / speech.sampleRate);
      const mouth = mouthOf(speech, pcm, SPEECH_RATE, at);
      events.push(...mouth.events.map(event => shifted(event, sample => start + sample)));
      for (const gesture of gesturesOf(wordTimes(speech.text, mouth.phones, pcm.length), mouth.events))
        gestures.push({
          ...gesture,
          startSample: gesture.startSample + start,
          endSample: gesture.endSample + start,
        });
      pieces.push(pcm);
      start += pcm.length;
    }
    pieces.push(new Int16Array(PAUSE_SAMPLES));
    start += PAUSE_SAMPLES;
  }
  const pcm = new Int16Array(start);
  let at = 0;
  for (const piece of pieces) {
    pcm.set(piece, at);
    at += piece.length;
  }
  return { pcm, events, gestures };
}
