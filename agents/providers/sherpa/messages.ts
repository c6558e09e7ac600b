import type { OwnVoice } from './voices.ts';

/** Between an agent host and its recognizer process. Structured clone: PCM travels as typed arrays. */
export interface ModelFiles {
  vad: string;
  encoder: string;
  decoder: string;
  tokens: string;
  /** Of the voice detector, 0 to 1. */
  threshold?: number | undefined;
}

export type ToRecognizer =
  | { type: 'vad.open'; id: number }
  /** Whole windows of 512 samples. */
  | { type: 'vad.push'; streams: { id: number; pcm: Int16Array }[] }
  | { type: 'vad.close'; id: number }
  | { type: 'asr'; id: number; pcm: Int16Array };

export type FromRecognizer =
  | { type: 'ready'; loadMs: number }
  | { type: 'vad'; streams: { id: number; windows: boolean[] }[] }
  | { type: 'asr'; id: number; text: string; ms: number }
  | { type: 'asr.failed'; id: number; message: string };

/** Between an agent host and the process that speaks. */
export interface SpeechRequest {
  text: string;
  voice: OwnVoice;
  rate: number;
}
export interface SpeechAnswer {
  pcm: Int16Array;
  sampleRate: number;
}
