/** Labelled speech of flite's voices. */
import type { Flite } from '../../agents/providers/flite/flite.ts';
import { labelFrames } from '../../agents/speak/estimate/labels.ts';
import { ESTIMATE_RATE } from '../../agents/speak/estimate/log-mel.ts';
import type { Prosody, Speech } from '../../agents/speak/ports.ts';
import { resampled } from '../../agents/speak/resample.ts';
import type { Labelled } from './labels.ts';

/** One sentence. A voice that flite does not have is an error. */
export async function fliteSpeech(flite: Flite, voice: string, text: string, prosody: Prosody): Promise<Labelled> {
  const { signal } = new AbortController();
  const { value } = await flite.speak(text, { voice, prosody, signal }).next();
  const speech: Speech | undefined = value || undefined;
  if (speech?.phones === undefined) throw new Error(`flite said nothing for ${text}`);
  const scale = ESTIMATE_RATE / speech.sampleRate;
  const pcm = resampled(speech.pcm, speech.sampleRate, ESTIMATE_RATE);
  const phones = speech.phones.map(({ phone, startSample, endSample }) => ({
    phone,
    startSample: startSample * scale,
    endSample: endSample * scale,
  }));
  return { voice, pcm, labels: labelFrames(phones, pcm.length) };
}
