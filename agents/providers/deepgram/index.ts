import { z } from 'zod';
import type { Variables, Vendor } from '../manifest.ts';

const RecognitionSettings = z.strictObject({
  baseUrl: z.url().default('https://api.deepgram.com'),
  model: z.string().min(1).default('nova-3'),
  /** BCP 47, or `multi`. */
  language: z.string().min(1).default('en'),
  timeoutMs: z.number().int().min(100).default(3000),
});
type RecognitionSettings = z.output<typeof RecognitionSettings>;

/** Deepgram. */
const deepgram: Vendor = {
  name: 'deepgram',
  variables: ['DEEPGRAM_API_KEY'],
  makes: {
    recognition: {
      settings: RecognitionSettings,
      capabilities: () => ({ partials: 'cheap', words: false }),
      missing: (_: object, { DEEPGRAM_API_KEY }: Variables) =>
        DEEPGRAM_API_KEY === undefined ? 'set DEEPGRAM_API_KEY' : undefined,
      model: ({ model }: RecognitionSettings) => model,
      async make(settings: RecognitionSettings, { variables, clock }) {
        const { deepgramRecognizer } = await import('./recognizer.ts');
        return deepgramRecognizer({ ...settings, apiKey: variables.DEEPGRAM_API_KEY ?? '', clock });
      },
    },
  },
};
export default deepgram;
