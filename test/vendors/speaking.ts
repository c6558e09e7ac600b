import { Flite } from '../../agents/providers/flite/flite.ts';
import { NEUTRAL_PROSODY } from '../../agents/speak/ports.ts';
import { resampled } from '../../agents/speak/resample.ts';

const flite = new Flite();

/** A real voice, for servers that stand in for a vendor's; with when each character is said, s, evenly spread. */
export async function speaking(text: string, rate: number, signal = new AbortController().signal) {
  const parts: Int16Array[] = [];
  for await (const { pcm, sampleRate } of flite.speak(text, { voice: 'kal16', prosody: NEUTRAL_PROSODY, signal }))
    parts.push(resampled(pcm, sampleRate, rate));
  const pcm = Int16Array.from(parts.flatMap(part => [...part]));
  const characters = [...text];
  const each = pcm.length / rate / Math.max(1, characters.length);
  return { pcm, characters: characters.map((character, i) => ({ character, startS: i * each, endS: (i + 1) * each })) };
}

export const closeSpeaking = () => flite.close();
