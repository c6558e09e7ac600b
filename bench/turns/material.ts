import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { LISTEN_RATE } from '../../agents/base/rates.ts';
import type { TextToSpeech } from '../../agents/speak/ports.ts';
import { NEUTRAL_PROSODY } from '../../agents/speak/ports.ts';
import { Resampler } from '../../agents/speak/resample.ts';
import { readWav } from '../../infra/endpointing/sources.ts';

/** One person's turn: they hold the floor from the first to the last sound. */
export interface Sample {
  name: string;
  /** 16 kHz. */
  pcm: Int16Array;
  /** They are done when it ends. */
  ends: boolean;
  /** They stop on the way: what is waited for them at their end is counted apart. */
  hesitates: boolean;
  /** Seconds at which they may be taken for done, too. */
  mayEndAtS: readonly number[];
}

/** Recordings of people beside the checkout, or where VISAVIS_SPEECH says; what is known of them. */
export const SPEECH = process.env.VISAVIS_SPEECH ?? path.resolve('../shared/speech');
const MAY_END: Readonly<Record<string, readonly number[]>> = { 'monologue-3.wav': [2.5, 4.5] };

export function recorded(): Sample[] {
  if (!fs.existsSync(SPEECH)) return [];
  const files = fs.readdirSync(SPEECH).filter(file => file.endsWith('.wav'));
  return files.toSorted().map(name => ({
    name,
    pcm: readWav(path.join(SPEECH, name)),
    // Cut out of talk that goes on.
    ends: !name.startsWith('monologue'),
    hesitates: false,
    mayEndAtS: MAY_END[name] ?? [],
  }));
}

/** The lines that were held back from the fit, spoken by these voices in turn. */
export async function spoken(tts: TextToSpeech, voices: readonly string[], most: number): Promise<Sample[]> {
  const lines = parse(fs.readFileSync(path.join(import.meta.dirname, 'lines.yaml'), 'utf8')) as string[];
  const samples: Sample[] = [];
  for (const [i, line] of lines.slice(0, most).entries())
    samples.push({
      name: line,
      pcm: await say(tts, voices[i % voices.length]!, line),
      ends: true,
      hesitates: line.includes('|'),
      mayEndAtS: [],
    });
  return samples;
}

const QUESTION = /^(?:what|how|who|where|why|when|which|can|do|does|did|is|are)\b/;

async function say(tts: TextToSpeech, voice: string, line: string): Promise<Int16Array> {
  const pieces = line.split(/\s*\|\s*/);
  const whole: Int16Array[] = [];
  for (const [i, piece] of pieces.entries()) {
    if (/^\d+$/.test(piece)) whole.push(new Int16Array((Number(piece) * LISTEN_RATE) / 1000));
    // In mid-turn the voice stays up, as at a comma.
    else whole.push(await speak(tts, voice, piece + (i < pieces.length - 1 ? ',' : QUESTION.test(line) ? '?' : '.')));
  }
  return concatenated(whole);
}

const LOUD = 200;

/** 16 kHz, without the silence at its end. */
export async function speak(tts: TextToSpeech, voice: string, text: string): Promise<Int16Array> {
  const parts: Int16Array[] = [];
  const { signal } = new AbortController();
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
