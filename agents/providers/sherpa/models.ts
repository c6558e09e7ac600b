import path from 'node:path';
import type { ModelFiles } from './messages.ts';

/** The embedded models' files in the folder that the set-up puts them in. */
export function modelFiles(folder: string): ModelFiles {
  const file = (name: string) => path.resolve(folder, name);
  return {
    vad: file('silero-vad.onnx'),
    encoder: file('moonshine-encoder.onnx'),
    decoder: file('moonshine-decoder-bytes.onnx'),
    tokens: file('moonshine-tokens.txt'),
  };
}
