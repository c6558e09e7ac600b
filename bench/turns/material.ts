import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { TextToSpeech } from '../../agents/speak/ports.ts';
import { readWav } from '../../infra/endpointing/sources.ts';
import { sayLine } from '../../test/harness/spoken-line.ts';

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
  const { signal } = new AbortController();
  const samples: Sample[] = [];
  for (const [i, line] of lines.slice(0, most).entries())
    samples.push({
      name: line,
      pcm: await sayLine(tts, voices[i % voices.length]!, line, signal),
      ends: true,
      hesitates: line.includes('|'),
      mayEndAtS: [],
    });
  return samples;
}
