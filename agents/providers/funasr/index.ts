import { z } from 'zod';
import type { Vendor } from '../manifest.ts';

const RecognitionSettings = z.strictObject({
  /** Of the server: `ws://` as `http://`. */
  baseUrl: z.url().default('http://127.0.0.1:10095'),
  /** Words that it may not know, each with a weight: 20 is usual. */
  hotwords: z.record(z.string().min(1), z.number().int().min(1).max(100)).default({}),
  /** Figures as figures, where its model can. */
  itn: z.boolean().default(true),
  timeoutMs: z.number().int().min(100).default(3000),
});
type RecognitionSettings = z.output<typeof RecognitionSettings>;

/** FunASR's server: Paraformer, SenseVoice and others on a machine of one's own. */
const funasr: Vendor = {
  name: 'funasr',
  variables: [],
  makes: {
    recognition: {
      settings: RecognitionSettings,
      capabilities: () => ({ partials: 'cheap', words: false }),
      async make(settings: RecognitionSettings, { clock }) {
        const { funAsrRecognizer } = await import('./recognizer.ts');
        return funAsrRecognizer({ ...settings, clock });
      },
    },
  },
};
export default funasr;
