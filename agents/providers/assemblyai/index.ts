import { z } from 'zod';
import type { Variables, Vendor } from '../manifest.ts';

const RecognitionSettings = z.strictObject({
  baseUrl: z.url().default('https://streaming.assemblyai.com'),
  model: z.string().min(1).default('universal-streaming-english'),
  timeoutMs: z.number().int().min(100).default(3000),
});
type RecognitionSettings = z.output<typeof RecognitionSettings>;

/** AssemblyAI. */
const assemblyai: Vendor = {
  name: 'assemblyai',
  variables: ['ASSEMBLYAI_API_KEY'],
  makes: {
    recognition: {
      settings: RecognitionSettings,
      capabilities: () => ({ partials: 'cheap', words: false }),
      missing: (_: object, { ASSEMBLYAI_API_KEY }: Variables) =>
        ASSEMBLYAI_API_KEY === undefined ? 'set ASSEMBLYAI_API_KEY' : undefined,
      model: ({ model }: RecognitionSettings) => model,
      async make(settings: RecognitionSettings, { variables, clock }) {
        const { assemblyAiRecognizer } = await import('./recognizer.ts');
        return assemblyAiRecognizer({ ...settings, apiKey: variables.ASSEMBLYAI_API_KEY ?? '', clock });
      },
    },
  },
};
export default assemblyai;
