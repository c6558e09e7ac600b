import type { EarFiles } from './models.ts';

/** What the process of a recognizer is started with. */
export interface EarsStart {
  files: EarFiles;
  threads: number;
}

/** Sound is 16 kHz mono. */
export type EarsRequest =
  /** A whole utterance. */
  | { type: 'read'; pcm: Int16Array; language?: string | undefined }
  /** The next of what somebody says, and whether all of it is to be read now. */
  | { type: 'stream'; id: number; pcm: Int16Array; flush: boolean }
  | { type: 'over'; id: number };

export interface EarsAnswer {
  text: string;
  /** As the model tags them: `<|HAPPY|>`, `<|Laughter|>`; absent where it has none. */
  emotion?: string;
  event?: string;
}
