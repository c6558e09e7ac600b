/** Lines as people say them: with pauses, by a synthesizer, 16 kHz. */
import { LISTEN_RATE } from '../../agents/base/rates.ts';
import { NEUTRAL_PROSODY, type TextToSpeech } from '../../agents/speak/ports.ts';
import { Resampler } from '../../agents/speak/resample.ts';

const QUESTION = /^(?:what|how|who|where|why|when|which|can|do|does|did|is|are)\b/i;
const LOUD = 200;

/** A line in which `|900|` is a pause of 900 ms; it need not be punctuated. */
export async function sayLine(
  tts: TextToSpeech,
  voice: string,
  line: string,
  signal: AbortSignal,
): Promise<Int16Array> {
  const pieces = line.split('|').map(piece => piece.trim());
  const whole: Int16Array[] = [];
  for (const [i, piece] of pieces.entries()) {
    if (piece === '') continue;
    if (/^\d+$/.test(piece)) whole.push(new Int16Array((Number(piece) * LISTEN_RATE) / 1000));
    else whole.push(await speak(tts, voice, punctuated(piece, i < pieces.length - 1, QUESTION.test(line)), signal));
  }
  return concatenated(whole);
}

/** In mid-turn the voice stays up, as at a comma. */
const punctuated = (piece: string, isWithin: boolean, isQuestion: boolean) =>
  /[.?!,;:…]$/.test(piece) ? piece : piece + (isWithin ? ',' : isQuestion ? '?' : '.');

/** Without the silence at its end. */
export async function speak(
  tts: TextToSpeech,
  voice: string,
  text: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<Int16Array> {
  const parts: Int16Array[] = [];
  for await (const { pcm, sampleRate } of tts.speak(text, { voice, prosody: NEUTRAL_PROSODY, signal })) {
    const resampler = new Resampler(sampleRate, LISTEN_RATE);
    parts.push(resampler.push(pcm), resampler.flush());
  }
  const pcm = concatenated(parts);
  return pcm.subarray(0, pcm.findLastIndex(sample => Math.abs(sample) > LOUD) + 1);
}

export function concatenated(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
