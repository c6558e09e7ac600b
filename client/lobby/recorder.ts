import { OWN_VOICE } from '../../protocol/limits.ts';
import { loadPrefs } from '../room/prefs.ts';

const RATE = 48_000;
const HEADER = 44;

/** A microphone that is being recorded. */
export interface Recording {
  /** What was said, as the browser wrote it; the microphone is closed. */
  stop(): Promise<Blob>;
  /** Nothing is wanted of it. */
  cancel(): void;
}

/** Opens the microphone that was chosen, as it is: what makes calls clearer would change the voice. Rejects where it may not. */
export async function record(): Promise<Recording> {
  const { microphoneId } = loadPrefs();
  const asItIs = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const audio = { ...asItIs, ...(microphoneId !== undefined && { deviceId: { ideal: microphoneId } }) };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  const recorder = new MediaRecorder(stream);
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const over = Promise.withResolvers<Blob>();
  recorder.onstop = () => over.resolve(new Blob(parts, { type: recorder.mimeType }));
  recorder.start();
  const close = () => {
    if (recorder.state !== 'inactive') recorder.stop();
    for (const track of stream.getTracks()) track.stop();
  };
  return {
    stop() {
      close();
      return over.promise;
    },
    cancel: close,
  };
}

/** What the browser can play as a WAV file, 16-bit mono, no longer than a voice is made of; how long it was. Rejects for what it cannot play. */
export async function wavOf(file: Blob): Promise<{ wav: Blob; seconds: number }> {
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await file.arrayBuffer());
  const samples = mixed(Array.from({ length: sound.numberOfChannels }, (_, channel) => sound.getChannelData(channel)));
  return { wav: written(samples.subarray(0, OWN_VOICE.maxSeconds * RATE)), seconds: samples.length / RATE };
}

/** Several channels as one. */
export function mixed(channels: readonly Float32Array[]): Float32Array {
  const [first] = channels;
  if (first === undefined || channels.length === 1) return first ?? new Float32Array(0);
  return first.map((_, i) => channels.reduce((sum, channel) => sum + channel[i]!, 0) / channels.length);
}

/** A WAV file (RIFF, PCM) of samples from -1 to 1. */
export function written(samples: Float32Array, rate = RATE): Blob {
  const bytes = new DataView(new ArrayBuffer(HEADER + samples.length * 2));
  const text = (at: number, word: string) => {
    for (const [i, letter] of [...word].entries()) bytes.setUint8(at + i, letter.charCodeAt(0));
  };
  text(0, 'RIFF');
  bytes.setUint32(4, bytes.byteLength - 8, true);
  text(8, 'WAVEfmt ');
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, rate, true);
  bytes.setUint32(28, rate * 2, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  text(36, 'data');
  bytes.setUint32(40, samples.length * 2, true);
  for (let i = 0; i < samples.length; i++)
    bytes.setInt16(HEADER + i * 2, Math.round(Math.max(-1, Math.min(1, samples[i]!)) * 32_767), true);
  return new Blob([bytes.buffer], { type: 'audio/wav' });
}
