import { z } from 'zod';
import type { Vendor } from '../manifest.ts';

const RecognitionSettings = z.strictObject({
  baseUrl: z.url().default('http://127.0.0.1:8080'),
  /** As `--inference-path` says. */
  path: z.string().startsWith('/').default('/inference'),
  /** ISO 639, or `auto`. */
  language: z.string().min(2).default('auto'),
  /** What it is about, and words that it may not know. */
  prompt: z.string().optional(),
  timeoutMs: z.number().int().min(100).default(5000),
});
type RecognitionSettings = z.output<typeof RecognitionSettings>;

/** The server of whisper.cpp: Whisper on a machine of one's own. */
const whispercpp: Vendor = {
  name: 'whispercpp',
  variables: [],
  makes: {
    recognition: {
      settings: RecognitionSettings,
      // Who goes on is read again: the words so far are not asked for besides.
      capabilities: () => ({ partials: 'paid', words: false }),
      async make(settings: RecognitionSettings, { clock, used }) {
        const { WhisperCpp } = await import('./transcription.ts');
        return new WhisperCpp({ ...settings, clock, used });
      },
    },
  },
};
export default whispercpp;
