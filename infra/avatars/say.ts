/** Clips of a rig that speaks, drawn as in a call. */
import { readFile } from 'node:fs/promises';
import { SPEECH_RATE } from '../../agents/base/rates.ts';
import type { Size } from '../../agents/face/fit.ts';
import { Performer } from '../../agents/face/performer.ts';
import { loadRig } from '../../agents/face/rig-load.ts';
import { Flite } from '../../agents/providers/flite/flite.ts';
import { MouthEstimator } from '../../agents/speak/estimate/mouth-estimator.ts';
import { toSpeechRate } from '../../agents/speak/resample.ts';
import type { Emotion } from '../../protocol/timeline.ts';
import { type Container, writeClip } from '../../studio/clip/clip.ts';
import { type Spoken, speakWhole } from '../../studio/clip/spoken.ts';
import { readWav } from './wav.ts';

export interface ClipRequest {
  /** Folder. */
  rig: string;
  out: string;
  container: Container;
  emotion: Emotion;
  size: Size;
}

/** The embedded voice says a text. */
export async function say(text: string, voice: string, request: ClipRequest): Promise<number> {
  const tts = new Flite();
  try {
    return await write(await speakWhole(tts, text, { voice, signal: new AbortController().signal }), request);
  } finally {
    await tts.close();
  }
}

/** A recording is lip-synced by its sound alone. */
export async function hear(file: string, request: ClipRequest): Promise<number> {
  const { pcm, sampleRate } = readWav(await readFile(file));
  const estimator = new MouthEstimator(sampleRate);
  const events = [...estimator.push(pcm), ...estimator.flush()];
  const at = (sample: number) => Math.round((sample * SPEECH_RATE) / sampleRate);
  const spoken = events.map(event => ({
    ...event,
    startSample: at(event.startSample),
    peakSample: at(event.peakSample),
    endSample: at(event.endSample),
  }));
  return write({ pcm: toSpeechRate(pcm, sampleRate), events: spoken }, request);
}

async function write(speech: Spoken, { rig, out, container, emotion, size }: ClipRequest): Promise<number> {
  const performer = new Performer(await loadRig(rig, { size }));
  await writeClip(out, performer, speech, { container, emotion, intensity: emotion === 'neutral' ? 0 : 0.8 });
  performer.close();
  console.log(`${out}: ${(speech.pcm.length / SPEECH_RATE).toFixed(1)} s`);
  return 0;
}
